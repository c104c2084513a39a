/** Lines of the access logs (`audit.access_line`), under the role `nacr_journey` or `nacr_app`. `$1` is the reader's organisation. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** `$2` the client. Held to the end: of two readings of one client the second one counts the first. */
export const LOCK_READINGS: ConstantSql = constantSql(
  "select pg_advisory_xact_lock(hashtextextended('linked-persons/' || $1::text || '/' || $2::text, 0))",
);

/** `$2` the client, `$3` persons not to be counted, `$4` since when. */
export const COUNT_PERSONS: ConstantSql = constantSql(
  `select count(distinct l.person_id)::integer as persons from audit.access_line l
   where l.ods = $1 and l.reader_ods = $1 and l.client_id = $2 and l.at > $4::timestamptz and l.person_id <> all ($3::uuid[])`,
);

/** `$2` client, `$3` role, `$4` action, `$5` instant, `$6` correlation id; as columns: `$7` ids, `$8` whose log, `$9` patients, `$10` persons. */
export const INSERT_LINES: ConstantSql = constantSql(
  `insert into audit.access_line (ods, id, patient_id, at, reader_ods, client_id, role, action, person_id, correlation_id)
   select w.ods, w.id, w.patient_id, $5::timestamptz, $1, $2, $3, $4, w.person_id, $6
   from unnest($7::uuid[], $8::text[], $9::uuid[], $10::uuid[]) w (id, ods, patient_id, person_id)`,
);
