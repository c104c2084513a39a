/** `keys.data_key`, as the connection's own user: no role of the application may read it. */
import { constantSql } from "../database/constant-sql.ts";
import type { ConstantSql } from "./table-shape.ts";

/**
 * Held by whoever wraps a key until it is stored, and alone by whoever replaces the master key: no key is stored that was wrapped with
 * one that is gone.
 */
const WRAPPING = "hashtextextended('keys/wrapping', 0)";
export const LOCK_WRAPPING_SHARED: ConstantSql = constantSql(`select pg_advisory_xact_lock_shared(${WRAPPING})::text`);
export const LOCK_WRAPPING: ConstantSql = constantSql(`select pg_advisory_xact_lock(${WRAPPING})::text`);

const COLUMNS = "k.scope, k.version, k.wrapped, k.seals_from <= now() as seals";

/** `$1` scopes. */
export const KEYS_OF: ConstantSql = constantSql(
  `select ${COLUMNS} from keys.data_key k where k.scope = any ($1::text[]) order by k.scope, k.version`,
);
export const ALL_KEYS: ConstantSql = constantSql(`select ${COLUMNS} from keys.data_key k order by k.scope, k.version`);

/** `$1` scope, `$2` wrapped. */
export const STORE_FIRST: ConstantSql = constantSql(
  "insert into keys.data_key (scope, version, wrapped) values ($1, 1, $2) on conflict do nothing",
);

/** `$1` scope, `$2` version, `$3` wrapped, `$4` seconds from now on after which it is used. */
export const STORE_NEXT: ConstantSql = constantSql(
  `insert into keys.data_key (scope, version, wrapped, seals_from)
   values ($1, $2::integer, $3, now() + make_interval(secs => $4::double precision))`,
);

/** `$1` scopes, `$2` versions, `$3` what each is wrapped as. */
export const REWRAP: ConstantSql = constantSql(
  `update keys.data_key k set wrapped = n.wrapped from unnest($1::text[], $2::integer[], $3::bytea[]) n(scope, version, wrapped)
   where k.scope = n.scope and k.version = n.version`,
);

/** Scopes with versions older than the one in use; `settled` where that has been in use for `$1` seconds. */
export const REPLACED_KEYS: ConstantSql = constantSql(
  `select n.scope, n.version as newest, n.seals_from + make_interval(secs => $1::double precision) <= now() as settled
   from (select distinct on (k.scope) k.* from keys.data_key k where k.seals_from <= now() order by k.scope, k.version desc) n
   where exists (select from keys.data_key o where o.scope = n.scope and o.version < n.version)
   order by n.scope`,
);

/** `$1` scope, `$2` version. */
export const DESTROY_OLDER: ConstantSql = constantSql(
  "delete from keys.data_key k where k.scope = $1 and k.version < $2::integer",
);
