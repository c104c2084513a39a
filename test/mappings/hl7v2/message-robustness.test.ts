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
