/** One patient's assessments under the own programmes, with one entry in the audit trail, whether or not there is such a patient. */
import type { Dictionary } from "../dataset/dictionary.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { ProgressRows, ProgressStore } from "../reporting/reporting-ports.ts";
import { OUTCOME_MEASURES } from "../standards/outcome-measures.ts";
import type { NewId } from "../submission/ports.ts";
import { constantSql } from "./database/constant-sql.ts";
import type { Database } from "./database/database.ts";
import { isUuid } from "./page-cursor.ts";
import { toReading } from "./patient-status.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { bytesOf, type SqlRow, textOf } from "./sql-row.ts";
import { createStatusReader } from "./status-reader.ts";

export interface ProgressStoreDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly dictionary: Dictionary;
  readonly newId: NewId;
}

/** `$1` organisation, `$2` patient. Rehabilitations are those of the programmes of the unit of work. */
function compileProgress(dictionary: Dictionary): ConstantSql {
  const measures = OUTCOME_MEASURES.flatMap(({ item }) => dictionary.recordType("ASSESSMENT").byName.get(item) ?? []);
  const values = measures.map(({ name, column }) => `'${name}', a.${column}`).join(", ");
  return constantSql(
    `select p.id::text as id, i.sealed, coalesce((
       select json_agg(json_build_object('id', r.id, 'programmeCode', r.programme_code, 'eventType', e.event_type, 'eventDate', e.event_date,
         'coreStartDate', r.core_start_date, 'coreEndDate', r.core_end_date, 'assessments', coalesce((
           select json_agg(json_build_object('number', a.number, 'date', a.date, 'values', json_build_object(${values})) order by a.number)
           from public.assessment a where a.ods = r.ods and a.rehabilitation_id = r.id), '[]'))
         order by e.event_date, r.anchor_date, r.id)
       from public.initiating_event e join public.rehabilitation r on r.ods = e.ods and r.initiating_event_id = e.id
       where e.ods = p.ods and e.patient_id = p.id), '[]')::text as rehabilitations
     from public.patient p join identity.patient_identity i on i.ods = p.ods and i.patient_id = p.id
     where p.ods = $1 and p.id = $2::uuid`,
  );
}

export function createProgressStore({ database, keys, dictionary, newId }: ProgressStoreDependencies): ProgressStore {
  const reader = createStatusReader(database, keys, dictionary.recordType("PATIENT"), newId);
  const statement = compileProgress(dictionary);
  return {
    read: async (actor: OrganisationActor, patientId, withIdentity) => {
      if (!isUuid(patientId)) return null;
      const identities = await reader.identities(actor);
      const [row] = await reader.readAudited(
        actor,
        (tx) => tx.$queryRaw<SqlRow[]>(statement([actor.ods, patientId])),
        (rows) => [
          toReading(
            actor,
            "READ_PROGRESS",
            rows.map((found) => textOf(found, "id")),
            withIdentity,
          ),
        ],
      );
      if (row === undefined) return null;
      const id = textOf(row, "id");
      const rehabilitations: ProgressRows["rehabilitations"] = JSON.parse(textOf(row, "rehabilitations"));
      return { patientId: id, identity: withIdentity ? identities.open(id, bytesOf(row, "sealed")) : null, rehabilitations };
    },
  };
}
