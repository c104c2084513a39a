import { describe, expect, it } from "vitest";
import type { RecordTypeName } from "../../../src/dataset/define.ts";
import {
  ACUTE_EVENT_COLUMNS,
  ASSESSMENT_COLUMNS,
  DRUG_CLASS_COLUMNS,
  JOURNEY_COLUMNS,
  type NationalColumn,
} from "../../../src/national/national-columns.ts";
import { ETHNIC_GROUP_OF, EVENT_GROUP_OF, TREATMENT_GROUP_OF } from "../../../src/national/national-groups.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";

const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
if (dictionary === null) throw new Error("the dictionary is in service");

type Columns = Readonly<Record<string, NationalColumn>>;
/** Columns that are items of the newest dictionary, with their codes; null: numbers. */
function codesOf(columns: Columns, recordType: RecordTypeName) {
  const { byName } = dictionary?.recordType(recordType) ?? {};
  return Object.entries(columns).flatMap(([name, column]) => {
    const item = byName?.get(name);
    if (item === undefined) return [];
    const declared = "codes" in column ? column.codes : null;
    return [{ name, declared, known: item.compiledList === null ? null : [...item.compiledList.keys] }];
  });
}
const keysOf = (list: string): readonly string[] => [...(dictionary.codeLists.get(list)?.keys ?? [])].toSorted();

describe("the columns of the national side", () => {
  it.each([
    ["PATIENT", JOURNEY_COLUMNS, ["gender"]],
    ["REHABILITATION", JOURNEY_COLUMNS, ["agreedToTakePart", "reasonNotTakingPart", "deliveryMode", "components"]],
    ["ACUTE_EVENT", ACUTE_EVENT_COLUMNS, ["type"]],
    ["DRUG", DRUG_CLASS_COLUMNS, ["taking"]],
    ["ASSESSMENT", ASSESSMENT_COLUMNS, ["smokingStatus", "weightKg", "goalsAgreed"]],
  ] as const)("take the codes that the newest dictionary has for items of %s", (recordType, columns, some) => {
    const found = codesOf(columns, recordType).filter(({ name }) => recordType !== "PATIENT" || name === "gender");
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining([...some]));
    // The groups of this side have names of their own lists.
    expect(found.filter(({ name }) => name !== "ethnicGroup").map(({ declared }) => declared)).toEqual(
      found.filter(({ name }) => name !== "ethnicGroup").map(({ known }) => known),
    );
  });

  it("leave out no measure or score that the newest dictionary has for an assessment", () => {
    const items = dictionary.recordType("ASSESSMENT").clinicalItems.map(({ name }) => name);
    expect(items.filter((name) => name !== "date" && !Object.hasOwn(ASSESSMENT_COLUMNS, name))).toEqual([]);
  });

  it("have a group for every code of the newest dictionary", () => {
    expect(Object.keys(EVENT_GROUP_OF).toSorted()).toEqual(keysOf("EventType"));
    expect(Object.keys(ETHNIC_GROUP_OF).toSorted()).toEqual(keysOf("EthnicGroup"));
    expect(Object.keys(TREATMENT_GROUP_OF).toSorted()).toEqual(keysOf("TreatmentType"));
  });
});
