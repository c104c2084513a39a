import { describe, expect, it } from "vitest";
import {
  type Hl7Message,
  MAX_FIELDS,
  MAX_MESSAGE_LENGTH,
  MAX_MESSAGES,
  MAX_SEGMENTS,
  parseMessages,
} from "../../../mappings/hl7v2/parse-message.ts";
import {
  componentOf,
  fieldText,
  firstSegment,
  repetitionsOf,
  segmentsOf,
  subcomponentOf,
  wholeComponentOf,
} from "../../../mappings/hl7v2/read-field.ts";
import { sendingFacility } from "../../../mappings/hl7v2/sending-facility.ts";

const MSH = "MSH|^~\\&|PAS|RXX|GW|NACR|20260301120000||ADT^A01|1|P|2.4";

function parseOne(text: string): Hl7Message {
  const [result] = parseMessages(text);
  if (result?.ok !== true) throw new Error(`The text did not parse: ${result?.where}`);
  return result.message;
}

/** A component of PID, by HL7 numbers. */
function readPid(text: string, field: number, component = 1): string | null | undefined {
  const message = parseOne(text);
  const pid = firstSegment(message, "PID");
  const [first] = pid === undefined ? [] : repetitionsOf(message, pid, field);
  return first === undefined ? undefined : componentOf(first, component);
}

describe("where segments and messages end", () => {
  it.each([
    ["CR", "\r"],
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CRLF twice", "\r\n\r\n"],
  ])("reads segments that end in %s", (_name, end) => {
    expect(parseOne([MSH, "PID|1", "PV1|1|I"].join(end) + end).segments.map(({ name }) => name)).toEqual(["MSH", "PID", "PV1"]);
  });

  it("ignores a byte order mark and the frame of MLLP", () => {
    expect(parseOne(`\uFEFF${MSH}\rPID|1`).segments).toHaveLength(2);
    expect(parseOne(`\u000B${MSH}\rPID|1\r\u001C\r`).segments).toHaveLength(2);
  });

  it("takes a text of several messages apart, with or without blank lines, frames and a batch envelope", () => {
    const message = `${MSH}\rPID|1`;
    expect(parseMessages(`${message}\n\n${message}\n`)).toHaveLength(2);
    expect(parseMessages(`${message}\r${message}`)).toHaveLength(2);
    expect(parseMessages(`\u000B${message}\r\u001C\r\u000B${message}\r\u001C\r`)).toHaveLength(2);
    expect(parseMessages(`FHS|^~\\&\rBHS|^~\\&\r${message}\r${message}\rBTS|2\rFTS|1`).map(({ ok }) => ok)).toEqual([true, true]);
  });

  it("reads no more messages of one text than its limit, and says that there were more", () => {
    const results = parseMessages(`${MSH}\r`.repeat(MAX_MESSAGES + 7));
    expect(results).toHaveLength(MAX_MESSAGES + 1);
    expect(results.at(-1)).toEqual({ ok: false, where: "" });
  });

  it("keeps unknown segments and says where each begins", () => {
    const text = `${MSH}\r\nZQQ|1|x\r\nPID|1`;
    const segments = parseOne(text).segments;
    expect(segments.map(({ name, offset }) => text.slice(offset, offset + name.length))).toEqual(["MSH", "ZQQ", "PID"]);
  });
});

describe("delimiters", () => {
  it("are read from MSH-1 and MSH-2", () => {
    const text = "MSH#!@%*#A#F#R#F#20260301##ADT!A01#7#P#2.5\rPID#1##12!a!b@34##DOE!JOHN*X!A";
    expect(readPid(text, 5, 2)).toBe("JOHN");
    expect(readPid(text, 3, 3)).toBe("b");
    expect(parseOne(text).delimiters).toEqual({
      field: "#",
      component: "!",
      repetition: "@",
      escape: "%",
      subcomponent: "*",
      truncation: "",
    });
  });

  it("may be three in MSH-2, and then an ampersand is a letter like others", () => {
    expect(readPid("MSH|^~\\|A|F|R|F|20260301||ADT^A01|7|P|2.3\rPID|1||1||SMITH & SONS", 5)).toBe("SMITH & SONS");
  });

  it("may be five in MSH-2, as version 2.7 has it", () => {
    expect(readPid("MSH|^~\\&#|A|F|R|F|20260301||ADT^A01|7|P|2.7\rPID|1||1||SMITH^J", 5, 2)).toBe("J");
  });

  it("count MSH-1 as the first field of MSH", () => {
    const message = parseOne(MSH);
    expect(fieldText(message, message.segments[0], 9)).toBe("ADT");
    expect(sendingFacility(message)).toBe("RXX");
  });
});

