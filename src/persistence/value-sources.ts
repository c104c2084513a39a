/** Which submission last wrote each field of a row: the latest change in its history, else the submission that created it. */
import type { ValueSource } from "../records/submission-record.ts";
import type { Transaction } from "./database/unit.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { LATEST_CHANGES, SUBMISSION_SOURCES } from "./sql/unit-queries.ts";
import { type SqlRow, textOf } from "./sql-row.ts";
import type { ReadRow } from "./stored-row.ts";

type SourcesByField = ReadonlyMap<string, ValueSource>;
const NO_SOURCES: SourcesByField = new Map();

const readSource = (row: SqlRow): ValueSource => ({
  submissionId: textOf(row, "submission_id"),
  programmeCode: textOf(row, "programme_code"),
  receivedAt: textOf(row, "received_at"),
});

async function readLatestChanges(
  tx: Transaction,
  ods: string,
  rows: readonly ReadRow[],
  fields: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, SourcesByField>> {
  // Version 1 has no history.
  const pairs = rows
    .filter((row) => row.version > 1)
    .flatMap((row) => (fields.get(row.id) ?? []).map((field) => [row.id, field] as const));
  if (pairs.length === 0) return new Map();
  const ids = toArrayLiteral(pairs.map(([id]) => id));
  const names = toArrayLiteral(pairs.map(([, field]) => field));
  const sources = new Map<string, Map<string, ValueSource>>();
  for (const row of await tx.$queryRaw<SqlRow[]>(LATEST_CHANGES([ods, ids, names]))) {
    const id = textOf(row, "record_id");
    const ofRecord = sources.get(id) ?? new Map<string, ValueSource>();
    sources.set(id, ofRecord.set(textOf(row, "field"), readSource(row)));
  }
  return sources;
}

async function readCreators(tx: Transaction, ods: string, rows: readonly ReadRow[]): Promise<ReadonlyMap<string, ValueSource>> {
  const ids = toArrayLiteral([...new Set(rows.map((row) => row.createdSubmissionId))]);
  const found = await tx.$queryRaw<SqlRow[]>(SUBMISSION_SOURCES([ods, ids]));
  return new Map(found.map((row) => [textOf(row, "submission_id"), readSource(row)]));
}

/** The creating submission may be another programme's, and hidden: a row nobody changed since still names that programme itself. */
function creatorOf(row: ReadRow, creators: ReadonlyMap<string, ValueSource>): ValueSource | undefined {
  const creator = creators.get(row.createdSubmissionId);
  if (creator !== undefined || row.version > 1) return creator;
  return { submissionId: row.createdSubmissionId, programmeCode: row.programmeCode, receivedAt: row.updatedAt };
}

/**
 * Two reads whatever the number of rows. A field whose creating submission may not be seen, of a row changed since, has no source.
 * @param fields names of the fields wanted, by record id
 */
export async function readValueSources(
  tx: Transaction,
  ods: string,
  rows: readonly ReadRow[],
  fields: ReadonlyMap<string, readonly string[]>,
): Promise<ReadonlyMap<string, SourcesByField>> {
  const wanted = rows.filter((row) => (fields.get(row.id)?.length ?? 0) > 0);
  if (wanted.length === 0) return new Map();
  const changes = await readLatestChanges(tx, ods, wanted, fields);
  const creators = await readCreators(tx, ods, wanted);
  const sources = new Map<string, SourcesByField>();
  for (const row of wanted) {
    const changed = changes.get(row.id) ?? NO_SOURCES;
    const creator = creatorOf(row, creators);
    const ofRow = new Map<string, ValueSource>();
    for (const field of fields.get(row.id) ?? []) {
      const source = changed.get(field) ?? creator;
      if (source !== undefined) ofRow.set(field, source);
    }
    sources.set(row.id, ofRow);
  }
  return sources;
}
