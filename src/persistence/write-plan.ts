/** What a submission writes, as rows ready for the database: sealed, digested, grouped by table. */
import type { RecordTypeName } from "../dataset/define.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { DAY_MS, laterBy } from "../lib/later-by.ts";
import { LIMITS } from "../lib/limits.ts";
import { LongWork } from "../lib/long-work.ts";
import type { Actor } from "../records/actor.ts";
import type { FieldChange, RecordResult, SubmissionHeader } from "../records/submission-record.ts";
import type { ChunkRows, ChunkToWrite } from "../submission/job-ports.ts";
import type { JobToAccept, NewSourceId, RowToRemove, RowToWrite, WriteSet } from "../submission/ports.ts";
import { type KeptStatement, type StatementMacs, toKeptStatement } from "./known-statements.ts";
import type { PatientIdentities } from "./patient-identities.ts";
import { sealEnvelope, sealReportPages } from "./sealed-pages.ts";
import type { DatasetSql, DatasetStatements } from "./sql/dataset-statements.ts";
import {
  type ChangeRow,
  IDENTITY_SHAPE,
  type IdentityRow,
  RECORD_CHANGE_SHAPE,
  SOURCE_ID_SHAPE,
  type SourceIdRow,
  SUBMISSION_ENVELOPE_SHAPE,
  SUBMISSION_JOB_SHAPE,
  SUBMISSION_RECORD_SHAPE,
  SUBMISSION_REPORT_SHAPE,
  SUBMISSION_SHAPE,
  type SubmissionRow,
} from "./sql/submission-shapes.ts";
import { type BoundRows, bindRows, type TableShape, type WriteScalars } from "./sql/table-shape.ts";
import { storedKeyOf } from "./stored-idempotency-key.ts";
import type { IdentityValues, ReadRow } from "./stored-row.ts";
import { bindSubmissionEntry } from "./submission-entry.ts";

export interface WriteContext {
  readonly actor: Actor;
  readonly datasetSql: DatasetSql;
  readonly keys: OrganisationKeys;
  readonly identities: PatientIdentities;
  readonly sourceMac: (sourceRecordId: string) => string;
  readonly statementMacs: StatementMacs;
  /** Under which statements are kept. */
  readonly epoch: number;
  /** A stored row as this unit of work read it. */
  readonly rowBefore: (id: string) => ReadRow;
  /** The identity of a stored patient as this unit of work read it. */
  readonly identityBefore: (patientId: string) => IdentityValues;
}

export interface RowsToReplace {
  readonly statements: DatasetStatements;
  readonly rows: readonly RowToWrite[];
}

export interface WritePlan {
  /** The header with what the store adds to it: the receipt. */
  readonly header: SubmissionHeader;
  readonly scalars: WriteScalars;
  readonly inserts: readonly BoundRows[];
  readonly updates: readonly RowsToReplace[];
  readonly identityUpdates: readonly IdentityRow[];
  readonly removed: readonly RowToRemove[];
  /** Patients of whom nothing is known that was said before. */
  readonly touched: readonly string[];
  /** Statements under ids that are stored already; the others go with their ids. */
  readonly kept: readonly KeptStatement[];
}

/** Rows by record type, parents before children. */
function groupRows(rows: readonly RowToWrite[], datasetSql: DatasetSql): readonly RowsToReplace[] {
  const groups = new Map<RecordTypeName, RowToWrite[]>();
  for (const row of rows) {
    const group = groups.get(row.recordType);
    if (group) group.push(row);
    else groups.set(row.recordType, [row]);
  }
  return [...datasetSql.values()].flatMap((statements) => {
    const group = groups.get(statements.recordType.name);
    return group ? [{ statements, rows: group }] : [];
  });
}

/** Nulls first; the order in which concurrent submissions insert the same new patients, so that they queue instead of deadlock. */
const byNhsMac = (a: IdentityRow, b: IdentityRow): number => {
  const [left, right] = [a.nhsMac ?? "", b.nhsMac ?? ""];
  return left < right ? -1 : left > right ? 1 : 0;
};

const isPatient = (row: RowToWrite): boolean => row.recordType === "PATIENT";
/** An unknown code that was ignored wrote nothing. */
const isEffective = (change: FieldChange): boolean => change.decision !== "UNKNOWN_IGNORED";

function changedIdentity(row: RowToWrite, statements: DatasetStatements): readonly string[] {
  const identity = new Set(statements.recordType.identityItems.map((item) => item.name));
  return row.changes.filter((change) => isEffective(change) && identity.has(change.field)).map((change) => change.field);
}

