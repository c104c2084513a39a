/** Entries of acts that span transactions or need none: written in one of their own, before the answer leaves. */
import type { AuditEntry } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";

/** @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED: then nothing may be answered */
export type RecordAct = (entry: AuditEntry) => Promise<void>;

/** For acts of an organisation's people and systems. */
export const createRecordAct =
  (database: Database, newId: NewId): RecordAct =>
  async (entry) => {
    const { ods } = entry.agent;
    if (ods === null) throw new Error("An act in an organisation's log has an agent of none");
    await database.withRole({ role: "nacr_app", ods }, (tx) => writeAuditEntry(tx, entry, newId));
  };
