/** Takes submissions back: locked, checked, undone and marked in one transaction that has its organisation to itself (ADR 0015). */
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { createUuid7 } from "../lib/uuid7.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { type AuditEntry, entryOf } from "../records/audit-entry.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import type { NewId } from "../submission/ports.ts";
import type { Withdrawal, WithdrawalRequest, WithdrawalResult, WithdrawalStore } from "../submission/withdraw-ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { isRetryableConflict } from "./database/database-fault.ts";
import type { Transaction, UnitOptions } from "./database/unit.ts";
import { isUuid } from "./page-cursor.ts";
import { PatientIdentities } from "./patient-identities.ts";
import { appendEvent } from "./programme-events.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { compileDatasetSql } from "./sql/dataset-statements.ts";
import { END_JOB, LOCK_JOB } from "./sql/job-statements.ts";
import { compileRestores } from "./sql/removal-statements.ts";
import { NEXT_EPOCH } from "./sql/statement-queries.ts";
import { HEADERS_BY_ID } from "./sql/status-queries.ts";
import { compileUndoStatements } from "./sql/undo-statements.ts";
import { PROGRAMMES_OF, TAKE_ON_PROGRAMMES } from "./sql/unit-queries.ts";
import { LOCK_HEADER, MARK_WITHDRAWN, WITHDRAWALS } from "./sql/withdrawal-statements.ts";
import { bytesOf, type SqlRow, textOf } from "./sql-row.ts";
import { readHeader } from "./submission-header.ts";
import { visibleTo } from "./submission-visibility.ts";
import type { StoreDependencies } from "./unit-runner.ts";
import { InTheWay, type WithdrawalScope, WithdrawalUnit } from "./withdrawal.ts";

/** Submissions in hand are waited for, each takes less than a second. 100,000 rows took 31 s on two cores with much other work; more was not measured. */
const ALONE: UnitOptions = { timeoutMs: 300_000, organisationLock: { mode: "EXCLUSIVE", waitMs: 15_000 } };

type Scope = Omit<WithdrawalScope, "submissionId" | "programmeCode" | "at"> & { readonly newId: NewId };

const NOTHING_FOUND: WithdrawalResult = { state: "NOT_FOUND" };
export const withdrawalPlace = (submissionId: string): string => `${submissionId}/withdrawal`;

/** Compiles the dictionary's SQL once. */
export function createWithdrawalStore({
  database,
  keys,
  dictionary,
  newId = createUuid7(),
}: Omit<StoreDependencies, "enqueue"> & { readonly newId?: NewId }): WithdrawalStore {
  const datasetSql = compileDatasetSql(dictionary);
  const undo = compileUndoStatements(dictionary, datasetSql);
  const restores = compileRestores(datasetSql);
  const patient = dictionary.recordType("PATIENT");

  // Before the transaction: a key may have to be read from the database, whose only connection the transaction would hold.
  const scopeOf = async ({ ods }: OrganisationActor): Promise<Scope> => {
    const [organisation, link] = await Promise.all([keys.organisation(ods), keys.link()]);
    const identities = new PatientIdentities(ods, organisation, link, patient);
    return { ods, keys: organisation, identities, patient, undo, restores, newId };
  };

  return {
    async withdraw(actor, request) {
      if (!isUuid(request.submissionId)) return NOTHING_FOUND;
      const scope = await scopeOf(actor);
      const { ods, programmes } = actor;
      try {
        return await database.withRole({ role: "nacr_app", ods, programmes }, (tx) => withdraw(tx, actor, request, scope), ALONE);
      } catch (error) {
        // A key was taken in an order of changes that the checks do not know: so is who took it.
        if (isRetryableConflict(error)) return { state: "IN_THE_WAY", visible: [], total: 1 };
        if (!(error instanceof InTheWay)) throw error;
        const { submissionIds } = error;
        const visible = await database.withRole({ role: "nacr_app", ods, programmes }, (tx) =>
          readVisible(tx, actor, submissionIds),
        );
        return { state: "IN_THE_WAY", visible, total: submissionIds.length };
      }
    },
    async withdrawals(actor, submissionIds) {
      const known = submissionIds.filter(isUuid);
      if (known.length === 0) return [];
      const organisation = await keys.organisation(actor.ods);
      const rows = await database.withRole({ role: "nacr_app", ods: actor.ods, programmes: actor.programmes }, (tx) =>
        tx.$queryRaw<SqlRow[]>(WITHDRAWALS([actor.ods, toArrayLiteral(known)])),
      );
      return rows.map((row) => readWithdrawal(row, organisation));
    },
  };
}