/** Before and after of identity items are not in the changes, which are part of the answer: they are taken from the rows. */
function sealIdentityHistory(
  row: RowToWrite,
  fields: readonly string[],
  scalars: WriteScalars,
  context: WriteContext,
): Uint8Array | null {
  if (fields.length === 0) return null;
  const before = context.identityBefore(row.id);
  const after = context.identities.valuesOf(row.values);
  const history = fields.map((field) => [field, { before: before[field] ?? null, after: after[field] ?? null }]);
  return context.keys.seal(JSON.stringify(Object.fromEntries(history)), `${scalars.ods}/${row.id}/${row.version}`, row.id);
}

function toChangeRow(row: RowToWrite, statements: DatasetStatements, scalars: WriteScalars, context: WriteContext): ChangeRow {
  const before = context.rowBefore(row.id);
  const identityFields = changedIdentity(row, statements);
  const changes = row.changes.filter(isEffective).map((change) => {
    const hidden = identityFields.includes(change.field);
    const { decision } = change;
    return [change.field, { before: hidden ? null : change.before, after: hidden ? null : change.after, decision }];
  });
  return {
    recordId: row.id,
    version: row.version,
    recordType: row.recordType,
    programmeCode: statements.table.programmeScoped ? row.programmeCode : scalars.programmeCode,
    changes: JSON.stringify(Object.fromEntries(changes)),
    sealed: sealIdentityHistory(row, identityFields, scalars, context),
    programmeBefore: before.programmeCode,
    sourceTimeBefore: before.sourceTime,
    writtenBefore: before.updatedAt,
  };
}

/** `receipt`: what the receipt is a digest of. */
function toSubmissionRow(
  { header, claim, receipt }: Pick<JobToAccept, "header" | "claim" | "receipt">,
  keys: OrganisationKeys,
): SubmissionRow {
  if (header.mode === "VALIDATE_ONLY") {
    const expiresAt = laterBy(header.receivedAt, LIMITS.dryRunReportDays * DAY_MS);
    return { header, idempotencyKey: null, payloadDigest: null, receiptDigest: null, expiresAt };
  }
  const receiptDigest = keys.mac("receipt", receipt);
  return {
    header: { ...header, receiptDigest, receiptKeyId: keys.keyId },
    idempotencyKey: claim && storedKeyOf(claim, keys),
    payloadDigest: claim && keys.mac("payload", claim.payload),
    receiptDigest,
    expiresAt: null,
  };
}

const bindUnlessEmpty = <R>(shape: TableShape<R>, rows: readonly R[]): readonly BoundRows[] =>
  rows.length === 0 ? [] : [bindRows(shape, rows)];

/** What is said under each id of a patient that is new, by the id. */
const toSaid = ({ statements }: ChunkRows, { statementMacs }: WriteContext): ReadonlyMap<string, KeptStatement> =>
  new Map(statements.map((statement) => [statement.sourceRecordId, toKeptStatement(statement, statementMacs)]));

function toSourceIdRow(
  { product, recordType, sourceRecordId, recordId }: NewSourceId,
  said: ReadonlyMap<string, KeptStatement>,
  { sourceMac, epoch }: WriteContext,
): SourceIdRow {
  const statement = recordType === "PATIENT" ? said.get(sourceRecordId) : undefined;
  return {
    ...{ product, recordType, recordId, sourceMac: sourceMac(sourceRecordId) },
    said: statement === undefined ? null : { statement: statement.statement, recordIds: statement.recordIds, epoch },
  };
}

function statementsOfKnownIds({ statements, sourceIds }: ChunkRows, { statementMacs }: WriteContext): readonly KeptStatement[] {
  const fresh = new Set(
    sourceIds.flatMap(({ recordType, sourceRecordId }) => (recordType === "PATIENT" ? [sourceRecordId] : [])),
  );
  return statements
    .filter(({ sourceRecordId }) => !fresh.has(sourceRecordId))
    .map((statement) => toKeptStatement(statement, statementMacs));
}

async function bindDatasetRows(
  set: ChunkRows,
  answers: readonly RecordResult[],
  updates: readonly RowsToReplace[],
  scalars: WriteScalars,
  context: WriteContext,
): Promise<readonly BoundRows[]> {
  const work = new LongWork();
  const created = groupRows(set.created, context.datasetSql);
  const identities = await work.map(set.created.filter(isPatient), (row) => context.identities.toRow(row.id, row.values));
  const said = toSaid(set, context);
  const sourceIds = await work.map(set.sourceIds, (id) => toSourceIdRow(id, said, context));
  const updated = updates.flatMap(({ statements, rows }) => rows.map((row) => ({ row, statements })));
  const history = await work.map(updated, ({ row, statements }) => toChangeRow(row, statements, scalars, context));
  const results = await work.map(answers, ({ index, recordType, outcome, recordId, sourceRecordId }) => {
    const sourceMac = sourceRecordId === null ? null : context.sourceMac(sourceRecordId);
    return { index, recordType, outcome, recordId, sourceMac };
  });
  return [
    ...(await work.map(created, ({ statements, rows }) => bindRows(statements.insert, rows))),
    ...bindUnlessEmpty(IDENTITY_SHAPE, identities.sort(byNhsMac)),
    ...bindUnlessEmpty(SOURCE_ID_SHAPE, sourceIds),
    ...bindUnlessEmpty(RECORD_CHANGE_SHAPE, history),
    ...bindUnlessEmpty(SUBMISSION_RECORD_SHAPE, results),
  ];
}

