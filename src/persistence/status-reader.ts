/** What every read of stored answers and records needs: a transaction under the actor's row-level security, and the keys. */
import type { CompiledRecordType } from "../dataset/dictionary.ts";
import type { KeyRing, OrganisationKeys } from "../keys/key-ring.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { PatientIdentities } from "./patient-identities.ts";

export interface StatusReader {
  read<T>(actor: OrganisationActor, work: (tx: Transaction) => Promise<T>): Promise<T>;
  /** To be asked for before `read`: a key may have to come from the database, whose only connection a transaction may hold. */
  organisationKeys(actor: OrganisationActor): Promise<OrganisationKeys>;
  identities(actor: OrganisationActor): Promise<PatientIdentities>;
}

export function createStatusReader(database: Database, keys: KeyRing, patient: CompiledRecordType): StatusReader {
  return {
    read: (actor, work) => database.withRole({ role: "nacr_app", ods: actor.ods, programmes: actor.programmes }, work),
    organisationKeys: (actor) => keys.organisation(actor.ods),
    identities: async (actor) => {
      const [organisation, link] = await Promise.all([keys.organisation(actor.ods), keys.link()]);
      return new PatientIdentities(actor.ods, organisation, link, patient);
    },
  };
}
