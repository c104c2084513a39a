/** Refused token requests in the audit trail: in the log of the organisation that registered the client, else in the installation's. */
import type { WriteRefusal } from "../access/refusal-notes.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";

/** Who is no client of ours: what it calls itself is not kept. */
const STRANGER = "STRANGER";

export const createRefusalTrail =
  (database: Database, newId: NewId): WriteRefusal =>
  ({ reason, clientId, ods, correlationId }, uncounted) =>
    database.withRole({ role: "nacr_access" }, (tx) =>
      writeAuditEntry(
        tx,
        {
          action: "EXECUTE",
          type: "REFUSE_TOKEN",
          outcome: "REFUSED",
          ods,
          agent: { id: clientId ?? STRANGER, role: null, ods: null },
          correlationId,
          details: { reason, ...(uncounted > 0 ? { uncounted } : {}) },
        },
        newId,
      ),
    );
