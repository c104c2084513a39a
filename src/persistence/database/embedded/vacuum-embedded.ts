/**
 * What autovacuum does on a PostgreSQL server. PGlite has no background processes: without this, replaced rows stay for ever, and the
 * planner works with the statistics of an empty table.
 */
import type { EmbeddedDatabase } from "./embedded-database.ts";

/**
 * Autovacuum's rule with a tenth instead of a fifth. PGlite forgets what it counted when it is closed, so growth is seen by the file's
 * size too. And what is old, catalogues as well, before transaction numbers run out after two thousand million.
 */
const IN_NEED = `select format('%I.%I', n.nspname, c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace left join pg_stat_user_tables s on s.relid = c.oid
  where c.relkind = 'r' and (age(c.relfrozenxid) > 150000000 or s.relid is not null and (
    greatest(s.n_dead_tup, s.n_mod_since_analyze, s.n_ins_since_vacuum) > 500 + 0.1 * greatest(c.reltuples, 0)
    or pg_relation_size(c.oid) / current_setting('block_size')::int > 8 + 1.1 * c.relpages))
  order by s.n_dead_tup + s.n_mod_since_analyze desc, c.relpages desc`;

/**
 * Vacuums and analyses the tables that changed most, one statement each, so that others have their turn in between; a table of 50,000
 * patients' rows takes about a second. Begins no other table after `limitMs`: the next call goes on from there.
 * @returns the tables done
 */
export async function vacuumEmbedded(database: EmbeddedDatabase, limitMs: number): Promise<readonly string[]> {
  const deadline = performance.now() + limitMs;
  const { rows } = await database.query<{ name: string }>(IN_NEED);
  const done: string[] = [];
  for (const { name } of rows) {
    if (performance.now() > deadline) break;
    await database.inLongTurns(() => database.exec(`vacuum (analyze) ${name}`));
    done.push(name);
  }
  return done;
}
