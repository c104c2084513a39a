/** Mapping cases as data (architecture.md): their shape, and how a mapping's answer is compared with one. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { MappedSource } from "../../../src/records/draft-record.ts";

const value = z.union([z.string(), z.number(), z.boolean()]);
const issue = z.strictObject({
  severity: z.enum(["ERROR", "WARNING", "INFORMATION"]),
  code: z.string(),
  field: z.string().nullable(),
  expression: z.string(),
});
const record = z.strictObject({
  recordType: z.string(),
  sourceRecordId: z.string().nullable().optional(),
  reference: z.literal(true).optional(),
  /** Code of the organisation the input names as the one it comes from. */
  claimedOrganisation: z.string().optional(),
  values: z.record(z.string(), value),
});
const line = z.strictObject({
  sourceField: z.string(),
  result: z.enum(["MAPPED", "DEFAULTED", "DROPPED", "UNMAPPED"]),
  field: z.string().nullable(),
  reason: z.string().nullable(),
});
const mappingCase = z.strictObject({
  title: z.string().min(10),
  mapping: z.literal("fhir"),
  profile: z.string().optional(),
  input: z.unknown(),
  /** Records and issues are complete; of the report only what the case is about is named. */
  expect: z.strictObject({ records: z.array(record), issues: z.array(issue), report: z.array(line).optional() }),
});
export type MappingCase = z.infer<typeof mappingCase>;

/** All cases of a folder, by file. A file that does not fit the shape fails here, by name. */
export function readCases(folder: string): readonly { readonly file: string; readonly cases: readonly MappingCase[] }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({ file, cases: parseCases(file, readFileSync(join(folder, file), "utf8")) }));
}

export function parseCases(file: string, text: string): readonly MappingCase[] {
  const parsed = z.array(mappingCase).min(1).safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

const byText = (one: unknown, other: unknown): number => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1);

/** What differs between an answer and a case, in the words of the case; empty where nothing does. */
export function findDifferences(mapped: MappedSource, expected: MappingCase["expect"]): readonly string[] {
  const records = mapped.drafts.map((draft, at) => {
    const wanted = expected.records[at];
    const identity = wanted?.sourceRecordId === undefined ? {} : { sourceRecordId: draft.sourceRecordId };
    const reference = draft.reference === true ? { reference: true } : {};
    const claim = draft.claimedOrganisation === undefined ? {} : { claimedOrganisation: draft.claimedOrganisation.code };
    return { recordType: draft.recordType, ...identity, ...reference, ...claim, values: sortKeys(draft.values) };
  });
  const wantedRecords = expected.records.map(({ recordType, sourceRecordId, reference, claimedOrganisation, values }) => ({
    recordType,
    ...(sourceRecordId === undefined ? {} : { sourceRecordId }),
    ...(reference === undefined ? {} : { reference }),
    ...(claimedOrganisation === undefined ? {} : { claimedOrganisation }),
    values: sortKeys(values),
  }));
  const issues = [...mapped.issues, ...mapped.drafts.flatMap((draft) => draft.issues)].map(
    ({ severity, code, field, expression }) => ({ severity, code, field, expression }),
  );
  const report = [...mapped.mappingReport, ...mapped.drafts.flatMap((draft) => draft.mappingReport)].map(
    ({ sourceField, result, field, reason }) => JSON.stringify({ sourceField, result, field, reason }),
  );
  return [
    ...compare("records", wantedRecords, records),
    ...compare("issues", expected.issues.toSorted(byText), issues.toSorted(byText)),
    ...(expected.report ?? [])
      .map(({ sourceField, result, field, reason }) => JSON.stringify({ sourceField, result, field, reason }))
      .filter((wanted) => !report.includes(wanted))
      .map((wanted) => `report lacks ${wanted}`),
  ];
}

const sortKeys = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).toSorted(byText));

function compare(what: string, wanted: readonly unknown[], got: readonly unknown[]): readonly string[] {
  const same = JSON.stringify(wanted) === JSON.stringify(got);
  return same ? [] : [`${what}: expected ${JSON.stringify(wanted, null, 1)}, got ${JSON.stringify(got, null, 1)}`];
}
