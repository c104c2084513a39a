/** Between the objections' ledger and the database, under `nacr_consent`. */
import { constantSql } from "../database/constant-sql.ts";
import { isoInstant } from "./iso-instant.ts";
import type { ConstantSql } from "./table-shape.ts";

/** `$1` how many. What the ledger does not have yet, locked: who commits it has told the ledger. */
export const LEDGER_DUE: ConstantSql = constantSql(
  `select jsonb_build_object('id', o.id, 'ods', o.ods, 'patientId', o.patient_id, 'scope', o.scope, 'origin', o.origin,
     'statedOn', o.stated_on, 'recordedAt', ${isoInstant("o.recorded_at")}, 'recordedBy', o.recorded_by, 'recordedRole', o.recorded_role,
     'carriedOutAt', ${isoInstant("o.carried_out_at")}, 'certificateId', o.certificate_id,
     'withdrawnAt', ${isoInstant("o.withdrawn_at")}, 'withdrawnBy', o.withdrawn_by,
     'subjects', coalesce((select jsonb_agg(jsonb_build_object('kind', s.kind, 'digest', encode(s.digest, 'hex')))
       from consent.subject s where s.objection_id = o.id), '[]'))::text as entry
   from consent.objection o where o.ledger_due order by o.id limit $1::integer for update of o`,
);

/** `$1` objections. */
export const LEDGER_HAS: ConstantSql = constantSql(
  `update consent.objection o set ledger_due = false from unnest($1::uuid[]) told(id) where o.id = told.id`,
);

const ENTRIES = `jsonb_to_recordset($1::jsonb) as e("id" uuid, "ods" text, "patientId" uuid, "scope" text, "origin" text,
  "statedOn" date, "recordedAt" timestamptz, "recordedBy" text, "recordedRole" text, "carriedOutAt" timestamptz,
  "certificateId" text, "withdrawnAt" timestamptz, "withdrawnBy" text, "subjects" jsonb)`;

/**
 * `$1` entries. Objections that the database lost. What was carried out is to be carried out again: the rows came out of the same backup.
 * Their subjects are put in by the second statement.
 */
export const RESTORE_OBJECTIONS: ConstantSql = constantSql(
  `insert into consent.objection (id, ods, patient_id, scope, origin, stated_on, recorded_at, recorded_by, recorded_role,
     certificate_id, withdrawn_at, withdrawn_by, ledger_due)
   select e."id", e."ods", e."patientId", e."scope", e."origin", e."statedOn", e."recordedAt", e."recordedBy", e."recordedRole",
     e."certificateId", e."withdrawnAt", e."withdrawnBy", false
   from ${ENTRIES}
   on conflict (id) do nothing
   returning id::text as id`,
);

/** `$1` entries. What objections that stand here are about, as far as it is missing. */
export const RESTORE_SUBJECTS: ConstantSql = constantSql(
  `insert into consent.subject (objection_id, ods, kind, digest)
   select e."id", e."ods", s."kind", decode(s."digest", 'hex')
   from ${ENTRIES} join consent.objection o on o.id = e."id" and o.withdrawn_at is null
   cross join lateral jsonb_to_recordset(e."subjects") as s("kind" text, "digest" text)
   on conflict do nothing
   returning objection_id::text as id`,
);

/** `$1` entries. Objections that stand in the database and were withdrawn since. */
export const RESTORE_WITHDRAWALS: ConstantSql = constantSql(
  `update consent.objection o
   set withdrawn_at = e."withdrawnAt", withdrawn_by = e."withdrawnBy"
   from ${ENTRIES}
   where o.id = e."id" and o.withdrawn_at is null and e."withdrawnAt" is not null
   returning o.id::text as id`,
);

/** `$1` objections: those of them that were withdrawn. */
export const REMOVE_SUBJECTS_OF_WITHDRAWN: ConstantSql = constantSql(
  `delete from consent.subject s using unnest($1::uuid[]) gone(id), consent.objection o
   where s.objection_id = gone.id and o.id = gone.id and o.withdrawn_at is not null`,
);

/** `$1` entries. Carried out in the ledger and not here: the copy that was restored is from before. */
export const RESTORE_CERTIFICATES: ConstantSql = constantSql(
  `update consent.objection o set certificate_id = e."certificateId"
   from ${ENTRIES}
   where o.id = e."id" and o.certificate_id is null and e."certificateId" is not null`,
);

/** `$1` objections that changed: by organisation, their subjects. */
export const SUBJECTS_OF_OBJECTIONS: ConstantSql = constantSql(
  `select s.ods, s.kind, encode(s.digest, 'hex') as digest from consent.subject s
   where s.objection_id = any($1::uuid[]) order by s.ods`,
);