function resealedIdentities(updates: readonly RowsToReplace[], context: WriteContext): readonly IdentityRow[] {
  return updates.flatMap(({ statements, rows }) =>
    rows
      .filter((row) => isPatient(row) && changedIdentity(row, statements).length > 0)
      .map((row) => context.identities.toRow(row.id, row.values)),
  );
}

const toScalars = (header: SubmissionHeader): WriteScalars => ({
  ods: header.ods,
  submissionId: header.id,
  programmeCode: header.programmeCode,
  writtenAt: header.completedAt ?? header.receivedAt,
});

/** Turns what the use case decided into rows. A dry run keeps its header and its report, whatever the use case would have stored. */
export async function planWrite(set: WriteSet, context: WriteContext): Promise<WritePlan> {
  const { submission } = set;
  const { id } = submission.header;
  const dryRun = submission.header.mode === "VALIDATE_ONLY";
  // Compressed on another thread while the rows are built here.
  const sealing = dryRun ? [] : sealEnvelope(submission.envelope, id, context.keys);
  const scalars = toScalars(submission.header);
  const row = toSubmissionRow({ ...submission, receipt: submission.envelope }, context.keys);
  const updates = dryRun ? [] : groupRows(set.updated, context.datasetSql);
  const dataset = dryRun ? [] : await bindDatasetRows(set, submission.results, updates, scalars, context);
  const identityUpdates = resealedIdentities(updates, context);
  const pages = await sealReportPages(submission.results, id, context.keys);
  const envelope = await sealing;
  return {
    header: row.header,
    scalars,
    inserts: [
      bindRows(SUBMISSION_SHAPE, [row]),
      bindSubmissionEntry(row.header, context.actor),
      ...dataset,
      ...bindUnlessEmpty(SUBMISSION_REPORT_SHAPE, pages),
      ...bindUnlessEmpty(SUBMISSION_ENVELOPE_SHAPE, envelope),
    ],
    updates,
    identityUpdates,
    removed: dryRun ? [] : set.removed,
    touched: dryRun ? [] : set.touched,
    kept: dryRun ? [] : statementsOfKnownIds(set, context),
  };
}

export interface ChunkPlan extends WritePlan {
  /** Pages the chunk adds to the report. */
  readonly pages: number;
}

/** A chunk of a job: rows and answers; header and envelope stand already. */
export async function planChunk(rows: ChunkRows, chunk: ChunkToWrite, context: WriteContext): Promise<ChunkPlan> {
  const { header, results, before } = chunk;
  const dryRun = header.mode === "VALIDATE_ONLY";
  const scalars: WriteScalars = { ...toScalars(header), writtenAt: chunk.after.updatedAt };
  const updates = dryRun ? [] : groupRows(rows.updated, context.datasetSql);
  const pages = await sealReportPages(results, header.id, context.keys, before.nextPage);
  return {
    header,
    scalars,
    inserts: [
      ...(dryRun ? [] : await bindDatasetRows(rows, results, updates, scalars, context)),
      ...bindUnlessEmpty(SUBMISSION_REPORT_SHAPE, pages),
    ],
    updates,
    identityUpdates: resealedIdentities(updates, context),
    removed: dryRun ? [] : rows.removed,
    touched: dryRun ? [] : rows.touched,
    kept: dryRun ? [] : statementsOfKnownIds(rows, context),
    pages: pages.length,
  };
}

/** A submission that a job will work on. */
export function planAcceptance(
  job: JobToAccept,
  keys: OrganisationKeys,
  actor: Actor,
): Pick<WritePlan, "header" | "scalars" | "inserts"> {
  const row = toSubmissionRow(job, keys);
  return {
    header: { ...row.header, receiptDigest: row.receiptDigest },
    scalars: toScalars(row.header),
    inserts: [bindRows(SUBMISSION_SHAPE, [row]), bindSubmissionEntry(row.header, actor), bindRows(SUBMISSION_JOB_SHAPE, [job])],
  };
}
