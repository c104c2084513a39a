import { describe, expect, it } from "vitest";
import { isLoincCode } from "../../../mappings/concept-maps/loinc-code.ts";
import { SHIPPED_TERMINOLOGY } from "../../../mappings/concept-maps/terminology.ts";
import type { CodeSystem } from "../../../mappings/support/coded-target.ts";
import { deriveEvents } from "../../../mappings/support/derive-events.ts";

const { findCandidates, lookUpCode } = SHIPPED_TERMINOLOGY;
const codesNear = (system: CodeSystem, code: string, display = ""): readonly string[] =>
  findCandidates(system, code, display).map((candidate) => candidate.code);

describe("The nearest candidates of a code that no map translates", () => {
  it.each([
    ["ICD10", "I20.2", "", ["I201", "I200"]],
    ["SNOMED", "22298007", "", ["22298006"]],
    ["SNOMED", "22289006", "", ["22298006"]],
    ["SNOMED", "11687002", "Acute NSTEMI", ["401314000"]],
    ["SNOMED", "11687002", "Acute non-ischaemic nothing", []],
    ["ICD10", "W37.1", "", []],
    ["SNOMED", "11687002", "Fracture of femur", []],
    ["ICD10", "heart attack", "", []],
  ] as const)("%s %s '%s'", (system, code, display, expected) => {
    expect(codesNear(system, code, display).slice(0, expected.length || 1)).toEqual(expected);
  });

  it("are codes of the maps, three at most", () => {
    for (const code of ["I200", "I44", "I719", "E149", "M069"]) {
      const near = codesNear("ICD10", code);
      expect(near.length).toBeLessThanOrEqual(3);
      for (const candidate of near) expect(lookUpCode("ICD10", candidate), candidate).not.toEqual([]);
    }
  });

  it("are found in less than a tenth of a millisecond, whatever is asked", () => {
    const texts = [
      "Acute myocardial infarction of anterior wall of left ventricle",
      "heart disease disorder of the heart chronic acute right left artery",
      "x".repeat(5_000),
      "word ".repeat(1_000),
    ];
    const ask = (): void => {
      for (const text of texts) findCandidates("SNOMED", "11687002", text);
      findCandidates("SNOMED", "401303013", "");
      findCandidates("ICD10", "C800", "");
    };
    for (let i = 0; i < 300; i++) ask();
    const started = performance.now();
    const rounds = 300;
    for (let i = 0; i < rounds; i++) ask();
    expect((performance.now() - started) / (rounds * (texts.length + 2))).toBeLessThan(0.1);
  });
});

describe("An untranslated code in a patient's record", () => {
  const derive = (code: string, display: string) =>
    deriveEvents([
      {
        id: "s",
        start: "2024-03-01",
        end: null,
        closed: false,
        died: false,
        procedures: [],
        diagnoses: [
          {
            system: "SNOMED",
            code,
            display,
            expression: "x",
            sourceField: "y",
            date: null,
            rank: 1,
            sourceRecordId: null,
            recordExpression: "x",
          },
        ],
      },
    ]);

  it("is an issue with its candidates, a line of the report, and no record", () => {
    const { events, issues, report } = derive("11687002", "Acute NSTEMI");
    expect(events).toEqual([]);
    expect(report).toMatchObject([{ result: "UNMAPPED", reason: "CODE_NOT_TRANSLATED" }]);
    expect(issues).toMatchObject([
      { severity: "WARNING", code: "CODE_NOT_TRANSLATED", suggestion: "401314000", params: { reason: "NOT_IN_MAPS" } },
    ]);
    expect(issues[0]?.params?.candidates).toMatch(/^401314000 NSTEMI; /);
  });

  it("is a line of the report alone where it is near to nothing", () => {
    const { issues, report } = derive("11687002", "Fracture of femur");
    expect(issues).toEqual([]);
    expect(report).toMatchObject([{ result: "UNMAPPED", reason: "CODE_NOT_TRANSLATED" }]);
  });
});

describe("A LOINC code", () => {
  it.each(["8302-2", "29463-7", "4548-4", "72166-2"])("%s has its check digit", (code) => {
    expect(isLoincCode(code)).toBe(true);
  });
  it.each(["8302-3", "29436-7", "8302", "8302-", "-2", "LA18976-3", "12345678-1"])("%s is none", (code) => {
    expect(isLoincCode(code)).toBe(false);
  });
});
