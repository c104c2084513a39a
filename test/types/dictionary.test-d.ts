import { describe, expectTypeOf, it } from "vitest";
import type { CodeKey, DatasetRecord } from "../../schema/nacr/gw-1.0/index.ts";
import type { IssueCodeName } from "../../schema/nacr/gw-1.0/issue-codes.ts";

describe("records inferred from their definition", () => {
  it("have text, dates and codes as strings, numbers as numbers, sets as read-only lists, and every item optional", () => {
    expectTypeOf<DatasetRecord<"PATIENT">["dateOfBirth"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<DatasetRecord<"PATIENT">["auditObjection"]>().toEqualTypeOf<boolean | undefined>();
    expectTypeOf<DatasetRecord<"ASSESSMENT">["number"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<DatasetRecord<"ASSESSMENT">["coopPain"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<DatasetRecord<"ASSESSMENT">["smokingStatus"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<DatasetRecord<"REHABILITATION">["components"]>().toEqualTypeOf<readonly string[] | undefined>();
  });

  it("are reachable by the name of the record type", () => {
    expectTypeOf<DatasetRecord<"TREATMENT">>().toEqualTypeOf<{ type?: string; date?: string }>();
  });

  it("have no item the definition does not have", () => {
    expectTypeOf<DatasetRecord<"PATIENT">>().not.toHaveProperty("sourceRecordId");
    // @ts-expect-error: the control: a misspelt item must not compile.
    expectTypeOf<DatasetRecord<"PATIENT">["dateOfBirthday"]>().toBeAny();
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