function readWithdrawal(row: SqlRow, keys: OrganisationKeys): Withdrawal {
  const submissionId = textOf(row, "id");
  const { reason }: { reason: string } = JSON.parse(
    keys.open(bytesOf(row, "withdrawal"), withdrawalPlace(submissionId)).toString(),
  );
  return { submissionId, reason };
}

/** @throws InTheWay */
async function withdraw(
  tx: Transaction,
  actor: OrganisationActor,
  request: WithdrawalRequest,
  scope: Scope,
): Promise<WithdrawalResult> {
  const { ods } = actor;
  const { submissionId, at } = request;
  // The job before its header, as a chunk does.
  await tx.$queryRaw(LOCK_JOB([ods, submissionId]));
  const [row] = await tx.$queryRaw<SqlRow[]>(LOCK_HEADER([ods, submissionId]));
  if (row === undefined) return NOTHING_FOUND;
  const header = readHeader(row);
  if (header.status === "WITHDRAWN") return { state: "WITHDRAWN", header };
  if (header.status === "RECEIVED" || header.status === "PROCESSING") return { state: "UNFINISHED" };
  await takeOnAllProgrammes(tx, ods);
  const unit = new WithdrawalUnit(tx, { ...scope, submissionId, programmeCode: header.programmeCode, at });
  const withdrawn = await unit.look(actor.programmes);
  if (withdrawn.elsewhere || (await unit.writesBeyond(actor.programmes))) return { state: "OTHER_PROGRAMME" };
  if (withdrawn.tooLate) return { state: "TOO_LATE" };
  await unit.refuseIfBuiltUpon();
  await unit.undo();
  await tx.$executeRaw(NEXT_EPOCH([ods]));
  return { state: "WITHDRAWN", header: await mark(tx, actor, request, scope) };
}

/** What builds on the submission may be another programme's, which the token does not show: it stands in the way none the less. */
async function takeOnAllProgrammes(tx: Transaction, ods: string): Promise<void> {
  const [row] = await tx.$queryRaw<SqlRow[]>(PROGRAMMES_OF([ods]));
  await tx.$queryRaw(TAKE_ON_PROGRAMMES([row === undefined ? "" : textOf(row, "programmes")]));
}

async function mark(
  tx: Transaction,
  actor: OrganisationActor,
  { submissionId, at, reason }: WithdrawalRequest,
  { keys, newId }: Scope,
): Promise<SubmissionHeader> {
  const { ods, clientId } = actor;
  const sealed = keys.seal(JSON.stringify({ reason, clientId }), withdrawalPlace(submissionId)).toString("hex");
  // A worker that was taken for dead writes no more, and nobody sends the job round again.
  await tx.$executeRaw(END_JOB([ods, submissionId, at]));
  const [row] = await tx.$queryRaw<SqlRow[]>(MARK_WITHDRAWN([ods, submissionId, at, sealed]));
  if (row === undefined) throw new Error("The header of a withdrawal went away under its lock");
  const header = readHeader(row);
  await writeAuditEntry(tx, withdrawalOf(actor, header), newId);
  await appendEvent(tx, header);
  return header;
}

const withdrawalOf = (actor: OrganisationActor, { id, programmeCode }: SubmissionHeader): AuditEntry =>
  entryOf(actor, { action: "DELETE", type: "WITHDRAW_SUBMISSION", programmeCode, entity: { kind: "SUBMISSION", id } });

/** The latest first. */
async function readVisible(tx: Transaction, actor: OrganisationActor, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<SqlRow[]>(HEADERS_BY_ID([...visibleTo(actor), toArrayLiteral(ids)]));
  const headers = rows.map(readHeader).sort((a, b) => (a.receivedAt < b.receivedAt ? 1 : -1));
  return headers.map(({ id }) => id);
}
