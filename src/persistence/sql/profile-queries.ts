/** Saved profiles and site codes. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/** `$1` organisation. Savings of one organisation follow one another, so that versions count without a gap and limits hold. */
export const LOCK_PROFILES: ConstantSql = constantSql(
  `select pg_advisory_xact_lock(hashtextextended('mapping-profiles/' || $1::text, 0))`,
);

/** The same for its site codes. */
export const LOCK_SITE_CODES: ConstantSql = constantSql(
  `select pg_advisory_xact_lock(hashtextextended('site-codes/' || $1::text, 0))`,
);
