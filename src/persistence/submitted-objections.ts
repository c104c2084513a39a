/** Objections that records stated, kept in the transaction that stores the records. */

import type { OrganisationActor } from "../records/actor.ts";
import { entryOf } from "../records/audit-entry.ts";
import type { ObjectionToRecord, Objector } from "../submission/objection-ports.ts";
import { writeAuditEntries } from "./audit-entries.ts";
import { asConsent, concernedPatients } from "./concerned-patients.ts";
import type { Transaction } from "./database/unit.ts";
import { markDue } from "./national-due.ts";
import { digestsOf, insertSubjects, type NumberMacs, type OwnSubject, widenObjections } from "./objection-subjects.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import { INSERT_OBJECTIONS } from "./sql/objection-statements.ts";

/** What was said of these patients before is forgotten by whoever calls: the next submission is to be told of the objection. */
export async function recordSubmitted(
  tx: Transaction,
  actor: OrganisationActor,
  objections: readonly ObjectionToRecord[],
  at: string,
  macs: NumberMacs,
): Promise<void> {
  const column = (read: (objection: ObjectionToRecord) => string | null): string => toColumnLiteral(objections, read);
  const scalars = [actor.ods, "NATIONAL", "SUBMITTED", at, actor.clientId, actor.role];
  const columns = [column(({ id }) => id), column(({ patientId }) => patientId), column(({ statedOn }) => statedOn)];
  await tx.$executeRaw(INSERT_OBJECTIONS([...scalars, ...columns, column(() => null)]));
  const subjects = objections.flatMap(({ id, subject }) => digestsOf(subject, macs).map((digest) => ({ id, ...digest })));
  await insertSubjects(tx, actor.ods, subjects);
  await writeAuditEntries(
    tx,
    objections.map(({ id, subject }) =>
      entryOf(actor, {
        // Of each objection one entry, whatever is tried again.
        id,
        ...{ action: "CREATE", type: "RECORD_OBJECTION", entity: { kind: "OBJECTION", id } },
        ...{ patientIds: subject.patientIds, details: { scope: "NATIONAL", origin: "SUBMITTED" } },
      }),
    ),
    () => "",
  );
  await tellNationalSide(tx, actor.ods, subjects);
}

/** @returns whether the ledger is due */
export async function widenKnown(
  tx: Transaction,
  ods: string,
  objectors: readonly Objector[],
  macs: NumberMacs,
): Promise<boolean> {
  if (objectors.length === 0) return false;
  const subjects = objectors.flatMap(({ objectionId, subject }) =>
    digestsOf(subject, macs).map((digest) => ({ id: objectionId, ...digest })),
  );
  const isWider = await widenObjections(tx, ods, subjects);
  if (isWider) await tellNationalSide(tx, ods, subjects);
  return isWider;
}

const tellNationalSide = (tx: Transaction, ods: string, subjects: readonly OwnSubject[]): Promise<void> =>
  asConsent(tx, async () => markDue(tx, await concernedPatients(tx, ods, subjects)));
