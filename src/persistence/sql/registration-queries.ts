/** Registrations: one at a time of each identity, and one at a time of those that change each one. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** `$1` issuer, `$2` subject. Held until the end. */
export const LOCK_IDENTITY: ConstantSql = constantSql(
  "select pg_advisory_xact_lock(hashtextextended('identity/' || $1::text || ' ' || $2::text, 0))",
);

/**
 * `$1` ids as an array literal; `$2` organisation, `$3` issuer and `$4` subject of whoever asks, each may be null; `$5` whether every
 * organisation's. Another's row is not locked: that takes longer than finding nothing, which would tell that there is one. In the order
 * of their ids, so that two who change several wait for each other and never in a ring.
 */
export const LOCK_REGISTRATIONS: ConstantSql = constantSql(
  `select id from access.registration
   where id = any ($1::uuid[]) and (ods_code = $2::text or (issuer = $3::text and subject = $4::text) or $5::boolean)
   order by id for update`,
);

/** While administrators are changed, nobody else changes them: how many remain is judged. */
export const LOCK_TRUST: ConstantSql = constantSql("select pg_advisory_xact_lock(hashtextextended('trust', 0))");
