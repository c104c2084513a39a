import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { findDifferences, type MappingCase, mappingCaseSchema, runCase } from "./mapping-case.ts";

const FOLDER = path.join(import.meta.dirname, "../../cases/hl7v2");
const cases = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".json"))
  .map((file): [string, MappingCase] => [
    file,
    mappingCaseSchema.parse(JSON.parse(readFileSync(path.join(FOLDER, file), "utf8"))),
  ]);

describe("mapping of HL7 v2 messages, case by case", () => {
  it.each(cases)("%s gives what the case says", (_file, mappingCase) => {
    expect(findDifferences(runCase(mappingCase), mappingCase), mappingCase.title).toEqual([]);
  });

  it("has a title of its own for every case", () => {
    expect(new Set(cases.map(([, { title }]) => title)).size).toBe(cases.length);
  });
});

describe("the comparison of mapping cases", () => {
  const found = cases.find(([, { expect: wanted }]) => wanted.issues.length > 0 && wanted.records.length > 0);
  if (found === undefined) throw new Error("No case expects both a record and an issue.");
  const [, sound] = found;
  const actual = runCase(sound);
  const [record] = sound.expect.records;
  const [issue] = sound.expect.issues;

  const mutants: readonly [string, Partial<MappingCase["expect"]>][] = [
    [
      "another value",
      { records: sound.expect.records.with(0, { recordType: "PATIENT", values: { ...record?.values, surname: "MUTANT" } }) },
    ],
    ["another record type", { records: sound.expect.records.with(0, { recordType: "DRUG", values: record?.values ?? {} }) }],
    ["a record more", { records: [...sound.expect.records, { recordType: "PATIENT", values: {} }] }],
    ["a record fewer", { records: sound.expect.records.slice(1) }],
    [
      "another issue code",
      { issues: sound.expect.issues.with(0, { code: "MUTANT", field: null, expression: issue?.expression ?? "" }) },
    ],
    ["another issue place", { issues: sound.expect.issues.map((other) => ({ ...other, expression: "messages[9]" })) }],
    ["an issue fewer", { issues: sound.expect.issues.slice(1) }],
    ["a report line more", { report: [{ expression: "messages[9].PID-99", result: "MAPPED", field: null, reason: null }] }],
  ];

  it("finds nothing to say about a sound case", () => {
    expect(findDifferences(actual, sound)).toEqual([]);
  });

  it.each(mutants)("turns red for a case with %s", (_name, mutation) => {
    expect(findDifferences(actual, { ...sound, expect: { ...sound.expect, ...mutation } })).not.toEqual([]);
  });
});
