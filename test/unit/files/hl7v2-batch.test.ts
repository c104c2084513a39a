import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { mapHl7v2 } from "../../../mappings/hl7v2/hl7v2-mapping.ts";
import { DEFAULT_HL7V2_PROFILE } from "../../../mappings/hl7v2/hl7v2-profiles.ts";
import { LIMITS } from "../../../src/lib/limits.ts";
import type { DraftRecord, MappedSource } from "../../../src/records/draft-record.ts";
import { contentOf, mapFile, readFile, readRawAll } from "./memory-content.ts";
import { hl7Message } from "./sample-files.ts";

const CODED = ["DG1|1||I21.0^^I10|||A"];
const envelope = (messages: readonly string[], batchCount: string | number, fileCount: string | number): string =>
  ["FHS|^~\\&|PAS", "BHS|^~\\&|PAS", ...messages, `BTS|${batchCount}`, `FTS|${fileCount}`].join("\r");

/** What the drafts say, in the order in which submitHl7v2 gives them. */
function inOrderOfMessages({ drafts }: MappedSource): readonly object[] {
  const number = ({ expression }: Pick<DraftRecord, "expression">): number => Number(/\[(\d+)\]/.exec(expression)?.[1]);
  return drafts
    .map((draft) => ({ ...draft, parent: draft.parent?.expression ?? null }))
    .toSorted((one, other) => number(one) - number(other));
}

