import { describe, expectTypeOf, it } from "vitest";
import type { AssessmentRecord } from "../../schema/nacr/gw-1.0/assessment.ts";
import type { CodeKey, DatasetRecord } from "../../schema/nacr/gw-1.0/index.ts";
import type { IssueCodeName } from "../../schema/nacr/gw-1.0/issue-codes.ts";
import type { PatientRecord } from "../../schema/nacr/gw-1.0/patient.ts";
import type { RehabilitationRecord } from "../../schema/nacr/gw-1.0/rehabilitation.ts";

describe("records inferred from their definition", () => {
  it("have text, dates and codes as strings, numbers as numbers, sets as read-only lists, and every item optional", () => {
    expectTypeOf<PatientRecord["dateOfBirth"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<PatientRecord["auditObjection"]>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<AssessmentRecord["number"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<AssessmentRecord["coopPain"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<AssessmentRecord["smokingStatus"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<RehabilitationRecord["components"]>().toEqualTypeOf<readonly string[] | undefined>();
  });

  it("are reachable by the name of the record type", () => {
    expectTypeOf<DatasetRecord<"TREATMENT">>().toEqualTypeOf<{ type?: string; date?: string }>();
    expectTypeOf<DatasetRecord<"ASSESSMENT">>().toEqualTypeOf<AssessmentRecord>();
  });

  it("have no item the definition does not have", () => {
    expectTypeOf<PatientRecord>().not.toHaveProperty("sourceRecordId");
    // @ts-expect-error: the control: a misspelt item must not compile.
    expectTypeOf<PatientRecord["dateOfBirthday"]>().toBeAny();
  });
});

describe("names inferred from the dictionary", () => {
  it("are the keys of a code list", () => {
    expectTypeOf<CodeKey<"Taking">>().toEqualTypeOf<"YES" | "NO" | "CONTRAINDICATED" | "UNKNOWN">();
    expectTypeOf<"MI_STEMI">().toExtend<CodeKey<"EventType">>();
  });

  it("are the issue codes, so that a misspelt one does not compile", () => {
    expectTypeOf<"DATE_ORDER">().toExtend<IssueCodeName>();
    expectTypeOf<"DATE_ODER">().not.toExtend<IssueCodeName>();
  });
});
