import { describe, expect, it } from "vitest";
import { compileDictionary, toColumnName } from "../../../src/dataset/compile-dictionary.ts";
import type { CodeList, Item, RecordType } from "../../../src/dataset/define.ts";
import type { DictionarySource } from "../../../src/dataset/dictionary.ts";
import { itemOf, tiny, tinySource } from "./tiny-dictionary.ts";

/** The sound source with a change: each is a fault that must be found. */
const withType = (name: RecordType["name"], change: Partial<RecordType>): DictionarySource => ({
  ...tinySource,
  recordTypes: tinySource.recordTypes.map((recordType) => (recordType.name === name ? { ...recordType, ...change } : recordType)),
});
function withItem(name: string, change: Partial<Item>): DictionarySource {
  const event = tinySource.recordTypes.find((recordType) => recordType.name === "INITIATING_EVENT");
  const item = event?.items[name] ?? { label: "New", description: "", kind: "text", status: "I", source: "" };
  return withType("INITIATING_EVENT", { items: { ...event?.items, [name]: { ...item, ...change } } });
}
const withList = (change: Partial<CodeList>): DictionarySource => ({
  ...tinySource,
  codeLists: tinySource.codeLists.map((list) => (list.name === "Fruit" ? { ...list, ...change } : list)),
});
const apple = { key: "APPLE", code: 1, label: "Apple" };
const rule = { id: "R", recordType: "INITIATING_EVENT", severity: "ERROR", status: "I", source: "", text: "" } as const;
const dateRule = {
  ...rule,
  kind: "dates",
  code: "DATE_ORDER",
  field: "seenDate",
  earlier: "eventDate",
  later: "seenDate",
} as const;

describe("a compiled dictionary", () => {
  it("puts parents before children and names the children", () => {
    expect(tiny.recordTypes.map((recordType) => recordType.name)).toEqual(["PATIENT", "INITIATING_EVENT", "ASSESSMENT"]);
    expect(tiny.recordType("PATIENT").children).toEqual(["INITIATING_EVENT"]);
    expect(() => tiny.recordType("DRUG")).toThrow("no record type DRUG");
  });

  it("names columns in snake case and gives identifying items none", () => {
    expect(toColumnName("hba1cMmolMol")).toBe("hba1c_mmol_mol");
    expect(toColumnName("activity150")).toBe("activity150");
    expect(itemOf("INITIATING_EVENT.eventDate").column).toBe("event_date");
    expect(itemOf("PATIENT.nhsNumber").column).toBe("");
  });

  it("numbers items in dictionary order and parts identity from clinical items", () => {
    const patient = tiny.recordType("PATIENT");
    expect(patient.items.map((item) => item.index)).toEqual(patient.items.map((_, index) => index));
    expect(patient.identityItems.map((item) => item.name)).toEqual([
      "nhsNumber",
      "hospitalNumber",
      "postcode",
      "dateOfBirth",
      "secretFruit",
    ]);
    expect(patient.clinicalItems.map((item) => item.name)).toEqual(["practice", "objects", "favourite"]);
  });

  it.each<[string, DictionarySource]>([
    ["twice", { ...tinySource, recordTypes: [...tinySource.recordTypes, ...tinySource.recordTypes] }],
    ["its own ancestor", withType("PATIENT", { parent: "ASSESSMENT" })],
    ["parent that does not exist", withType("PATIENT", { parent: "DRUG" })],
    ["natural key", withType("INITIATING_EVENT", { naturalKey: ["colour"] })],
    ["does not exist", withItem("doubtful", { list: "Nowhere" })],
    ["code list", withItem("walk", { list: "Fruit" })],
    ["begins after its end", withItem("walk", { hard: [5, 1] })],
    ["outside the hard range", withItem("hba1cMmolMol", { expected: [1, 130] })],
    ["only numbers", withItem("team", { hard: [1, 2] })],
    ["steps", withItem("upper", { multipleOf: 10 })],
    ["item name", withItem("Team", {})],
    ["item name", withItem("event_date", {})],
    ["default value", withItem("reason", { kind: "integer", list: undefined, defaultValue: "many" })],
    ["no options", withList({ options: [] })],
    ["twice", withList({ options: [apple, apple], unknown: [] })],
    ["means both", withList({ options: [apple, { key: "POMME", code: 1, label: "Pomme" }], unknown: [] })],
    ["no option of it", withList({ unknown: ["NOBODY"] })],
    ["no option of it", withList({ open: { storeAs: "ELSE" } })],
    ["twice", { ...tinySource, rules: [dateRule, dateRule] }],
    ["catalogue", { ...tinySource, rules: [{ ...dateRule, code: "NOT_A_CODE" }] }],
    ["no item", { ...tinySource, rules: [{ ...dateRule, field: "colour" }] }],
    ["no item", { ...tinySource, rules: [{ ...dateRule, later: "PATIENT.colour" }] }],
    ["no ancestor", { ...tinySource, rules: [{ ...dateRule, later: "ASSESSMENT.date" }] }],
    [
      "no item",
      { ...tinySource, rules: [{ ...rule, kind: "derived", derivation: "BMI", code: "CONDITION_NOT_MET", field: "walk" }] },
    ],
  ])("refuses an inconsistency: %s", (message, source) => {
    expect(() => compileDictionary(source)).toThrow(message);
  });

  it("compiles the same source without the inconsistencies", () => {
    expect(compileDictionary({ ...tinySource, rules: [dateRule] }).rules).toHaveLength(1);
  });
});