describe("a batch of HL7 v2 messages", () => {
  it("is taken apart whatever its segments end with, with or without envelope and MLLP framing", async () => {
    const messages = [hl7Message("1"), hl7Message("2"), hl7Message("1", "03")];
    const wanted = ["messages[0]", "messages[2]", "messages[1]"];
    const texts = [
      messages.join("\r"),
      messages.join("\r\n\r\n").replaceAll("\r", "\r\n"),
      messages.join("\n").replaceAll("\r", "\n"),
      messages.map((message) => `\v${message}\r\x1c\r`).join(""),
      envelope(messages, 3, 1),
      `\uFEFF${envelope(messages, "", "")}\r\n`,
    ];
    for (const text of texts) {
      for (const pieceBytes of [1, 7, 64 * 1024]) {
        const { entries, places, issues } = await readFile("HL7V2_BATCH", contentOf(text, pieceBytes));
        expect({ places, issues }).toEqual({ places: wanted, issues: [] });
        expect(entries.map((entry) => String(entry).replaceAll(/[\r\n]+/g, "\r"))).toEqual([
          messages[0],
          messages[2],
          messages[1],
        ]);
      }
    }
  });

  it("is read in UTF-16, with a mark or without, whatever MSH-18 says", async () => {
    const messages = [hl7Message("1"), hl7Message("2", "03")].map((message) =>
      message.replace("TEST^ANNE", "TÉST^ZOË").replace("|P|2.4", "|P|2.4||||||8859/1"),
    );
    const text = messages.join("\r");
    for (const bytes of [
      Buffer.from(`\uFEFF${text}`, "utf16le"),
      Buffer.from(text, "utf16le"),
      Buffer.from(`\uFEFF${text}`, "utf16le").swap16(),
    ]) {
      const { entries, issues } = await readFile("HL7V2_BATCH", contentOf(bytes, 7));
      expect(entries.map((entry) => String(entry).trim())).toEqual(messages);
      expect(issues.map(({ severity, code }) => [severity, code])).toEqual([["INFORMATION", "ENCODING_UTF_16"]]);
      expect((await readRawAll("HL7V2_BATCH", contentOf(bytes))).map((raw) => raw.text?.trim())).toEqual(messages);
    }
  });

  it("is refused where it is marked as UTF-16 and is not", async () => {
    const broken = Buffer.concat([Buffer.from(`\uFEFF${hl7Message("1")}`, "utf16le"), Buffer.from([0x0d])]);
    const { entries, issues } = await readFile("HL7V2_BATCH", contentOf(broken));
    expect(entries).toEqual([]);
    expect(issues.map(({ severity, code }) => [severity, code])).toEqual([["ERROR", "ENCODING_UNREADABLE"]]);
  });

  it("may be one document in XML, known by its namespace; other XML is not taken", async () => {
    const person = (number: string): string =>
      `<ADT_A05><MSH><MSH.4><HD.1>RXX</HD.1></MSH.4><MSH.9><MSG.1>ADT</MSG.1><MSG.2>A31</MSG.2></MSH.9></MSH><PID><PID.3><CX.1>${number}</CX.1><CX.5>MR</CX.5></PID.3><PID.5><XPN.1><FN.1>TÉST</FN.1></XPN.1></PID.5><PID.7><TS.1>19500412</TS.1></PID.7></PID></ADT_A05>`;
    const head = '<?xml version="1.0" encoding="ISO-8859-1"?>\r\n';
    const document = `${head}<Batch xmlns="urn:hl7-org:v2xml">${person("1")}\r\n${person("2")}</Batch>`;
    const { drafts, issues } = await mapFile("HL7V2_BATCH", contentOf(Buffer.from(document, "latin1"), 7));
    expect(issues).toEqual([]);
    expect(drafts.map(({ expression, values }) => [expression, values.hospitalNumber, values.surname])).toEqual([
      ["messages[0][0]", "1", "TÉST"],
      ["messages[0][1]", "2", "TÉST"],
    ]);
    const other = await readFile("HL7V2_BATCH", contentOf(document.replace("urn:hl7-org:v2xml", "urn:hl7-org:v3")));
    expect(other.issues.map(({ code }) => code)).toEqual(["FORMAT_UNRECOGNISED"]);
  });

  it("is mapped as submitHl7v2 maps the same messages, the stay of a patient as a whole", async () => {
    const messages = [hl7Message("1"), hl7Message("2", "02", CODED), hl7Message("1", "05", CODED), hl7Message("3")];
    const submitted = mapHl7v2(messages, DEFAULT_HL7V2_PROFILE);
    for (const size of [1, 2, 500]) {
      const mapped = await mapFile("HL7V2_BATCH", contentOf(messages.join("\r")), { size });
      expect(inOrderOfMessages(mapped)).toEqual(inOrderOfMessages(submitted));
    }
    expect(submitted.drafts.map(({ recordType }) => recordType)).toContain("INITIATING_EVENT");
  });

  it("finds a patient under any of the numbers of PID-3", async () => {
    const [first, second] = [hl7Message("1"), hl7Message("2", "03")];
    const traced = first.replace("1^^^RXX^MR", "9434765919^^^NHS^NH~1^^^RXX^MR");
    const byNhsNumber = second.replace("2^^^RXX^MR", "943 476 5919^^^NHS^NH");
    const { places } = await readFile("HL7V2_BATCH", contentOf([traced, hl7Message("3"), byNhsNumber].join("\r")));
    expect(places).toEqual(["messages[0]", "messages[2]", "messages[1]"]);
  });

  it("does not take what senders write for an unknown number as anybody's", async () => {
    const messages = ["1", "2", "3"].map((id) => hl7Message(id).replace("^^^RXX^MR", '^^^RXX^MR~0000000000^^^NHS^NH~""'));
    const { chunks } = await readFile("HL7V2_BATCH", contentOf(messages.join("\r")), {}, 1);
    expect(chunks).toHaveLength(3);
  });

  it("warns of counts that disagree and of text outside messages, and reads the messages", async () => {
    const wrong = await readFile("HL7V2_BATCH", contentOf(`captured at noon\r${envelope([hl7Message("1")], 2, 3)}`));
    expect(wrong.entries).toHaveLength(1);
    expect(wrong.issues.map(({ severity, code, expression }) => `${severity} ${code} ${expression}`)).toEqual([
      "WARNING MESSAGE_MALFORMED file",
      "WARNING MESSAGE_MALFORMED BTS-1",
      "WARNING MESSAGE_MALFORMED FTS-1",
    ]);
  });

  it("is UTF-8 where it is that, and else ISO-8859-1, which is told", async () => {
    const text = hl7Message("1").replace("ANNE", "ZOË");
    const nameOf = async (data: Buffer) => {
      const { drafts, issues } = await mapFile("HL7V2_BATCH", contentOf(data));
      return { name: drafts[0]?.values.forename, issues: issues.map(({ severity, code }) => `${severity} ${code}`) };
    };
    const declared = text.replace("|P|2.4", "|P|2.4||||||8859/1");
    expect(await nameOf(Buffer.from(text, "utf8"))).toEqual({ name: "ZOË", issues: [] });
    expect(await nameOf(Buffer.from(declared, "latin1"))).toEqual({ name: "ZOË", issues: [] });
    expect(await nameOf(Buffer.from(text, "latin1"))).toEqual({ name: "ZOË", issues: ["INFORMATION ENCODING_UNREADABLE"] });
  });

  it("answers for a message that is too long, and reads the others", async () => {
    const long = `${hl7Message("1")}\rOBX|1|ED|||${"x".repeat(LIMITS.fileLineBytes)}`;
    const { drafts } = await mapFile("HL7V2_BATCH", contentOf(`${long}\r${hl7Message("2")}`));
    expect(drafts.map(({ expression, issues }) => [expression, issues.map(({ code }) => code)])).toEqual([
      ["messages[0]", ["MESSAGE_MALFORMED"]],
      ["messages[1]", []],
    ]);
  });

  it("hands the raw messages out in the order of the file", async () => {
    const messages = [hl7Message("1"), hl7Message("2"), hl7Message("1", "03")];
    const raw = await readRawAll("HL7V2_BATCH", contentOf(envelope(messages, 3, 1)));
    expect(raw.map(({ place, text }) => ({ place, text }))).toEqual(
      messages.map((text, index) => ({ place: `messages[${index}]`, text })),
    );
  });
});

