import { describe, expect, it } from "vitest";
import { decodeHl7Bytes, namesItsEncoding } from "../../../mappings/hl7v2/decode-bytes.ts";
import { parseXmlMessages } from "../../../mappings/hl7v2/parse-xml.ts";

const message = (name: string, characterSet = ""): string =>
  `MSH|^~\\&|PAS|RXX|GW|NACR|20260301||ADT^A31|1|P|2.4||||||${characterSet}\rPID|1||1||${name}^ANNE`;

/** Latin capital S with caron stands at another byte in each of these sets. */
const inSet = (text: string, byte: number): Buffer =>
  Buffer.concat(
    text.split("Š").flatMap((part, index) => [...(index === 0 ? [] : [Buffer.of(byte)]), Buffer.from(part, "latin1")]),
  );

describe("the bytes of a message", () => {
  it.each([
    ["nothing", "", Buffer.from(message("ŠIMKOVÁ"), "utf8"), "utf-8"],
    ["UNICODE UTF-8", "UNICODE UTF-8", Buffer.from(message("ŠIMKOVÁ", "UNICODE UTF-8"), "utf8"), "utf-8"],
    ["UNICODE", "UNICODE", Buffer.from(message("ŠIMKOVÁ", "UNICODE"), "utf8"), "utf-8"],
    ["8859/2", "8859/2", inSet(message("ŠIMKOVÁ", "8859/2"), 0xa9), "iso-8859-2"],
    ["8859/15", "8859/15", inSet(message("ŠIMKOVÁ", "8859/15"), 0xa6), "iso-8859-15"],
    ["8859/1, as Windows writes it", "8859/1", inSet(message("ŠIMKOVÁ", "8859/1"), 0x8a), "windows-1252"],
    ["ISO-8859-1 by its long name", "ISO-8859-1", inSet(message("ŠIMKOVÁ", "ISO-8859-1"), 0x8a), "windows-1252"],
    ["the first of several sets", "8859/2~UNICODE UTF-8", inSet(message("ŠIMKOVÁ", "8859/2~UNICODE UTF-8"), 0xa9), "iso-8859-2"],
  ])("are read as MSH-18 says: %s", (_title, characterSet, bytes, encoding) => {
    const decoded = decodeHl7Bytes(bytes);
    expect(decoded).toEqual({ text: message("ŠIMKOVÁ", characterSet), characterSet: encoding, doubt: null });
  });

  it.each([
    ["a byte order mark", Buffer.from(`\uFEFF${message("ŠIMKOVÁ")}`, "utf16le")],
    ["two bytes for each letter", Buffer.from(message("ŠIMKOVÁ"), "utf16le")],
    ["the other order", Buffer.from(`\uFEFF${message("ŠIMKOVÁ")}`, "utf16le").swap16()],
  ])("are UTF-16 where they begin with %s", (_title, bytes) => {
    expect(decodeHl7Bytes(bytes).text).toBe(message("ŠIMKOVÁ"));
  });

  it("that are not UTF-8 though nothing else is said are read as Windows-1252, which is told", () => {
    const decoded = decodeHl7Bytes(inSet(message("ŠIMKOVÁ"), 0x8a));
    expect(decoded).toEqual({ text: message("ŠIMKOVÁ"), characterSet: "windows-1252", doubt: "READ_AS_WINDOWS_1252" });
  });

  it("of a set nobody has are read all the same, which is told", () => {
    expect(decodeHl7Bytes(Buffer.from(message("ANNE", "EBCDIC"))).doubt).toBe("CHARACTER_SET_UNKNOWN");
  });

  it("that are ASCII give no reason for doubt, whatever they are called", () => {
    for (const characterSet of ["", "ASCII", "8859/1", '""', "UNICODE UTF-16"])
      expect(decodeHl7Bytes(Buffer.from(message("ANNE", characterSet))).doubt).toBeNull();
  });

  it("of an XML document are read as its declaration says", () => {
    const xml =
      '<?xml version="1.0" encoding="ISO-8859-1"?><ADT_A05><MSH><MSH.9><MSG.1>ADT</MSG.1></MSH.9></MSH><PID><PID.5>ZOË</PID.5></PID></ADT_A05>';
    const [result] = parseXmlMessages(decodeHl7Bytes(Buffer.from(xml, "latin1")).text, 1);
    expect(result?.ok === true && result.message.segments[1]?.fields[5]).toBe("ZOË");
  });

  it("never stop the reader, whatever they are", () => {
    for (let seed = 0; seed < 500; seed += 1) {
      const bytes = Uint8Array.from({ length: seed % 60 }, (_, index) => (seed * 7919 + index * 104_729) % 256);
      expect(typeof decodeHl7Bytes(bytes).text).toBe("string");
    }
  });
});

describe("a header", () => {
  it("names its encoding only where that is none of Unicode's, and one the reader has", () => {
    const names = (characterSet: string): boolean => namesItsEncoding(Buffer.from(message("A", characterSet)));
    expect(["8859/1", "WINDOWS-1252", "", "UNICODE", "EBCDIC"].map(names)).toEqual([true, true, false, false, false]);
  });
});
