/** What the audit trail says of the gateway's own work on extracts. */
import type { AuditEntry } from "../../records/audit-entry.ts";
import type { Extract, ExtractFile } from "./extract.ts";

/** How many rows it has its manifest says to those who may have it. */
export const toEntry = (type: string, { id, agreementId, purpose }: Extract, files: readonly ExtractFile[]): AuditEntry => ({
  action: "EXECUTE",
  type,
  outcome: type === "REFUSE_EXTRACT" ? "REFUSED" : "DONE",
  ods: null,
  agent: { id: "gateway", role: null, ods: null },
  correlationId: null,
  entity: { kind: "EXTRACT", id },
  agreementId,
  purpose,
  details: { files: files.length },
});
