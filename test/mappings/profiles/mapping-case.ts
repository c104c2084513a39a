/** Cases of column profiles as a data manager can read them: a profile, a pasted table, and what it becomes. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { mapPastedTable, PastedTable } from "../../../mappings/files/pasted-table.ts";
import { type CompiledProfile, compileProfile } from "../../../mappings/files/profile-compile.ts";
import { readProfile } from "../../../mappings/files/profile-schema.ts";
import type { SiteCode, SiteCodes } from "../../../mappings/support/site-codes.ts";
import { RECORD_TYPE_NAMES } from "../../../src/dataset/define.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";

const FOLDER = path.join(import.meta.dirname, "../../cases/profiles");

const recordType = z.enum(RECORD_TYPE_NAMES);
const target = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("OPTION"), recordType, item: z.string(), key: z.string() }),
  z.strictObject({ kind: z.literal("ITEM"), recordType, item: z.string() }),
]);
const mappingCase = z.strictObject({
  title: z.string().min(10),
  /** Members that all profiles have are added: format, name, version. */
  profile: z.record(z.string(), z.unknown()),
  table: z.string().optional(),
  /** Lines of the table, its header first, cells parted by `|`. */
  rows: z.array(z.string()),
  siteCodes: z
    .array(z.strictObject({ system: z.string(), code: z.string(), override: z.boolean(), version: z.number(), target }))
    .optional(),
  expect: z.strictObject({
    records: z.array(
      z.strictObject({
        recordType,
        values: z.record(z.string(), z.unknown()),
        /** Index of the parent among the records. */
        parent: z.number().nullable().optional(),
        sourceRecordId: z.string().nullable().optional(),
        reference: z.literal(true).optional(),
      }),
    ),
    /** `severity code field expression`, with ` -> suggestion` behind where there is one. */
    issues: z.array(z.string()),
    /** Some lines of the mapping report: `sourceField result field reason`, `-` for what is null. */
    report: z.array(z.string()).optional(),
  }),
});
export type MappingCase = z.infer<typeof mappingCase>;

export const readCases = (): readonly MappingCase[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) => z.array(mappingCase).parse(JSON.parse(readFileSync(path.join(FOLDER, file), "utf8"))));

/** @throws Error with what is wrong with the profile */
export function compile(document: object): CompiledProfile {
  const dictionary = dictionaryOf("gw-1.0");
  if (dictionary === null) throw new Error("gw-1.0 is in service");
  const read = readProfile({ format: 1, name: "case", version: 1, ...document });
  const compiled = read.profile === null ? read : compileProfile(read.profile, dictionary);
  if (
    compiled.profile === null ||
    !("tables" in compiled.profile && "ticked" in compiled.profile && "source" in compiled.profile)
  )
    throw new Error(compiled.problems.map(({ path: at, message }) => `${at}: ${message}`).join("\n"));
  return compiled.profile;
}

function siteCodesOf(entries: MappingCase["siteCodes"]): SiteCodes | undefined {
  if (entries === undefined) return undefined;
  const codes = new Map<string, SiteCode>(entries.map(({ system, code, ...entry }) => [`${system} ${code}`, entry]));
  return (system, code) => codes.get(`${system} ${code}`) ?? null;
}

export function runCase({ profile, table = "", rows, siteCodes }: MappingCase): MappedSource {
  const [header = "", ...lines] = rows;
  const names = header.split("|");
  const objects = lines.map((line) => Object.fromEntries(line.split("|").map((cell, index) => [names[index] ?? "", cell])));
  return mapPastedTable(new PastedTable(objects, table), compile(profile), siteCodesOf(siteCodes));
}

const reportOf = ({ drafts, mappingReport }: MappedSource): readonly string[] =>
  [...drafts.flatMap((draft) => draft.mappingReport), ...mappingReport].map(
    ({ sourceField, result, field, reason }) => `${sourceField} ${result} ${field ?? "-"} ${reason ?? "-"}`,
  );

const issuesOf = ({ drafts, issues }: MappedSource): readonly string[] =>
  [...drafts.flatMap((draft) => draft.issues), ...issues].map(
    ({ severity, code, field, expression, suggestion }) =>
      `${severity} ${code} ${field ?? "-"} ${expression}${suggestion === undefined ? "" : ` -> ${suggestion}`}`,
  );

/** In words, everything in which the mapping differs from the case; empty where it agrees. */
export function findDifferences(source: MappedSource, expected: MappingCase["expect"]): readonly string[] {
  const { drafts } = source;
  const differences =
    drafts.length === expected.records.length ? [] : [`${drafts.length} records, expected ${expected.records.length}`];
  for (const [index, wanted] of expected.records.entries()) {
    const draft = drafts[index];
    if (draft === undefined) continue;
    const parent = draft.parent === null ? null : drafts.indexOf(draft.parent);
    const actual: Readonly<Record<string, unknown>> = { ...draft, parent, reference: draft.reference };
    for (const [member, value] of Object.entries({ reference: undefined, ...wanted }))
      if (!isDeepStrictEqual(actual[member], value))
        differences.push(`record ${index}: ${member} is ${JSON.stringify(actual[member])}, expected ${JSON.stringify(value)}`);
  }
  const issues = issuesOf(source);
  if (!isDeepStrictEqual(issues, expected.issues)) differences.push(`issues are ${JSON.stringify(issues)}`);
  const report = reportOf(source);
  for (const line of expected.report ?? [])
    if (!report.includes(line)) differences.push(`no report line ${line} in ${JSON.stringify(report)}`);
  return differences;
}
