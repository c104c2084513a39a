/** PostgreSQL 15 or newer, reached by a pool of connections. */
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Connection, type Maintenance, type QueueSql, withWholeScripts } from "./connection.ts";
import { listenOver } from "./postgres-listener.ts";

const DEFAULT_POOL_SIZE = 10;
/** Without it a caller waits for a free connection for ever; with it the rest fail after 504 ms and are told to come again. */
const CONNECTION_TIMEOUT_MS = 500;
/** Longer than the pool's own wait, so that the pool is the one that gives up. */
const MAX_WAIT_MS = 1_000;
const LOCK_TIMEOUT_MS = 1_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;
/** For statements outside a unit of work; `withRole` sets its own. */
const STATEMENT_TIMEOUT_MS = 5_000;
/** Before migrations: another process may be applying them and holds the connection limit meanwhile. */
const MAINTENANCE_CONNECTION_TIMEOUT_MS = 10_000;

/**
 * The session's settings. Without the time zone a machine in London would store instants an hour wrong in summer. Options of the
 * URL itself are kept in front of ours, because node-postgres would let them replace ours silently.
 */
function poolConfig(url: string): pg.PoolConfig {
  const parsed = new URL(url);
  const options = [parsed.searchParams.get("options"), "-c TimeZone=UTC"].filter((part) => part !== null).join(" ");
  parsed.searchParams.delete("options");
  return { connectionString: parsed.href, options, application_name: "nacr-gateway" };
}

/**
 * A connection that breaks while idle is replaced by the pool, and one that breaks in somebody's hands fails the next statement. Without
 * listeners Node would end the process: for the pool's own, and for a connection that the server ends with the very bytes that open it,
 * before whoever asked for it can listen (a server that is shut down under load).
 */
function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

async function withMaintenance<T>(url: string, work: (maintenance: Maintenance) => Promise<T>): Promise<T> {
  const pool = openPool({
    ...poolConfig(url),
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: MAINTENANCE_CONNECTION_TIMEOUT_MS,
  });
  const run = async (script: string): Promise<void> => {
    await pool.query(script);
  };
  try {
    return await work({
      adapter: withWholeScripts(new PrismaPg(pool), run),
      run,
      query: async (text) => (await pool.query<Record<string, unknown>>(text)).rows,
    });
  } finally {
    await pool.end();
  }
}

/** Two jobs' heartbeats and the supervision; a pick-up waits no longer than one of their statements takes. */
const QUEUE_POOL_SIZE = 3;
/** The queue's own tables are made within a second; the statements that follow take milliseconds. */
const QUEUE_STATEMENT_TIMEOUT_MS = 10_000;

/** Connects when first used, and lets go of connections that are idle for 10 s. */
function openQueuePool(url: string): { readonly queueSql: QueueSql; end(): Promise<void> } {
  const pool = openPool({
    ...poolConfig(url),
    application_name: "nacr-gateway-queue",
    max: QUEUE_POOL_SIZE,
    connectionTimeoutMillis: MAINTENANCE_CONNECTION_TIMEOUT_MS,
    statement_timeout: QUEUE_STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  });
  const run: QueueSql["run"] = async (text, values = []) => {
    // Without values node-postgres uses the simple protocol, where a script is one transaction and has one result for each statement.
    const result: pg.QueryResult | pg.QueryResult[] = await (values.length === 0
      ? pool.query(text)
      : pool.query(text, [...values]));
    return { rows: Array.isArray(result) ? result.flatMap(({ rows }) => rows) : result.rows };
  };
  return { queueSql: { run }, end: () => pool.end() };
}

/** Makes the pool; connects when first used. `url` must name its server: node-postgres would take localhost for an empty one. */
export function connectPostgres(url: string, poolSize: number = DEFAULT_POOL_SIZE): Connection {
  const pool = openPool({
    ...poolConfig(url),
    max: poolSize,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
  });
  const queuePool = openQueuePool(url);
  return {
    kind: "postgresql",
    adapter: new PrismaPg(pool),
    maxWaitMs: MAX_WAIT_MS,
    withMaintenance: (work) => withMaintenance(url, work),
    listen: listenOver(poolConfig(url)),
    queueSql: queuePool.queueSql,
    inLongTurns: (work) => work(),
    // The server's own autovacuum does it.
    vacuum: () => Promise.resolve([]),
    close: async () => {
      await Promise.all([pool.end(), queuePool.end()]);
    },
  };
}
