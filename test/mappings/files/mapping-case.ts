/** Mapping cases of files as a clinician can read them, and the comparison of what they expect with what the mapping gives. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { mapImporterRows } from "../../../mappings/files/importer-mapping.ts";
import { ImporterRow } from "../../../mappings/files/importer-row.ts";
import { mapRecords } from "../../../mappings/records/record-input-mapping.ts";
import { RECORD_TYPE_NAMES } from "../../../src/dataset/define.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";

const FOLDER = path.join(import.meta.dirname, "../../cases/files");

const expectation = z.strictObject({
  records: z.array(
    z.strictObject({
      recordType: z.enum(RECORD_TYPE_NAMES),
      values: z.record(z.string(), z.unknown()),
      /** Index of the parent among the records. */
      parent: z.number().nullable(),
      sourceRecordId: z.string().nullable().optional(),
      expression: z.string().optional(),
      origins: z.record(z.string(), z.string()).optional(),
      reference: z.literal(true).optional(),
      silent: z.literal(true).optional(),
    }),
  ),
  issues: z.array(
    z.strictObject({
      severity: z.enum(["ERROR", "WARNING", "INFORMATION"]),
      code: z.string(),
      field: z.string().nullable(),
      expression: z.string(),
      suggestion: z.string().optional(),
    }),
  ),
});
/** `group`: rows of other patients; absent: all rows are of one. */
const row = z.strictObject({
  recordType: z.enum(RECORD_TYPE_NAMES),
  group: z.number().optional(),
  cells: z.record(z.string(), z.string()),
});
const mappingCase = z.discriminatedUnion("mapping", [
  z.strictObject({ title: z.string().min(10), mapping: z.literal("importer"), input: z.array(row), expect: expectation }),
  z.strictObject({ title: z.string().min(10), mapping: z.literal("records"), input: z.array(z.unknown()), expect: expectation }),
]);
export type MappingCase = z.infer<typeof mappingCase>;

export const readCases = (): readonly MappingCase[] =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(".json"))
    .flatMap((file) => z.array(mappingCase).parse(JSON.parse(readFileSync(path.join(FOLDER, file), "utf8"))));

/** The first row is the header, or a blank line. */
const toPlace = (name: string) => (index: number) => `${name} ${index + 2}`;

export function runCase(item: MappingCase): MappedSource {
  const dictionary = dictionaryOf("gw-1.0");
  if (dictionary === null) throw new Error("gw-1.0 is in service");
  if (item.mapping === "records") return mapRecords(item.input, dictionary, toPlace("line"));
  const rows = item.input.map(({ recordType, group, cells }) => new ImporterRow(recordType, group ?? 0, cells));
  return mapImporterRows(rows, dictionary, toPlace("row"));
}

/** In words, everything in which the mapping differs from the case; empty where it agrees. */
export function findDifferences({ drafts, issues }: MappedSource, expected: MappingCase["expect"]): readonly string[] {
  const records = drafts.map((draft) => ({ ...draft, parent: draft.parent === null ? null : drafts.indexOf(draft.parent) }));
  const found = [...drafts.flatMap((draft) => draft.issues), ...issues].map(({ params: _params, ...issue }) => issue);
  return [
    ...compareLists("record", records, expected.records, ["reference", "silent"]),
    ...compareLists("issue", found, expected.issues, ["suggestion"]),
  ];
}

/** Members that the case does not name are not compared, but for those that say something by being there. */
function compareLists(
  name: string,
  actual: readonly object[],
  expected: readonly object[],
  telling: readonly string[],
): string[] {
  const differences = actual.length === expected.length ? [] : [`${actual.length} ${name}s, expected ${expected.length}`];
  for (const [index, wanted] of expected.entries()) {
    const members = new Map(Object.entries(actual[index] ?? {}));
    const names = new Set([...Object.keys(wanted), ...telling]);
    for (const member of names) {
      const value = new Map<string, unknown>(Object.entries(wanted)).get(member);
      if (!isDeepStrictEqual(members.get(member), value))
        differences.push(
          `${name} ${index}: ${member} is ${JSON.stringify(members.get(member))}, expected ${JSON.stringify(value)}`,
        );
    }
  }
  return differences;
}
