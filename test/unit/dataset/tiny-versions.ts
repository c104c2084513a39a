/** Three versions of a small dictionary, with a step of every kind between them. */
import { compileDictionary } from "../../../src/dataset/compile-dictionary.ts";
import type { Conversion } from "../../../src/dataset/conversion.ts";
import type { CodeList, Item, RecordType } from "../../../src/dataset/define.ts";
import { replaceNamed } from "../../../src/dataset/define.ts";
import type { Dictionary, DictionarySource } from "../../../src/dataset/dictionary.ts";
import type { Rule } from "../../../src/dataset/rule.ts";
import { joinVersions } from "../../../src/dataset/up-convert.ts";

const FACT = { status: "I", source: "made for the test" } as const;
const item = (label: string, more: Partial<Item> & Pick<Item, "kind">): Item => ({ label, description: "", ...FACT, ...more });
const list = (name: string, ...keys: readonly string[]): CodeList => ({
  name,
  label: name,
  ...FACT,
  unknown: keys.filter((key) => key === "UNKNOWN"),
  options: keys.map((key, code) => ({ key, code, label: `Option ${key}` })),
});

function patientOf(items: Readonly<Record<string, Item>>): RecordType {
  return {
    name: "PATIENT",
    typeName: "Patient",
    fieldName: "patient",
    table: "patient",
    label: "Patient",
    description: "",
    parent: null,
    naturalKey: ["number"],
    programmeScoped: false,
    ...FACT,
    items,
  };
}

const number = item("Number", { kind: "text", mandatory: true });
const transport = item("Transport", { kind: "code", list: "Transport", mandatory: true });
const distance = item("Distance", { kind: "integer" });
const tools = item("Tools", { kind: "codes", list: "Tool" });
const pet = item("Pet", { kind: "text" });

const needsDistance: Rule = {
  kind: "condition",
  id: "R-CAR",
  recordType: "PATIENT",
  severity: "ERROR",
  code: "RULE",
  field: "distance",
  when: { item: "transport", in: ["CAR", "LORRY", "VAN"] },
  // biome-ignore lint/suspicious/noThenProperty: a word of the rule language; a rule is never awaited.
  then: { item: "distance", present: true },
  text: "Who drives must state a distance.",
  ...FACT,
};
const ofPets: Rule = {
  ...needsDistance,
  id: "R-PET",
  field: "pet",
  when: { item: "pet", present: true },
  text: "A pet must go far.",
};

export const tiny1: DictionarySource = {
  version: "tiny-1",
  recordTypes: [patientOf({ number, transport, distance, tools, pet })],
  codeLists: [list("Transport", "CAR", "LORRY", "VAN", "BUS", "UNKNOWN"), list("Tool", "SAW", "AXE", "FILE")],
  rules: [needsDistance, ofPets],
  issueCodes: [{ code: "RULE", severity: "ERROR", layer: "RECORD", text: "A rule.", advice: "" }],
};
/** Lorries and vans are one; a long ride by car is another thing; saws are called blades; pets are kept no more. */
export const tiny2: DictionarySource = {
  ...tiny1,
  version: "tiny-2",
  recordTypes: [patientOf({ distance, number, transport, tools, colour: item("Colour", { kind: "text", mandatory: true }) })],
  codeLists: [list("Transport", "LONG_CAR", "SHORT_CAR", "TRUCK", "BUS", "UNKNOWN"), list("Tool", "BLADE", "AXE", "FILE")],
  rules: [],
};
/** Transport is called travel, and trucks are lorries again. */
export const tiny3: DictionarySource = {
  ...tiny2,
  version: "tiny-3",
  recordTypes: [patientOf({ number, colour: item("Colour", { kind: "text" }), travel: transport, tools, distance })],
  codeLists: replaceNamed(tiny2.codeLists, ({ name }) => name, [
    list("Transport", "LONG_CAR", "SHORT_CAR", "LORRY", "BUS", "UNKNOWN"),
  ]),
};

export const oneToTwo: Conversion = {
  from: "tiny-1",
  to: "tiny-2",
  steps: [
    { kind: "code", list: "Transport", from: "LORRY", to: "TRUCK" },
    { kind: "code", list: "Transport", from: "VAN", to: "TRUCK", reason: "a van is a truck" },
    { kind: "code", list: "Transport", from: "CAR", to: "SHORT_CAR", when: { item: "distance", in: [1, 2, 3] } },
    { kind: "code", list: "Transport", from: "CAR", to: "LONG_CAR", reason: "no short distance is stated" },
    { kind: "code", list: "Tool", from: "SAW", to: "BLADE" },
    { kind: "code", list: "Tool", from: "AXE", to: "BLADE", reason: "an axe is a blade" },
    { kind: "drop", recordType: "PATIENT", item: "pet", reason: "pets are kept no more" },
  ],
};
export const twoToThree: Conversion = {
  from: "tiny-2",
  to: "tiny-3",
  steps: [
    { kind: "rename", recordType: "PATIENT", from: "transport", to: "travel" },
    { kind: "code", list: "Transport", from: "TRUCK", to: "LORRY", reason: "trucks are lorries" },
  ],
};

/** The versions joined, oldest first. */
export const join = (sources: readonly DictionarySource[], conversions: readonly Conversion[]): readonly Dictionary[] =>
  joinVersions(
    sources.map((source) => compileDictionary(source)),
    conversions,
  );
