import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapHl7v2 } from "../../../mappings/hl7v2/hl7v2-mapping.ts";
import { DEFAULT_HL7V2_PROFILE } from "../../../mappings/hl7v2/hl7v2-profiles.ts";
import { type Delimiters, parseMessages } from "../../../mappings/hl7v2/parse-message.ts";
import { componentOf, firstSegment, repetitionsOf } from "../../../mappings/hl7v2/read-field.ts";

const VALID = [
  "MSH|^~\\&|PAS|RXX|GW|NACR|20260301120000||ADT^A01^ADT_A01|1|P|2.4",
  "EVN||20260301120000",
  'PID|1||4007^^^RXX^MR~9434765919^^^NHS^NH||TEST^ANNE^""||19500412|2|||1 HIGH ST^^YORK^^YO1 7HH^GBR^H||01904 000000|||M||||||A',
  "PD1|||SURGERY^^B82000",
  "PV1|1|I|W1|21|||||||||||||||V100|||||||||||||||||||||||||20260228",
  "DG1|1||I21.4^NSTEMI^ICD10||20260228|F|||||||||1",
  "PR1|1||K75.1^PCI^OPCS4||20260301",
].join("\r");

/** Characters that mean something somewhere in HL7 v2, beside ordinary ones. */
const hostileText = fc.string({
  unit: fc.constantFrom(...'|^~\\&"\r\n\u000B\u001C\uFEFF\u0000MSHPIDADT0129ZX. aé\uD83D'),
  maxLength: 300,
});
const delimiterSets = fc
  .shuffledSubarray([..."!#$%()*+,-./:;<=>?@[]_`{|}~^&\\"], { minLength: 5, maxLength: 5 })
  .map(([field = "", component = "", repetition = "", mark = "", subcomponent = ""]) => {
    return { field, component, repetition, escape: mark, subcomponent, truncation: "" };
  });

function encode(text: string, delimiters: Delimiters): string {
  const { field, component, repetition, escape: mark, subcomponent } = delimiters;
  const sequences = new Map([
    [field, "F"],
    [component, "S"],
    [repetition, "R"],
    [subcomponent, "T"],
    [mark, "E"],
  ]);
  return Array.from(text, (character) => {
    const sequence = sequences.get(character);
    return sequence === undefined ? character : `${mark}${sequence}${mark}`;
  }).join("");
}

function renderName(parts: readonly string[], delimiters: Delimiters): string {
  const { field, component, repetition, escape: mark, subcomponent } = delimiters;
  const header = [
    "MSH",
    component + repetition + mark + subcomponent,
    "A",
    "F",
    "R",
    "F",
    "",
    "",
    `ADT${component}A01`,
    "1",
  ].join(field);
  return `${header}\rPID${field.repeat(5)}${parts.map((part) => encode(part, delimiters)).join(component)}`;
}

describe("the parser, whatever it is given", () => {
  it("answers for arbitrary text with at least one result and without throwing", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), hostileText), (text) => {
        expect(parseMessages(text).length).toBeGreaterThan(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it("gives a draft for every mutation of a valid message, each judged or refused with an error", () => {
    const edit = fc.record({ at: fc.nat(VALID.length), remove: fc.nat(12), insert: fc.oneof(hostileText, fc.constant("")) });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const text = edits.reduce(
          (valid, { at, remove, insert }) => valid.slice(0, at) + insert + valid.slice(at + remove),
          VALID,
        );
        const { drafts } = mapHl7v2([text], DEFAULT_HL7V2_PROFILE);
        expect(drafts.length).toBeGreaterThan(0);
        for (const draft of drafts.filter(({ unreadable }) => unreadable)) expect(draft.issues[0]?.severity).toBe("ERROR");
      }),
      { numRuns: 1_000 },
    );
  });

  it("reads back what was written, for any text and any delimiters", () => {
    const values = fc.array(
      fc.string({ maxLength: 20 }).filter((text) => text.trim() === text && text !== "" && text !== '""'),
      {
        minLength: 1,
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(values, delimiterSets, (parts, delimiters) => {
        const [result] = parseMessages(renderName(parts, delimiters));
        if (result?.ok !== true) throw new Error(`did not parse: ${result?.where}`);
        const pid = firstSegment(result.message, "PID");
        const [name] = pid === undefined ? [] : repetitionsOf(result.message, pid, 5);
        expect(parts.map((_, index) => name && componentOf(name, index + 1))).toEqual(parts);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["delimiters", "|"],
    ["escape characters", "\\"],
    ["repetitions", "1~"],
    ["unclosed hexadecimal escapes", "\\X41"],
    ["quotation marks", '"'],
  ])("needs linear time for a megabyte of %s", (_name, unit) => {
    const text = `${VALID.slice(0, VALID.indexOf("PID"))}PID|1||1^^^RXX^MR||${unit.repeat(500_000 / unit.length)}`;
    const start = performance.now();
    mapHl7v2([text, text.replace("PID|1||1^^^RXX^MR||", "PID|1||")], DEFAULT_HL7V2_PROFILE);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it("needs linear time for a text of a hundred thousand messages' beginnings", () => {
    const start = performance.now();
    mapHl7v2(["MSH|\r".repeat(100_000)], DEFAULT_HL7V2_PROFILE);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