describe("what a field says", () => {
  const pid = (fields: string) => `${MSH}\rPID|1||${fields}`;

  it("keeps absent, deleted and stated apart", () => {
    expect(readPid(pid('1||""^JOHN'), 5, 1)).toBeNull();
    expect(readPid(pid('1||""^JOHN'), 5, 2)).toBe("JOHN");
    expect(readPid(pid("1||^JOHN"), 5, 1)).toBeUndefined();
    expect(readPid(pid("1||  ^JOHN"), 5, 1)).toBeUndefined();
    expect(readPid(pid("1"), 5)).toBeUndefined();
  });

  it('deletes every component of a field that is `""` as a whole', () => {
    expect(readPid(pid('1||""'), 5, 2)).toBeNull();
  });

  it("numbers repetitions as HL7 does and leaves out empty ones", () => {
    const message = parseOne(pid("~2~~4"));
    const segment = firstSegment(message, "PID");
    expect(segment && repetitionsOf(message, segment, 3).map(({ position }) => position)).toEqual([2, 4]);
  });

  it("reads sub-components one by one or together", () => {
    const message = parseOne(pid("1||VAN DAM&VAN&DAM^J"));
    const segment = firstSegment(message, "PID");
    const [name] = segment === undefined ? [] : repetitionsOf(message, segment, 5);
    expect(name && subcomponentOf(name, 1, 3)).toBe("DAM");
    expect(name && wholeComponentOf(name, 1)).toBe("VAN DAM VAN DAM");
    expect(name && subcomponentOf(name, 1, 9)).toBeUndefined();
  });

  it.each([
    ["A\\F\\B\\S\\C\\T\\D\\R\\E\\E\\F", "A|B^C&D~E\\F"],
    ["line\\.br\\line", "line\nline"],
    ["\\H\\loud\\N\\", "loud"],
    ["caf\\XC3A9\\", "café"],
    ["caf\\XE9\\", "café"],
    ["a\\X00\\b", "a\uFFFDb"],
    ["C:\\Users\\me", "C:\\Users\\me"],
    ["10\\20\\F\\30", "10\\20|30"],
    ["open \\", "open \\"],
    ["\\XZZ\\", "\\XZZ\\"],
  ])("decodes %s", (raw, decoded) => {
    expect(readPid(pid(`1||${raw}`), 5)).toBe(decoded);
  });

  it("finds all segments of a name", () => {
    expect(segmentsOf(parseOne(`${MSH}\rDG1|1\rDG1|2`), "DG1")).toHaveLength(2);
  });
});

describe("what is no message", () => {
  it.each([
    ["nothing", "", ""],
    ["white space", " \r\n \t", ""],
    ["no MSH", "PID|1||12345", "MSH"],
    ["text before the first MSH", "hello\rPID|1", "MSH"],
    ["MSH and nothing else", "MSH", "MSH-1"],
    ["a letter as delimiter", "MSHA^~\\&A", "MSH-1"],
    ["a blank as delimiter", "MSH ^~\\& PAS", "MSH-1"],
    ["no encoding characters", "MSH||PAS", "MSH-2"],
    ["MSH cut off after MSH-1", "MSH|", "MSH-2"],
    ["one character twice", "MSH|^^\\&|PAS|||||| ADT^A01", "MSH-2"],
    ["too many encoding characters", "MSH|^~\\&#!|PAS||||||ADT^A01", "MSH-2"],
    ["MSH cut off before its type", "MSH|^~\\&|PAS|RXX", "MSH-9"],
    ["an empty type", "MSH|^~\\&|PAS|RXX|||2026|| |1", "MSH-9"],
    ["a line that is no segment", `${MSH}\rthis is a note`, "segments[1]"],
    ["a segment with another delimiter", `${MSH}\rPID#1`, "segments[1]"],
    ["a lower-case segment", `${MSH}\rpid|1`, "segments[1]"],
    ["a NUL character", `${MSH}\rPID|1||\u0000`, "segments[1]"],
    ["an escape character", `${MSH}\rPID|1||\u001B[31m`, "segments[1]"],
  ])("says where %s fails", (_name, text, where) => {
    expect(parseMessages(text)).toEqual([{ ok: false, where }]);
  });

  it("refuses a message longer than the limit", () => {
    expect(parseMessages(`${MSH}\rNTE|1||${"x".repeat(MAX_MESSAGE_LENGTH)}`)).toEqual([{ ok: false, where: "" }]);
  });

  it("refuses more segments or fields than any message has", () => {
    expect(parseMessages(`${MSH}\r${"NTE|1\r".repeat(MAX_SEGMENTS)}`)).toEqual([{ ok: false, where: "" }]);
    expect(parseMessages(`${MSH}\rPID${"|".repeat(MAX_FIELDS)}`)).toEqual([{ ok: false, where: "segments[1]" }]);
  });

  it("does not let one bad message spoil its neighbours", () => {
    expect(parseMessages(`MSH|\r${MSH}\rPID|1`).map(({ ok }) => ok)).toEqual([false, true]);
  });
});
