/** Entries of the audit trail, written in the transaction of the act they tell of. */
import { AUDIT_ACTIONS, type AuditEntry, purposeOf } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import type { Transaction } from "./database/unit.ts";
import { type Cell, toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import { INSERT_ENTRIES } from "./sql/audit-statements.ts";

/** One statement. Under any role that may write entries (migration `audit`). */
export const writeAuditEntry = (tx: Transaction, entry: AuditEntry, newId: NewId): Promise<void> =>
  writeAuditEntries(tx, [entry], newId);

/** One statement, however many. */
export async function writeAuditEntries(tx: Transaction, entries: readonly AuditEntry[], newId: NewId): Promise<void> {
  if (entries.length === 0) return;
  const column = (read: (entry: AuditEntry) => Cell): string => toColumnLiteral(entries, read);
  const ids = (list: readonly string[] | undefined): string | null => (list === undefined ? null : toArrayLiteral(list));
  await tx.$executeRaw(
    INSERT_ENTRIES([
      column((entry) => entry.id ?? newId()),
      column((entry) => entry.at ?? null),
      column((entry) => entry.ods),
      column((entry) => entry.programmeCode ?? null),
      column((entry) => AUDIT_ACTIONS[entry.action]),
      column((entry) => entry.type),
      column((entry) => entry.outcome),
      column((entry) => entry.agent.id),
      column((entry) => entry.agent.role),
      column((entry) => entry.agent.ods),
      column((entry) => entry.correlationId),
      column((entry) => entry.entity?.kind ?? null),
      column((entry) => entry.entity?.id ?? null),
      column((entry) => ids(entry.patientIds)),
      column((entry) => ids(entry.personIds)),
      column((entry) => entry.purpose ?? purposeOf(entry.agent)),
      column((entry) => entry.agreementId ?? null),
      column(detailsOf),
    ]),
  );
}

function detailsOf({ details, agent: { breakGlass } }: AuditEntry): string | null {
  const told = breakGlass === undefined ? details : { ...details, breakGlass };
  return told === undefined ? null : JSON.stringify(told);
}
