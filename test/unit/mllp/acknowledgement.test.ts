import { describe, expect, it } from "vitest";
import { codesFor, type Outcome, writeAcknowledgement } from "../../../src/sources/mllp/acknowledgement.ts";
import { type MessageHeader, readMessageHeader } from "../../../src/sources/mllp/message-header.ts";
import { adtMessage, type MessageParts } from "../../support/mllp-sender.ts";

const OUTCOMES: Readonly<Record<Outcome["answer"], Outcome>> = {
  ACCEPT: { answer: "ACCEPT", findings: [] },
  ERROR: { answer: "ERROR", findings: [{ code: "FORMAT_INVALID", field: "dateOfBirth", expression: "messages[0].PID-7" }] },
  REJECT: { answer: "REJECT", findings: [{ code: "MESSAGE_UNSUPPORTED", field: null, expression: "messages[0].MSH-9" }] },
  REFUSE: { answer: "REFUSE", findings: [{ code: "NOT_AUTHORISED_FOR_ORGANISATION", field: null, expression: "MSH-4" }] },
  LATER: { answer: "LATER", findings: [{ code: "OVERLOADED", field: null, expression: "" }] },
};

function headerOf(message: string): MessageHeader {
  const header = readMessageHeader(Buffer.from(message, "latin1"));
  if (header === null) throw new Error("no header");
  return header;
}

const write = (parts: MessageParts | string, outcome: Outcome, code: "AA" | "AE" | "AR" | "CA" = "AE"): string[] =>
  writeAcknowledgement(headerOf(typeof parts === "string" ? parts : adtMessage(parts)), outcome, {
    code,
    controlId: "ACK1",
    now: "2026-03-01T10:15:00.123Z",
    textOf: ({ code: issue }) => `Text of ${issue} | 50%`,
  })
    .toString("latin1")
    .split("\r");

describe("which acknowledgements a message gets", () => {
  it.each([
    ["ACCEPT", "AA"],
    ["ERROR", "AE"],
    ["REJECT", "AR"],
    ["REFUSE", "AR"],
    ["LATER", "AE"],
  ] as const)("in original mode %s is %s", (answer, code) => {
    expect(codesFor(headerOf(adtMessage()), OUTCOMES[answer])).toEqual([code]);
  });

  it.each([
    ["AL", "NE", "ACCEPT", ["CA"]],
    ["AL", "NE", "ERROR", ["CA"]],
    ["AL", "NE", "REJECT", ["CR"]],
    ["AL", "NE", "REFUSE", ["CR"]],
    ["AL", "NE", "LATER", ["CE"]],
    ["AL", "", "ACCEPT", ["CA"]],
    ["NE", "AL", "ACCEPT", ["AA"]],
    ["", "AL", "ERROR", ["AE"]],
    ["NE", "AL", "REFUSE", ["AR"]],
    ["NE", "NE", "ERROR", []],
    ["ER", "NE", "ACCEPT", []],
    ["ER", "NE", "REFUSE", ["CR"]],
    ["SU", "NE", "ACCEPT", ["CA"]],
    ["SU", "NE", "REFUSE", []],
    ["NE", "ER", "ACCEPT", []],
    ["NE", "ER", "ERROR", ["AE"]],
    ["AL", "AL", "ACCEPT", ["CA", "AA"]],
    ["AL", "AL", "ERROR", ["CA", "AE"]],
    ["AL", "AL", "REFUSE", ["CR"]],
    ["AL", "ER", "ACCEPT", ["CA"]],
  ] as const)("with MSH-15 %s and MSH-16 %s, %s is answered with %j", (accept, reply, answer, codes) => {
    expect(codesFor(headerOf(adtMessage({ acknowledge: [accept, reply] })), OUTCOMES[answer])).toEqual(codes);
  });
});

