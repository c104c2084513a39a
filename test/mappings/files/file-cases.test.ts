import { describe, expect, it } from "vitest";
import { MAPPINGS } from "../../../mappings/index.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import { findDifferences, type MappingCase, readCases, runCase } from "./mapping-case.ts";

const cases = readCases();

describe("mapping of importer rows and of record lines, case by case", () => {
  it.each(cases.map((item) => [item.title, item] as const))("%s", (_title, item) => {
    expect(findDifferences(runCase(item), item.expect)).toEqual([]);
  });

  it("has a title of its own for every case", () => {
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
  });

  it("goes red when one expected value, parent, issue or record is changed", () => {
    for (const item of cases)
      for (const mutant of mutate(item.expect)) expect(findDifferences(runCase(item), mutant), item.title).not.toEqual([]);
  });
});

/** Wrong expectations that a sound comparison must notice. */
function mutate(expected: MappingCase["expect"]): readonly MappingCase["expect"][] {
  const { records, issues } = expected;
  const last = records.at(-1);
  if (last === undefined) return [];
  const others = records.slice(0, -1);
  const issue = { severity: "ERROR", code: "KEY_CONFLICT", field: null, expression: "row 2" } as const;
  return [
    { ...expected, records: others },
    { ...expected, records: [...records, last] },
    { ...expected, records: [...others, { ...last, values: { ...last.values, surname: "MUTANT" } }] },
    { ...expected, records: [...others, { ...last, parent: 7 }] },
    { ...expected, records: [...others, { ...last, silent: last.silent === true ? undefined : true }] },
    { ...expected, issues: issues.length === 0 ? [issue] : issues.slice(1) },
  ];
}

describe("the registry of mappings", () => {
  const dictionary = dictionaryOf("gw-1.0");
  if (dictionary === null) throw new Error("gw-1.0 is in service");
  const options = { dictionary, profile: null, detectTestData: false };

  it.each([
    ["RECORDS", [{}], "places[0].patient"],
    ["FHIR", [{ resourceType: "Patient" }], "places[0]"],
    ["HL7V2", ["MSH"], "places[0]"],
  ] as const)("roots the expressions of %s where the caller says its entries stand", (mapping, payload, expression) => {
    const mapped = MAPPINGS[mapping](payload, { ...options, placeOf: (index) => `places[${index}]` });
    expect(mapped?.drafts.map((draft) => draft.expression)).toEqual([expression]);
  });

  it.each([
    ["RECORDS", [{}], "records[0].patient"],
    ["FHIR", [{ resourceType: "Patient" }], "resources[0]"],
    ["HL7V2", ["MSH"], "messages[0]"],
  ] as const)("roots the expressions of %s in the request where nobody says", (mapping, payload, expression) => {
    expect(MAPPINGS[mapping](payload, options)?.drafts.map((draft) => draft.expression)).toEqual([expression]);
  });

  it("knows no profile of importer files and of records", () => {
    for (const mapping of ["RECORDS", "IMPORTER"] as const)
      expect(MAPPINGS[mapping]([], { ...options, profile: "uk-core" })).toBeNull();
  });
});
