/** Jobs of accepted submissions: taken up, advanced, ended. Every call is one transaction of the organisation the job belongs to. */
import type { Actor, OrganisationActor } from "../records/actor.ts";
import { ROLES } from "../records/actor.ts";
import { FILE_FORMATS } from "../records/file-format.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import type { JobProgress, JobReference, JobSource, JobStore, SubmissionJob } from "../submission/job-ports.ts";
import type { Transaction } from "./database/unit.ts";
import { readProgress, storeProgress, updateHeader } from "./job-progress.ts";
import { isUuid } from "./page-cursor.ts";
import { announceChange, appendEvent } from "./programme-events.ts";
import { runSqlIn } from "./run-sql.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import {
  BEGIN_JOB,
  END_JOB,
  FAIL_SUBMISSION,
  LOCK_JOB,
  MARK_PROCESSING,
  PROGRESS_OF_JOBS,
  REQUEST_CANCEL,
  RESUME_SUBMISSION,
} from "./sql/job-statements.ts";
import { HEADERS_BY_ID } from "./sql/status-queries.ts";
import { itemValueOf, numberOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";
import { readHeader } from "./submission-header.ts";
import { visibleTo } from "./submission-visibility.ts";
import { createUnitRunner, type StoreDependencies } from "./unit-runner.ts";

/** As whom the store itself works on a job: its organisation and programme, nothing else. */
type JobScope = Pick<JobReference, "ods" | "programmeCode">;

const UNSEEN_BY_NOBODY = [null, null, null] as const;

async function readHeaderOf(tx: Transaction, ods: string, id: string): Promise<SubmissionHeader | null> {
  const [row] = await tx.$queryRaw<SqlRow[]>(HEADERS_BY_ID([ods, ...UNSEEN_BY_NOBODY, toArrayLiteral([id])]));
  return row === undefined ? null : readHeader(row);
}

function readSource(row: SqlRow): JobSource {
  const uploadId = optionalTextOf(row, "upload_id");
  return uploadId === null ? { kind: "REPLAY" } : { kind: "UPLOAD", uploadId, format: wordOf(row, "format", FILE_FORMATS) };
}

function readJob(row: SqlRow, header: SubmissionHeader): SubmissionJob {
  const programmes = itemValueOf(row, "programmes");
  const role: Actor["role"] = wordOf(row, "role", ROLES);
  return {
    header,
    actor: {
      clientId: header.clientId,
      role,
      ods: header.ods,
      programmes: Array.isArray(programmes) ? programmes : [],
      scopes: [],
    },
    source: readSource(row),
    profile: optionalTextOf(row, "profile"),
    attempt: numberOf(row, "attempt"),
    progress: readProgress(row),
  };
}

/** `now` gives an ISO instant. */
export function createJobStore(dependencies: StoreDependencies, now: () => string): JobStore {
  const { database } = dependencies;
  const runUnit = createUnitRunner(dependencies);
  const within = <T>({ ods, programmeCode }: JobScope, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.withRole({ role: "nacr_app", ods, programmes: [programmeCode] }, work);
  const asActor = <T>(actor: OrganisationActor, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    database.withRole({ role: "nacr_app", ods: actor.ods, programmes: actor.programmes }, work);

  const cancelWaiting = async (tx: Transaction, header: SubmissionHeader): Promise<SubmissionHeader> => {
    const cancelled: SubmissionHeader = { ...header, status: "CANCELLED", completedAt: now() };
    await tx.$executeRaw(END_JOB([header.ods, header.id, now()]));
    await updateHeader(tx, cancelled);
    await appendEvent(tx, cancelled);
    return cancelled;
  };

  return {
    begin: (reference) => within(reference, (tx) => beginJob(tx, reference, now())),
    transaction: (job, work, alone) => runUnit(job.actor, work, alone),
    finish: ({ attempt }, header, progress) =>
      within(header, async (tx) => {
        await storeProgress(tx, header, attempt, progress);
        await appendEvent(tx, header);
      }),
    fail: (reference, faultId) => within(reference, (tx) => failJob(tx, reference, faultId, now())),
    redrive: (actor, id) => asActor(actor, (tx) => redriveJob(tx, actor, id, dependencies.enqueue)),
    cancel: (actor, id) =>
      asActor(actor, async (tx) => {
        const found = await lockVisible(tx, actor, id);
        if (found === null) return null;
        const { header, progress } = found;
        if (progress === null || progress.phase === "DONE" || header.status === "FAILED") return { header, tooLate: true };
        if (progress.phase === "WAITING" || progress.phase === "FETCHING")
          return { header: await cancelWaiting(tx, header), tooLate: false };
        await tx.$executeRaw(REQUEST_CANCEL([header.ods, header.id]));
        return { header, tooLate: false };
      }),
    progress: (actor, ids) => asActor(actor, (tx) => readProgresses(tx, actor, ids)),
  };
}

async function beginJob(tx: Transaction, { ods, submissionId }: JobReference, now: string): Promise<SubmissionJob | null> {
  const [row] = await tx.$queryRaw<SqlRow[]>(BEGIN_JOB([ods, submissionId, now]));
  if (row === undefined) return null;
  await tx.$executeRaw(MARK_PROCESSING([ods, submissionId]));
  const header = await readHeaderOf(tx, ods, submissionId);
  if (header === null || header.status !== "PROCESSING") return null;
  await announceChange(tx, ods, submissionId);
  return readJob(row, header);
}

async function failJob(tx: Transaction, { ods, submissionId }: JobReference, faultId: string, now: string): Promise<void> {
  await tx.$queryRaw(LOCK_JOB([ods, submissionId]));
  const changed = await tx.$executeRaw(FAIL_SUBMISSION([ods, submissionId, faultId, now]));
  const header = changed === 0 ? null : await readHeaderOf(tx, ods, submissionId);
  if (header !== null) await appendEvent(tx, header);
}

async function redriveJob(
  tx: Transaction,
  actor: OrganisationActor,
  id: string,
  enqueue: StoreDependencies["enqueue"],
): Promise<boolean> {
  const found = await lockVisible(tx, actor, id);
  if (found === null || enqueue === undefined) return false;
  const { ods, programmeCode } = found.header;
  const changed = await tx.$executeRaw(RESUME_SUBMISSION([ods, found.header.id]));
  if (changed === 0) return false;
  await enqueue(runSqlIn(tx), { ods, programmeCode, submissionId: found.header.id });
  await announceChange(tx, ods, found.header.id);
  return true;
}

/** The submission with its job, locked, where the actor may see it; `progress` null: it never was a job. */
async function lockVisible(
  tx: Transaction,
  actor: OrganisationActor,
  id: string,
): Promise<{ readonly header: SubmissionHeader; readonly progress: JobProgress | null } | null> {
  if (!isUuid(id)) return null;
  const [job] = await tx.$queryRaw<SqlRow[]>(LOCK_JOB([actor.ods, id]));
  const [row] = await tx.$queryRaw<SqlRow[]>(HEADERS_BY_ID([...visibleTo(actor), toArrayLiteral([id])]));
  return row === undefined ? null : { header: readHeader(row), progress: job === undefined ? null : readProgress(job) };
}

async function readProgresses(
  tx: Transaction,
  actor: OrganisationActor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, JobProgress>> {
  const known = ids.filter(isUuid);
  if (known.length === 0) return new Map();
  const rows = await tx.$queryRaw<SqlRow[]>(PROGRESS_OF_JOBS([actor.ods, toArrayLiteral(known)]));
  return new Map(rows.map((row) => [textOf(row, "submission_id"), readProgress(row)]));
}