describe("the cases of the mapping of HL7 v2, put into one batch", () => {
  const folder = path.join(import.meta.dirname, "../../cases/hl7v2");
  const caseSchema = z.object({ profile: z.string().optional(), input: z.array(z.union([z.string(), z.array(z.string())])) });
  const texts = readdirSync(folder).map((file) => {
    const { input, profile } = caseSchema.parse(JSON.parse(readFileSync(path.join(folder, file), "utf8")));
    return { file, profile, messages: input.map((message) => (typeof message === "string" ? message : message.join("\r"))) };
  });
  const plain = texts.filter(
    ({ profile, messages }) => profile === undefined && messages.every((message) => /^MSH[^A-Z0-9]/.test(message)),
  );

  it.each(plain.map(({ file, messages }) => [file, messages] as const))("%s gives the same drafts", async (_file, messages) => {
    const joined = messages.map((message) => message.replace(/[\r\n]+$/, "")).join("\r");
    const split = joined.split(/[\r\n]+(?=MSH[^A-Z0-9])/);
    const mapped = await mapFile("HL7V2_BATCH", contentOf(joined));
    expect(inOrderOfMessages(mapped)).toEqual(inOrderOfMessages(mapHl7v2(split, DEFAULT_HL7V2_PROFILE)));
  });
});

const SIMHOSPITAL = path.join(import.meta.dirname, "../../../../shared/data/hl7v2-simhospital/messages.out");
const present = existsSync(SIMHOSPITAL);
if (!present)
  console.info("the messages of Simulated Hospital are not found beside the checkout: they are not tested as a batch");

describe.runIf(present)("the messages of Simulated Hospital, a file of 694", () => {
  it("give the drafts that submitHl7v2 gives", async () => {
    const text = present ? readFileSync(SIMHOSPITAL, "utf8") : "";
    const submitted = mapHl7v2(text.split(/\n\n(?=MSH)/), DEFAULT_HL7V2_PROFILE);
    const mapped = await mapFile("HL7V2_BATCH", contentOf(text), { size: 100 });
    expect(mapped.issues).toEqual(submitted.issues);
    expect(inOrderOfMessages(mapped)).toEqual(inOrderOfMessages(submitted));
    expect(mapped.drafts).toHaveLength(694);
  });
});
