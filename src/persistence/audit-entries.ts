/** Entries of the audit trail, written in the transaction of the act they tell of. */
import { AUDIT_ACTIONS, type AuditEntry } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import type { Transaction } from "./database/unit.ts";
import { INSERT_ENTRY } from "./sql/audit-statements.ts";

/** One statement. Under any role that may write entries (migration `audit`). */
export async function writeAuditEntry(tx: Transaction, entry: AuditEntry, newId: NewId): Promise<void> {
  const { action, type, outcome, ods, agent, correlationId, entity, patientIds, purpose, agreementId, details } = entry;
  await tx.$executeRaw(
    INSERT_ENTRY([
      newId(),
      ods,
      AUDIT_ACTIONS[action],
      type,
      outcome,
      agent.id,
      agent.role,
      agent.ods,
      correlationId,
      entity?.kind ?? null,
      entity?.id ?? null,
      patientIds === undefined ? null : `{${patientIds.join(",")}}`,
      purpose ?? null,
      agreementId ?? null,
      details === undefined ? null : JSON.stringify(details),
    ]),
  );
}
