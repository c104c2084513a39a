/**
 * Lines in access logs, and the limit that is counted from them. Whoever shows rows of other organisations calls both functions in the
 * transaction that reads them, under the role `nacr_journey`: no line, no answer.
 */
import type { AccessAction, ShownPatient } from "../episodes/journey-ports.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { NewId } from "../submission/ports.ts";
import type { Transaction } from "./database/unit.ts";
import { COUNT_PERSONS, INSERT_LINES, LOCK_READINGS } from "./sql/access-statements.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
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

/** One line for each patient shown, in the log of the patient's organisation. */
export async function writeAccessLines(
  tx: Transaction,
  { ods, clientId, role }: OrganisationActor,
  { action, at, correlationId, shown }: AccessNote,
  newId: NewId,
): Promise<void> {
  const columns = [
    toColumnLiteral(shown, () => newId()),
    toColumnLiteral(shown, (line) => line.ods),
    toColumnLiteral(shown, ({ patientId }) => patientId),
    toColumnLiteral(shown, ({ personId }) => personId),
  ];
  await tx.$executeRaw(INSERT_LINES([ods, clientId, role, action, at, correlationId, ...columns]));
}
