import { describe, expect, it } from "vitest";
import { EXAMPLE_PROFILES } from "../../../mappings/files/profile-examples.ts";
import { compile, findDifferences, type MappingCase, readCases, runCase } from "./mapping-case.ts";

const cases = readCases();

describe("column profiles, case by case", () => {
  it.each(cases.map((item) => [item.title, item] as const))("%s", (_title, item) => {
    expect(findDifferences(runCase(item), item.expect)).toEqual([]);
  });

  it("has a title of its own for every case", () => {
    expect(new Set(cases.map(({ title }) => title)).size).toBe(cases.length);
  });

  it("goes red when one expected value, parent, issue, report line or record is changed", () => {
    for (const item of cases)
      for (const mutant of mutate(item.expect)) expect(findDifferences(runCase(item), mutant), item.title).not.toEqual([]);
  });
});

describe("the example profiles", () => {
  it.each(EXAMPLE_PROFILES.map((profile) => [profile.name, profile] as const))(
    "%s fits the dataset and says that it is an example",
    (_name, profile) => {
      expect(() => compile(profile)).not.toThrow();
      expect(profile).toMatchObject({ status: "example", description: expect.stringMatching(/^EXAMPLE, to be edited/) });
    },
  );
});

/** Wrong expectations that a sound comparison must notice. */
function mutate(expected: MappingCase["expect"]): readonly MappingCase["expect"][] {
  const last = expected.records.at(-1);
  const others = expected.records.slice(0, -1);
  return [
    { ...expected, issues: [...expected.issues, "ERROR MUTANT - row 1"] },
    { ...expected, report: ["MUTANT MAPPED - -"] },
    ...(last === undefined
      ? []
      : [
          { ...expected, records: others },
          { ...expected, records: [...others, { ...last, values: { ...last.values, surname: "MUTANT" } }] },
          { ...expected, records: [...others, { ...last, parent: 7 }] },
        ]),
  ];
}