describe("an acknowledgement", () => {
  it("goes back to who sent, in the version it was sent in, with the control id it answers", () => {
    expect(write({ controlId: "X-77", version: "2.4" }, OUTCOMES.ACCEPT, "AA")).toEqual([
      "MSH|^~\\&|NACR|GATEWAY|PAS|HOSP|20260301101500+0000||ACK^A31^ACK|ACK1|P|2.4",
      "MSA|AA|X-77",
      "",
    ]);
  });

  it("locates an error in ERR-2 as of version 2.5, with HL7's code, ours, and the text", () => {
    expect(write({ version: "2.5.1" }, OUTCOMES.ERROR)).toEqual([
      expect.stringMatching(/^MSH/),
      "MSA|AE|C1",
      "ERR||PID^1^7^1|102^Data type error^HL70357|E|FORMAT_INVALID^^NACR|||Text of FORMAT_INVALID \\F\\ 50%",
      "",
    ]);
  });

  it("locates it in ERR-1 before, with the text in MSA-3", () => {
    expect(write({ version: "2.3.1" }, OUTCOMES.ERROR).slice(1)).toEqual([
      "MSA|AE|C1|Text of FORMAT_INVALID \\F\\ 50%",
      "ERR|PID^1^7^102&Data type error&HL70357",
      "",
    ]);
  });

  it("locates repetitions, components and numbered segments", () => {
    const findings = [
      { code: "NHS_NUMBER_CHECKSUM", field: null, expression: "messages[0].PID-3[2].1" },
      { code: "CODE_NOT_TRANSLATED", field: null, expression: "messages[0][1].DG1[3]-3" },
      { code: "MESSAGE_MALFORMED", field: null, expression: "messages[0].segments[3]" },
    ];
    expect(
      write({ version: "2.5" }, { answer: "ERROR", findings })
        .slice(2, 5)
        .map((line) => line.split("|").slice(2, 4)),
    ).toEqual([
      ["PID^1^3^2^1", "102^Data type error^HL70357"],
      ["DG1^3^3^1", "103^Table value not found^HL70357"],
      ["", "100^Segment sequence error^HL70357"],
    ]);
  });

  it("says by HL7's codes that a type, an event or a processing id is not supported", () => {
    const codeOf = (type: string, expression: string): string | undefined =>
      write(
        { version: "2.5", type },
        { answer: "REJECT", findings: [{ code: "MESSAGE_UNSUPPORTED", field: null, expression }] },
        "AR",
      )[2]
        ?.split("|")[3]
        ?.slice(0, 3);
    expect(codeOf("ORM^O01", "messages[0].MSH-9")).toBe("200");
    expect(codeOf("ADT^A99", "messages[0].MSH-9")).toBe("201");
    expect(codeOf("ADT^A01", "MSH-11")).toBe("202");
  });

  it("uses the sender's delimiters, and gives back its header byte for byte", () => {
    const sent = "MSH#:~!+#P\xc4S#HOSP#NACR#GW#20260301##ADT:A31:ADT_A05#C\xe91#P#2.5######8859/1";
    expect(write(sent, OUTCOMES.ERROR)).toEqual([
      "MSH#:~!+#NACR#GW#P\xc4S#HOSP#20260301101500+0000##ACK:A31:ACK#ACK1#P#2.5######8859/1",
      "MSA#AE#C\xe91",
      "ERR##PID:1:7:1#102:Data type error:HL70357#E#FORMAT_INVALID::NACR###Text of FORMAT_INVALID | 50%",
      "",
    ]);
  });

  it("of a commit says nothing of what is in the message", () => {
    expect(write({ version: "2.5" }, OUTCOMES.ERROR, "CA")).toHaveLength(3);
  });

  it("is possible without a header to answer to", () => {
    const parts = { code: "AR", controlId: "ACK1", now: "2026-03-01T10:15:00.123Z", textOf: () => "?" } as const;
    expect(writeAcknowledgement(null, OUTCOMES.REFUSE, parts).toString()).toMatch(
      /^MSH\|\^~\\&\|.*\|ACK\|ACK1\|P\|2\.4\rMSA\|AR/,
    );
  });
});

describe("a message header", () => {
  it.each(["", "MSH", "MSH|", "MSHA^~", "PID|1", "\u0000\u0001", "MSH MSH"])("is not found in %j", (text) => {
    expect(readMessageHeader(Buffer.from(text))).toBeNull();
  });

  it("is found behind a byte order mark and empty lines", () => {
    expect(readMessageHeader(Buffer.from("\ufeff\r\nMSH|^~\\&|PAS|HOSP\rPID"))?.field(4)).toBe("HOSP");
  });
});
