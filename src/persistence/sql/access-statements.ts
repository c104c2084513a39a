/** The limit on persons read through links, counted from the audit trail. Under the role `nacr_journey`; `$1` is the reader's organisation. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** `$2` the client. Held to the end: of two readings of one client the second one counts the first. */
export const LOCK_READINGS: ConstantSql = constantSql(
  "select pg_advisory_xact_lock(hashtextextended('linked-persons/' || $1::text || '/' || $2::text, 0))",
);

/** `$2` the client, `$3` persons not to be counted, `$4` since when. */
export const COUNT_PERSONS: ConstantSql = constantSql(
  `select count(distinct person)::integer as persons from audit.event e cross join unnest(e.person_ids) person
   where e.ods = $1 and e.agent_ods = $1 and e.agent_id = $2 and e.person_ids is not null and e.at > $4::timestamptz
     and person <> all ($3::uuid[])`,
);
