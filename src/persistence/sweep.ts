/** Removes what nobody may see any more. Each call goes on until nothing is left, in pieces short enough not to hold anybody up. */
import { LIMITS } from "../lib/limits.ts";
import { constantSql } from "./database/constant-sql.ts";
import type { Database } from "./database/database.ts";
import type { UnitSettings } from "./database/unit.ts";
import { ORGANISATIONS } from "./sql/destruction-statements.ts";
import { SWEEP_MESSAGES } from "./sql/inbox-statements.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { numberOf, type SqlRow, textOf } from "./sql-row.ts";

/** A dry run of a million patients has 60,000 pages of report, whose deletion takes seconds. */
const PIECE_TIMEOUT_MS = 60_000;
const DRY_RUNS_AT_ONCE = 20;
/** Some are megabytes. */
const ENVELOPES_AT_ONCE = 100;
const ROWS_AT_ONCE = 5_000;

/** One statement: all its parts see the submissions as they were before, so that the policies of what hangs on them find them. */
const DRY_RUNS = constantSql(
  `with expired as (
     select s.ods, s.id from public.submission s where s.expires_at < now() order by s.expires_at limit $1::integer),
   pages as (delete from public.submission_report r using expired e where r.ods = e.ods and r.submission_id = e.id),
   jobs as (delete from public.submission_job j using expired e where j.ods = e.ods and j.submission_id = e.id),
   gone as (delete from public.submission s using expired e where s.ods = e.ods and s.id = e.id returning s.id)
   select count(*)::integer as swept from gone`,
);

const IDEMPOTENCY_KEYS = constantSql(
  `with old as (
     select s.ods, s.id from public.submission s
     where s.idempotency_key is not null and s.received_at < now() - interval '${LIMITS.idempotencyKeyDays} days' limit $1::integer),
   forgotten as (
     update public.submission s set idempotency_key = null from old o where s.ods = o.ods and s.id = o.id returning s.id)
   select count(*)::integer as swept from forgotten`,
);

const USED_ASSERTIONS = constantSql(
  `with expired as (select a.client_id, a.jti from access.used_assertion a where a.expires_at < now() limit $1::integer),
   gone as (
     delete from access.used_assertion a using expired e where a.client_id = e.client_id and a.jti = e.jti returning a.jti)
   select count(*)::integer as swept from gone`,
);

const WEBHOOK_DELIVERIES = constantSql(
  `with old as (
     select d.ods, d.id from public.webhook_delivery d
     where d.attempted_at < now() - interval '${LIMITS.webhookDeliveryDays} days' limit $1::integer),
   gone as (delete from public.webhook_delivery d using old o where d.ods = o.ods and d.id = o.id returning d.id)
   select count(*)::integer as swept from gone`,
);

/** Nobody may bring the records back any more: what that would have taken goes, sealed identities too. */
const TOMBSTONES = constantSql(
  `with over as (
     select k.ods, k.record_id, k.version from public.record_tombstone k
     where k.restorable_until < now() and k.stored <> '{}' limit $1::integer),
   emptied as (
     update public.record_tombstone k
     set stored = '{}', beside = jsonb_build_object('identity.source_id', coalesce(k.beside -> 'identity.source_id', '[]'))
     from over o where k.ods = o.ods and k.record_id = o.record_id and k.version = o.version returning k.version)
   select count(*)::integer as swept from emptied`,
);

/** `$2` organisation, `$3` days. */
const ENVELOPES = constantSql(
  `with old as (
     select e.ods, e.submission_id, e.chunk from public.submission_envelope e join public.submission s on s.ods = e.ods and s.id = e.submission_id
     where e.ods = $2 and s.received_at < now() - make_interval(days => $3::integer) limit $1::integer),
   gone as (
     delete from public.submission_envelope e using old o
     where e.ods = o.ods and e.submission_id = o.submission_id and e.chunk = o.chunk returning e.chunk)
   select count(*)::integer as swept from gone`,
);

export interface Swept {
  readonly dryRuns: number;
  readonly idempotencyKeys: number;
  readonly usedAssertions: number;
  readonly webhookDeliveries: number;
  readonly mllpMessages: number;
  readonly tombstones: number;
}

/** Safe in several processes at once. @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED; what was swept until then is gone */
export async function sweep(database: Database): Promise<Swept> {
  return {
    dryRuns: await sweepAll(database, "nacr_worker", DRY_RUNS, DRY_RUNS_AT_ONCE),
    idempotencyKeys: await sweepAll(database, "nacr_worker", IDEMPOTENCY_KEYS, ROWS_AT_ONCE),
    usedAssertions: await sweepAll(database, "nacr_access", USED_ASSERTIONS, ROWS_AT_ONCE),
    webhookDeliveries: await sweepAll(database, "nacr_worker", WEBHOOK_DELIVERIES, ROWS_AT_ONCE),
    mllpMessages: await sweepAll(database, "nacr_worker", SWEEP_MESSAGES, ROWS_AT_ONCE),
    tombstones: await sweepAll(database, "nacr_worker", TOMBSTONES, ROWS_AT_ONCE),
  };
}

/** Inputs of submissions that are older than `days`, which cannot be replayed then. @returns how many. @throws as `sweep` */
export async function sweepEnvelopes(database: Database, days: number): Promise<number> {
  const rows = await database.withRole({ role: "nacr_access" }, (tx) => tx.$queryRaw<SqlRow[]>(ORGANISATIONS([])));
  let total = 0;
  for (const ods of rows.map((row) => textOf(row, "ods")))
    total += await sweepAll(database, { role: "nacr_eraser", ods }, ENVELOPES, ENVELOPES_AT_ONCE, ods, days);
  return total;
}

async function sweepAll(
  database: Database,
  as: UnitSettings | UnitSettings["role"],
  statement: ConstantSql,
  atOnce: number,
  ...more: readonly unknown[]
): Promise<number> {
  const settings = typeof as === "string" ? { role: as } : as;
  let total = 0;
  for (;;) {
    const rows = await database.withRole(settings, (tx) => tx.$queryRaw<SqlRow[]>(statement([atOnce, ...more])), {
      timeoutMs: PIECE_TIMEOUT_MS,
    });
    const swept = rows[0] === undefined ? 0 : numberOf(rows[0], "swept");
    total += swept;
    if (swept < atOnce) return total;
  }
}
