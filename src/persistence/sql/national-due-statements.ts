/** Lines of `national_feed.due`, which the feed of the national side works off. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** `$1` organisations, `$2` patients. Wakes the feed when the transaction commits (trigger `woken`). */
export const MARK_PATIENTS: ConstantSql = constantSql(
  "insert into national_feed.due (ods, patient_id) select ods, id from unnest($1::text[], $2::uuid[]) d(ods, id)",
);

/** `$1` organisation: whether it is in the register. */
export const IS_REGISTERED: ConstantSql = constantSql(
  "select exists (select from public.organisation o where o.ods_code = $1) as registered",
);

/** `$1` organisation: everybody it has, and everybody it had when the feed last looked. */
export const MARK_ORGANISATION: ConstantSql = constantSql(
  `insert into national_feed.due (ods, patient_id)
   select p.ods, p.id from public.patient p where p.ods = $1
   union select m.ods, m.patient_id from national_feed.member m where m.ods = $1`,
);
