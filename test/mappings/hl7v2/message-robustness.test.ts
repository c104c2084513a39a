import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { mapHl7v2 } from "../../../mappings/hl7v2/hl7v2-mapping.ts";
import { DEFAULT_HL7V2_PROFILE } from "../../../mappings/hl7v2/hl7v2-profiles.ts";
import { mappingCaseSchema } from "./mapping-case.ts";

/** Every message of every case, in ER7 and XML: all kinds that are mapped, valid and not. */
const FOLDER = path.join(import.meta.dirname, "../../cases/hl7v2");
const messages = readdirSync(FOLDER)
  .map((file) => mappingCaseSchema.parse(JSON.parse(readFileSync(path.join(FOLDER, file), "utf8"))))
  .flatMap(({ input }) => input.map((message) => (typeof message === "string" ? message : message.join("\r"))));

const MUTATIONS = 12;
const PIECES = [
  "",
  "|",
  "^",
  "~",
  "\\",
  "&",
  "\r",
  "\r\rMSH|",
  "PID|",
  "<",
  "</",
  "&#x",
  "\u0000",
  "\uFFFD",
  '""',
  "9".repeat(40),
  "#",
];

/** Numbers that look random and are the same on every run. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state;
  }
}

function mutate(text: string, random: Generator<number, never>): string {
  const at = random.next().value % (text.length + 1);
  const piece = PIECES[random.next().value % PIECES.length] ?? "";
  return text.slice(0, at) + piece + text.slice(at + (random.next().value % 4));
}

describe("messages that were broken on their way", () => {
  it("are answered each, without a fault, and every refusal says where", () => {
    const random = numbers(20_260_301);
    let refused = 0;
    for (const message of messages) {
      for (let round = 0; round < MUTATIONS; round += 1) {
        const { drafts } = mapHl7v2([mutate(mutate(message, random), random)], DEFAULT_HL7V2_PROFILE);
        expect(drafts.length).toBeGreaterThan(0);
        for (const { unreadable, issues } of drafts) {
          if (!unreadable) continue;
          refused += 1;
          expect(issues[0]).toMatchObject({ severity: "ERROR", expression: expect.stringMatching(/^messages\[0\]/) });
        }
      }
    }
    expect(refused).toBeGreaterThan(100);
  });
});

describe("the account of a message", () => {
  it("has a line for every populated field of everything that was mapped", () => {
    let fields = 0;
    for (const message of messages.filter((text) => text.startsWith("MSH|"))) {
      const { drafts, mappingReport } = mapHl7v2([message], DEFAULT_HL7V2_PROFILE);
      if (drafts.some(({ unreadable }) => unreadable)) continue;
      const told = new Set([...drafts.flatMap((draft) => draft.mappingReport), ...mappingReport].map((line) => line.sourceField));
      const sent = message
        .replace(/\\/g, "")
        .split(/[\r\n]+/)
        .flatMap((segment) => {
          const [name = "", ...values] = segment.split("|");
          return values.flatMap((value, index) => {
            const field = name === "MSH" ? index + 2 : index + 1;
            return value === "" || (name === "MSH" && field === 2) ? [] : [`${name}-${field}`];
          });
        });
      expect(sent.filter((field) => !told.has(field))).toEqual([]);
      fields += sent.length;
    }
    expect(fields).toBeGreaterThan(1_000);
  });
});

describe("a message of the greatest length", () => {
  const head = (type: string, version = "2.5"): readonly string[] => [
    `MSH|^~\\&|PAS|RXX|GW|NACR|20260301||${type}|1|P|${version}`,
    "PID|1||4007^^^RXX^MR||TEST^ANNE||19500412|2",
  ];
  const segments = Array.from(
    { length: 1_900 },
    (_, index) => `PR1|${index}||K75.1^x^OPCS4||19${10 + (index % 90)}0101${"|".repeat(15)}D`,
  );

  it.each([
    ["names", [...head("REF^I12"), `RF1||R|X^${"cardiac ".repeat(120_000)}^L|||R1|20260301`]],
    ["systems", [...head("ADT^A08"), `DG1|1||I21.0^x^${"icd".repeat(300_000)}`]],
    ["numbers", [...head("ADT^A31"), `PID|1||${"1^^^RXX^MR~".repeat(80_000)}`]],
    ["deletions", [...head("ADT^A08"), ...segments]],
  ])("costs less than a second of processor time, whatever it is full of: %s", (_title, lines) => {
    const before = process.threadCpuUsage();
    expect(mapHl7v2([lines.join("\r")], DEFAULT_HL7V2_PROFILE).drafts.length).toBeGreaterThan(0);
    const { user, system } = process.threadCpuUsage(before);
    expect(user + system).toBeLessThan(1_000_000);
  });
});
