/**
 * Entries of what links showed, in the logs of all organisations concerned, and the limit that is counted from them. Whoever shows rows of
 * other organisations calls both functions in the transaction that reads them, under the role `nacr_journey`: no entry, no answer.
 */
import type { AccessAction, ShownPatient } from "../episodes/journey-ports.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { agentOf } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntries } from "./audit-entries.ts";
import type { Transaction } from "./database/unit.ts";
import { COUNT_PERSONS, LOCK_READINGS } from "./sql/access-statements.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { numberOf, type SqlRow } from "./sql-row.ts";

const HOUR_MS = 3_600_000;

/**
 * To be called before rows of other organisations are read. A person whom the client has read within the hour does not count again.
 * @param personIds those whose rows are about to be shown; @param at ISO instant of the reading
 * @throws GatewayError LIMIT_EXCEEDED
 */
export async function admitPersons(
  tx: Transaction,
  { ods, clientId }: OrganisationActor,
  personIds: readonly string[],
  at: string,
): Promise<void> {
  const wanted = [...new Set(personIds)];
  if (wanted.length === 0) return;
  await tx.$executeRaw(LOCK_READINGS([ods, clientId]));
  const since = new Date(Date.parse(at) - HOUR_MS).toISOString();
  const [row] = await tx.$queryRaw<SqlRow[]>(COUNT_PERSONS([ods, clientId, toArrayLiteral(wanted), since]));
  const others = row === undefined ? 0 : numberOf(row, "persons");
  const value = LIMITS.linkedPersonsPerHour;
  if (others + wanted.length <= value) return;
  const limit = "linkedPersonsPerHour";
  throw new GatewayError("LIMIT_EXCEEDED", `The reading is over the limit ${limit}: at most ${value} within an hour.`, {
    details: { limit, value },
  });
}

export interface AccessNote {
  readonly action: AccessAction;
  /** ISO instant. */
  readonly at: string;
  readonly correlationId: string | null;
  /** Each patient once. */
  readonly shown: readonly ShownPatient[];
}

/** One entry in the log of each organisation of which patients were shown; none where none were. */
export async function writeAccessEntries(
  tx: Transaction,
  actor: OrganisationActor,
  { action, at, correlationId, shown }: AccessNote,
  newId: NewId,
): Promise<void> {
  const logs = Map.groupBy(shown, ({ ods }) => ods);
  const entries = [...logs].map(([ods, patients]) => ({
    at,
    action: "READ" as const,
    type: action,
    outcome: "DONE" as const,
    ods,
    agent: agentOf(actor),
    correlationId,
    patientIds: patients.map(({ patientId }) => patientId),
    ...personsOf(patients),
  }));
  await writeAuditEntries(tx, entries, newId);
}

function personsOf(patients: readonly ShownPatient[]): { readonly personIds?: readonly string[] } {
  const personIds = [...new Set(patients.flatMap(({ personId }) => (personId === null ? [] : [personId])))];
  return personIds.length === 0 ? {} : { personIds };
}
