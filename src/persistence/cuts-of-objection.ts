/**
 * Which published cuts hold journeys of somebody who objects: by the pseudonyms the person may have had, which are made here and told to
 * nobody. Only the organisation that recorded the objection is answered.
 */
import type { ListCutsOfObjection } from "../consent/objection-ports.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { nameByNumber, nameByPatient } from "../national/person-names.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { entryOf } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { asConsent, concernedPatients } from "./concerned-patients.ts";
import { PUBLISHER } from "./cut-freezing.ts";
import { readCut } from "./cut-row.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { readSubject } from "./objection-subjects.ts";
import { isUuid } from "./page-cursor.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import { CUTS_OF_PSEUDONYMS } from "./sql/cut-statements.ts";
import { NUMBERS_OF_PATIENTS, SUBJECTS_OF } from "./sql/objection-statements.ts";
import { type SqlRow, textOf } from "./sql-row.ts";

export interface CutsOfObjectionDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly newId: NewId;
}

const PURPOSE = "national";

export function createListCutsOfObjection({ database, keys, newId }: CutsOfObjectionDependencies): ListCutsOfObjection {
  return async (actor, objectionId) => {
    if (!isUuid(objectionId)) return [];
    // Before the transaction: an embedded database has one connection.
    const key = await keys.pseudonyms(PURPOSE);
    const { ods, programmes } = actor;
    const names = await database.withRole({ role: "nacr_app", ods, programmes }, async (tx) => {
      const found = await namesOf(tx, actor, objectionId);
      const entity = { kind: "OBJECTION", id: objectionId };
      await writeAuditEntry(tx, entryOf(actor, { action: "READ", type: "READ_OBJECTION_CUTS", entity }), newId);
      return found;
    });
    const pseudonyms = names.map((name) => key.mac(name));
    const rows = await database.withRole(PUBLISHER, (tx) =>
      tx.$queryRaw<SqlRow[]>(CUTS_OF_PSEUDONYMS([toArrayLiteral(pseudonyms)])),
    );
    return rows
      .map(readCut)
      .map(({ id, number, publishedAt, withdrawn }) => ({ id, number, publishedAt, isWithdrawn: withdrawn !== null }));
  };
}

/** Everything a pseudonym of the person can have been made from, then or now, whoever is linked. */
async function namesOf(tx: Transaction, { ods }: OrganisationActor, objectionId: string): Promise<readonly string[]> {
  const subjects = (await tx.$queryRaw<SqlRow[]>(SUBJECTS_OF([ods, objectionId]))).map(readSubject);
  return asConsent(tx, async () => {
    const patients = await concernedPatients(tx, ods, subjects);
    const columns = [
      toColumnLiteral(patients, (patient) => patient.ods),
      toColumnLiteral(patients, ({ patientId }) => patientId),
    ];
    const numbers = (await tx.$queryRaw<SqlRow[]>(NUMBERS_OF_PATIENTS(columns))).map((row) => textOf(row, "digest"));
    const stated = subjects.flatMap(({ kind, digest }) => (kind === "NHS" ? [digest] : []));
    return [
      ...new Set([...numbers, ...stated].map(nameByNumber)),
      ...patients.map((patient) => nameByPatient({ ods: patient.ods, id: patient.patientId })),
    ];
  });
}
