import { describe, expect, it } from "vitest";
import type { Value } from "../../../src/dataset/define.ts";
import { judgeDraft } from "../../../src/dataset/judge-draft.ts";
import { compileRules, judgeMandatory } from "../../../src/dataset/judge-rules.ts";
import { samplePatientRecord } from "../../../src/dataset/sample-records.ts";
import type { DraftRecord } from "../../../src/records/draft-record.ts";
import { sampleDrafts, TestRow } from "./sample-drafts.ts";

const TODAY = "2026-11-21";

/** Everything the dictionary has to say about the drafts, but that their NHS numbers are test numbers. */
function judgeWhole({ drafts, dictionary }: ReturnType<typeof sampleDrafts>): readonly string[] {
  const judgeRules = compileRules(dictionary);
  const rows = new Map<DraftRecord, TestRow>();
  const codes: string[] = [];
  for (const draft of drafts) {
    const type = dictionary.recordType(draft.recordType);
    const { values, issues } = judgeDraft(draft, type, "STATED", TODAY);
    const stated: Record<string, Value> = { programmeCode: "P1" };
    for (const item of type.items) {
      const value = values[item.index] ?? null;
      if (value !== null) stated[item.name] = value;
    }
    const parent = draft.parent === null ? null : (rows.get(draft.parent) ?? null);
    const row = new TestRow(dictionary, draft.recordType, stated, parent);
    rows.set(draft, row);
    codes.push(...issues.map((issue) => `${issue.code} ${issue.field}`), ...judgeMandatory(type, row.values));
  }
  for (const row of rows.values()) codes.push(...judgeRules(row).map((finding) => finding.rule.id));
  return codes.filter((code) => code !== "NHS_NUMBER_TEST_RANGE nhsNumber");
}

describe("sample patients", () => {
  it("break no rule of the dictionary and use no odd value", () => {
    expect(judgeWhole(sampleDrafts(300))).toEqual([]);
  });

  it("would be found out by the same judgement if they did", () => {
    const sample = sampleDrafts(1);
    const broken = sample.drafts.map((draft) =>
      draft.recordType === "REHABILITATION"
        ? { ...draft, values: { ...draft.values, coreEndDate: "2020-01-01", completed: null } }
        : draft,
    );
    expect(judgeWhole({ ...sample, drafts: broken })).toEqual(expect.arrayContaining(["D9", "C-COMPLETED"]));
  });

  it("are six dataset records each", () => {
    const { drafts } = sampleDrafts(1);
    expect(drafts.map((draft) => draft.recordType)).toEqual([
      "PATIENT",
      "INITIATING_EVENT",
      "TREATMENT",
      "REHABILITATION",
      "ASSESSMENT",
      "ASSESSMENT",
    ]);
  });

  it("are the same for the same seed, and differ in every identifier for every other", () => {
    const { dictionary, drafts } = sampleDrafts(100);
    expect(samplePatientRecord(dictionary, 41)).toEqual(samplePatientRecord(dictionary, 41));
    const patients = drafts.filter((draft) => draft.recordType === "PATIENT");
    const identifiers = patients.flatMap(({ values }) => [values.nhsNumber, values.hospitalNumber]);
    expect(new Set(identifiers).size).toBe(200);
  });
});
