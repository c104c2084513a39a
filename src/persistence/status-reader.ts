/** What every read of stored answers and records needs: a transaction under the actor's row-level security, and the keys. */
import type { CompiledRecordType } from "../dataset/dictionary.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { createUuid7 } from "../lib/uuid7.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { AuditEntry } from "../records/audit-entry.ts";
import { writeAuditEntries } from "./audit-entries.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { PatientIdentities } from "./patient-identities.ts";

export interface StatusReader {
  /** For what is no patient's data, and for what is below records that `readAudited` has found. */
  read<T>(actor: OrganisationActor, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** The same with entries of the audit trail, in the transaction that reads: no entry, no answer. @param tell of what was found */
  readAudited<T>(
    actor: OrganisationActor,
    work: (tx: Transaction) => Promise<T>,
    tell: (found: T) => readonly AuditEntry[],
  ): Promise<T>;
  /** To be asked for before `read`: a key may have to come from the database, whose only connection a transaction may hold. */
  organisationKeys(actor: OrganisationActor): Promise<OrganisationKeys>;
  identities(actor: OrganisationActor): Promise<PatientIdentities>;
}

export function createStatusReader(
  database: Database,
  keys: KeyRing,
  patient: CompiledRecordType,
  newId = createUuid7(),
): StatusReader {
  const read: StatusReader["read"] = ({ ods, programmes }, work) =>
    database.withRole({ role: "nacr_app", ods, programmes }, work);
  return {
    read,
    readAudited: (actor, work, tell) =>
      read(actor, async (tx) => {
        const found = await work(tx);
        await writeAuditEntries(tx, tell(found), newId);
        return found;
      }),
    organisationKeys: (actor) => keys.organisation(actor.ods),
    identities: async (actor) => {
      const [organisation, link] = await Promise.all([keys.organisation(actor.ods), keys.link()]);
      return new PatientIdentities(actor.ods, organisation, link, patient);
    },
  };
}
