/** The log of an organisation, handed out by the operator: entry by entry, oldest first. */
import type { ExportedEntry } from "../audit/to-audit-event.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import { EXPORT_PAGE } from "./sql/audit-statements.ts";
import { optionalTextOf, type SqlRow, textOf, textsOf, wordOf } from "./sql-row.ts";

const ENTRIES_AT_ONCE = 5_000;
const PAGE_MS = 60_000;

function readEntry(row: SqlRow): ExportedEntry {
  const sequence = optionalTextOf(row, "sequence");
  return {
    id: textOf(row, "id"),
    at: textOf(row, "at"),
    sequence: sequence === null ? null : Number(sequence),
    action: textOf(row, "action"),
    type: textOf(row, "type"),
    outcome: wordOf(row, "outcome", ["DONE", "REFUSED"]),
    agentId: textOf(row, "agent_id"),
    agentRole: optionalTextOf(row, "agent_role"),
    agentOds: optionalTextOf(row, "agent_ods"),
    correlationId: optionalTextOf(row, "correlation_id"),
    entityKind: optionalTextOf(row, "entity_kind"),
    entityId: optionalTextOf(row, "entity_id"),
    patientIds: textsOf(row, "patient_ids"),
    purpose: optionalTextOf(row, "purpose"),
    agreementId: optionalTextOf(row, "agreement_id"),
  };
}

const exportOf = (ods: string): AuditEntry => ({
  action: "READ",
  type: "EXPORT_AUDIT",
  outcome: "DONE",
  ods,
  agent: { id: "operator", role: null, ods: null },
  correlationId: null,
});

/** @param since ISO instant. The export is an entry itself, written before anything is handed out. */
export async function* exportEntries(
  { database, newId }: { readonly database: Database; readonly newId: NewId },
  ods: string,
  since: string,
): AsyncGenerator<readonly ExportedEntry[]> {
  await database.withRole({ role: "nacr_auditor" }, (tx) => writeAuditEntry(tx, exportOf(ods), newId));
  let last: SqlRow | undefined;
  do {
    const position = last === undefined ? [null, null] : [textOf(last, "position"), textOf(last, "id")];
    const rows = await database.withRole(
      { role: "nacr_auditor" },
      (tx) => tx.$queryRaw<SqlRow[]>(EXPORT_PAGE([ods, since, ...position, ENTRIES_AT_ONCE])),
      { timeoutMs: PAGE_MS },
    );
    if (rows.length > 0) yield rows.map(readEntry);
    last = rows.length < ENTRIES_AT_ONCE ? undefined : rows.at(-1);
  } while (last !== undefined);
}
