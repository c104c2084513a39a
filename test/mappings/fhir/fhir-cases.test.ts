import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { mapFhir } from "../../../mappings/fhir/fhir-mapping.ts";
import { type FhirProfile, findFhirProfile } from "../../../mappings/fhir/fhir-profiles.ts";
import { findDifferences, type MappingCase, parseCases, readCases } from "./mapping-case.ts";

const files = readCases(fileURLToPath(new URL("../../cases/fhir/", import.meta.url)));

function profileOf({ profile }: MappingCase): FhirProfile {
  const found = findFhirProfile(profile ?? "uk-core");
  if (found === null) throw new Error(`no profile ${profile}`);
  return found;
}

for (const { file, cases } of files) {
  describe(file, () => {
    it.each(cases.map((item) => [item.title, item] as const))("%s", (_title, item) => {
      expect(findDifferences(mapFhir(item.input, profileOf(item)), item.expect)).toEqual([]);
    });

    it("goes red when one expected value, issue or record is changed", () => {
      for (const item of cases) {
        const mapped = mapFhir(item.input, profileOf(item));
        for (const mutant of mutate(item.expect)) expect(findDifferences(mapped, mutant), item.title).not.toEqual([]);
      }
    });
  });
}

describe("the shape of a case", () => {
  it("refuses a member it does not know", () => {
    const text = JSON.stringify([
      { title: "a case with a slip", mapping: "fhir", input: {}, expect: { records: [], issue: [] } },
    ]);
    expect(() => parseCases("slip.json", text)).toThrow(/slip\.json/);
  });
});

/** Wrong expectations that a sound comparison must notice. */
function mutate(expected: MappingCase["expect"]): readonly MappingCase["expect"][] {
  const [record, ...records] = expected.records;
  const [issue, ...issues] = expected.issues;
  const extra = { recordType: "DRUG", values: {} };
  return [
    { ...expected, records: [...expected.records, extra] },
    ...(record === undefined
      ? []
      : [
          { ...expected, records },
          { ...expected, records: [{ ...record, values: { ...record.values, gender: "OTHER" } }, ...records] },
        ]),
    ...(issue === undefined
      ? []
      : [
          { ...expected, issues },
          { ...expected, issues: [{ ...issue, code: "KEY_CONFLICT" }, ...issues] },
        ]),
    { ...expected, report: [{ sourceField: "Patient.shoeSize", result: "MAPPED", field: null, reason: null }] },
  ];
}
