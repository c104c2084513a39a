/** A dictionary of three record types, small enough to be seen whole, with one item of every kind. */
import { compileDictionary } from "../../../src/dataset/compile-dictionary.ts";
import { defineCodeList, defineRecord } from "../../../src/dataset/define.ts";
import type { CompiledItem, Dictionary, DictionarySource } from "../../../src/dataset/dictionary.ts";

const FACT = { status: "I", source: "made for the test" } as const;
const DOUBT = { status: "R", source: "made for the test" } as const;
const text = { description: "", ...FACT } as const;

const fruit = defineCodeList({
  name: "Fruit",
  label: "Fruit",
  ...FACT,
  unknown: ["UNKNOWN"],
  options: [
    { key: "APPLE", code: 1, label: "Apple", aliases: ["Pomme"] },
    { key: "PEAR_COOKING", code: 2, label: "Pear (cooking)" },
    { key: "BANANA", code: 15, label: "Banana" },
    { key: "UNKNOWN", code: 99, label: "Unknown" },
  ],
});
const answer = defineCodeList({
  name: "Answer",
  label: "Yes or no",
  ...FACT,
  unknown: [],
  options: [
    { key: "YES", code: 1, label: "Yes" },
    { key: "NO", code: 2, label: "No" },
  ],
});
const reason = defineCodeList({
  name: "Reason",
  label: "Reason",
  ...DOUBT,
  unknown: [],
  open: { storeAs: "OTHER" },
  options: [
    { key: "MOVED", code: 1, label: "Moved away" },
    { key: "OTHER", code: 2, label: "Other" },
  ],
});
const part = defineCodeList({
  name: "Part",
  label: "Part",
  ...FACT,
  unknown: [],
  open: { storeAs: null },
  options: [
    { key: "EXERCISE", code: 1, label: "Exercise" },
    { key: "ADVICE", code: 2, label: "Advice" },
  ],
});
const doubtful = defineCodeList({
  name: "Doubtful",
  label: "Doubtful",
  ...DOUBT,
  unknown: [],
  options: [{ key: "ONE", code: 1, label: "One" }],
});

const patient = defineRecord({
  name: "PATIENT",
  typeName: "Patient",
  fieldName: "patient",
  table: "patient",
  label: "Patient",
  description: "",
  parent: null,
  naturalKey: [],
  programmeScoped: false,
  ...FACT,
  items: {
    nhsNumber: { ...text, label: "NHS Number", kind: "nhsNumber", identifying: true },
    hospitalNumber: { ...text, label: "Hospital No.", kind: "text", identifying: true, maxLength: 10 },
    postcode: { ...text, label: "Postcode", kind: "postcode", identifying: true },
    dateOfBirth: { ...text, label: "Date of Birth", kind: "date", identifying: true, mandatory: true },
    secretFruit: { ...text, label: "Secret fruit", kind: "code", list: "Fruit", identifying: true },
    practice: { ...text, label: "Practice", kind: "gpPractice" },
    objects: { ...text, label: "Objects", kind: "boolean" },
    favourite: { ...text, label: "Favourite", kind: "code", list: "Fruit" },
  },
});
const event = defineRecord({
  name: "INITIATING_EVENT",
  typeName: "InitiatingEvent",
  fieldName: "initiatingEvents",
  table: "initiating_event",
  label: "Event",
  description: "",
  parent: "PATIENT",
  naturalKey: ["eventDate"],
  programmeScoped: false,
  ...FACT,
  items: {
    eventDate: { ...text, label: "Event date", kind: "date", mandatory: true },
    seenDate: { ...text, label: "Seen date", kind: "date" },
    onset: { ...text, label: "Onset", kind: "partialDate" },
    hba1cMmolMol: { ...text, label: "HbA1c", kind: "decimal", unit: "mmol/mol", expected: [25, 130], hard: [15, 200] },
    activity150: { ...text, label: "Active", kind: "code", list: "Answer" },
    walk: { ...text, label: "Walk", kind: "integer", unit: "m", hard: [0, 1020], multipleOf: 10 },
    score: { ...text, ...DOUBT, label: "Score", kind: "integer", expected: [1, 5], hard: [0, 99] },
    upper: { ...text, label: "Upper", kind: "integer" },
    lower: { ...text, label: "Lower", kind: "integer" },
    reason: { ...text, label: "Reason", kind: "code", list: "Reason" },
    doubtful: { ...text, label: "Doubtful", kind: "code", list: "Doubtful" },
    parts: { ...text, label: "Parts", kind: "codes", list: "Part" },
    fruits: { ...text, label: "Fruits", kind: "codes", list: "Fruit" },
    trust: { ...text, label: "Trust", kind: "organisation" },
    team: { ...text, label: "Team", kind: "programme" },
    note: { ...text, ...DOUBT, label: "Note", kind: "text", maxLength: 5 },
  },
});
const assessment = defineRecord({
  name: "ASSESSMENT",
  typeName: "Assessment",
  fieldName: "assessments",
  table: "assessment",
  label: "Assessment",
  description: "",
  parent: "INITIATING_EVENT",
  naturalKey: ["number"],
  programmeScoped: true,
  ...FACT,
  items: {
    number: { ...text, label: "Number", kind: "integer", mandatory: true, hard: [1, 3] },
    date: { ...text, label: "Assessment date", kind: "date" },
    fruit: { ...text, label: "Fruit", kind: "code", list: "Fruit" },
    bmi: { ...text, label: "BMI", kind: "decimal" },
    heightCm: { ...text, label: "Height", kind: "decimal" },
    weightKg: { ...text, label: "Weight", kind: "decimal" },
    activity150: { ...text, label: "Active", kind: "code", list: "Answer" },
    moderateMinutesPerWeek: { ...text, label: "Moderate", kind: "integer" },
    vigorousMinutesPerWeek: { ...text, label: "Vigorous", kind: "integer" },
  },
});

const issueText = (code: string, words: string) =>
  ({ code, severity: "ERROR", layer: "RECORD", text: words, advice: "" }) as const;

/** A sound source; tests take parts out of it to see them missed. */
export const tinySource: DictionarySource = {
  version: "tiny-1",
  recordTypes: [assessment, patient, event],
  codeLists: [fruit, answer, reason, part, doubtful],
  rules: [],
  issueCodes: [
    issueText("FORMAT_INVALID", "{label} cannot be read."),
    issueText("OUT_OF_HARD_RANGE", "{label} is outside {min} to {max} {unit}."),
    issueText("DATE_ORDER", "{later} is before {earlier}."),
    issueText("CONDITION_NOT_MET", "{label} does not fit."),
  ],
};

export const tiny: Dictionary = compileDictionary(tinySource);

/** An item of the tiny dictionary by `RECORD_TYPE.item`. */
export function itemOf(path: `${"PATIENT" | "INITIATING_EVENT" | "ASSESSMENT"}.${string}`, dictionary = tiny): CompiledItem {
  const [type, name] = path.split(".");
  const recordType = dictionary.recordTypes.find((candidate) => candidate.name === type);
  const item = recordType?.byName.get(name ?? "");
  if (item === undefined) throw new Error(`no item ${path}`);
  return item;
}
