/**
 * A database of its own for each test file: in memory by default, a copy of one that the run migrated (`memory-image.ts`); on PostgreSQL where TEST_DATABASE_URL names a server
 * (`tsx scripts/postgres.ts -- vitest run --project db`): a template is migrated once for each state of the migrations, and each
 * file gets a clone (0.2 s).
 */
import { createHash, randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { readMigrations } from "../../src/persistence/database/apply-migrations.ts";
import type { Connection } from "../../src/persistence/database/connection.ts";
import { constantSql } from "../../src/persistence/database/constant-sql.ts";
import { type Database, openDatabase } from "../../src/persistence/database/database.ts";
import { connectEmbedded, IN_MEMORY } from "../../src/persistence/database/embedded-connection.ts";
import { connectPostgres } from "../../src/persistence/database/postgres-connection.ts";

const SERVER = process.env.TEST_DATABASE_URL ?? "";
/** Any number: test files take it in turn to make the template. */
const TEMPLATE_LOCK = 20_261_121;

/** What the tests of this run stand on. */
export const databaseKind: Database["kind"] = SERVER === "" ? "embedded" : "postgresql";

export interface TestDatabase {
  readonly database: Database;
  /** Null for the embedded database. */
  readonly url: string | null;
  /** Statements as the connection's own user, past row-level security where it is a superuser (it is, in tests). */
  query(text: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Closes it, after checking that no transaction was left open. */
  close(): Promise<void>;
}

async function withServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(name: string): string {
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return url.href;
}

async function ensureTemplate(client: pg.Client): Promise<string> {
  const scripts = (await readMigrations()).map(({ script }) => script).join("\n");
  const template = `nacr_template_${createHash("sha256").update(scripts).digest("hex").slice(0, 16)}`;
  await client.query("select pg_advisory_lock($1)", [TEMPLATE_LOCK]);
  const { rowCount } = await client.query("select from pg_database where datname = $1 and datistemplate", [template]);
  if (rowCount === 0) {
    await client.query(`drop database if exists ${template}`);
    await client.query(`create database ${template}`);
    await (await openDatabase({ url: urlOf(template), dataDir: "" })).close();
    await client.query(`alter database ${template} is_template true`);
  }
  await client.query("select pg_advisory_unlock($1)", [TEMPLATE_LOCK]);
  return template;
}

/** A new database on the server, empty or a clone of the migrated template. The server is thrown away, so nothing drops it. */
export async function createServerDatabase(content: "empty" | "migrated"): Promise<string> {
  const name = `nacr_test_${randomUUID().replaceAll("-", "")}`;
  await withServer(SERVER, async (client) => {
    const template = content === "migrated" ? await ensureTemplate(client) : "template0";
    await client.query(`create database ${name} template ${template}`);
  });
  return urlOf(name);
}

const IDLE_IN_TRANSACTION = `select count(*)::int as open from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'`;
const STILL_CONNECTED = `select count(*)::int as open from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;

/** A backend says goodbye a moment after its client has: ask again for up to a second. */
async function countConnections(url: string): Promise<number> {
  return withServer(url, async (client) => {
    for (let attempt = 0; ; attempt += 1) {
      const { rows } = await client.query<{ open: number }>(STILL_CONNECTED);
      const open = rows[0]?.open ?? 0;
      if (open === 0 || attempt === 20) return open;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
}

/** An embedded database has one connection: a transaction left open on it would keep this statement waiting for ever. */
const LEAK_TIMEOUT_MS = 3_000;

/** A process that was killed leaves its connections to the server, which takes note a moment later. */
async function assertIdle(database: Database): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    if ((await countOpen(database)) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await countOpen(database), "transactions left open").toBe(0);
}

async function countOpen(database: Database): Promise<number> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error("a transaction was left open")), LEAK_TIMEOUT_MS).unref();
  });
  const counted = await Promise.race([database.prisma.$queryRaw<{ open: number }[]>(constantSql(IDLE_IN_TRANSACTION)([])), late]);
  return counted[0]?.open ?? 0;
}

/** An empty database for tests of the migrations, below the level of `Database`. The caller closes it. */
export async function connectEmptyDatabase(): Promise<{ readonly connection: Connection; readonly url: string | null }> {
  if (SERVER === "") return { connection: await connectEmbedded({ dataDir: IN_MEMORY }), url: null };
  const url = await createServerDatabase("empty");
  return { connection: connectPostgres(url, 2), url };
}

/** Opens a database for tests that make and close several; others use `provideDatabase`. */
export async function openTestDatabase(pool = 5): Promise<TestDatabase> {
  const url = SERVER === "" ? null : await createServerDatabase("migrated");
  const database = await openDatabase({ url, dataDir: IN_MEMORY, pool, memoryImage: inject("memoryImage") });
  return {
    database,
    url,
    query: (text, values = []) => database.prisma.$queryRaw<Record<string, unknown>[]>(constantSql(text)(values)),
    close: async () => {
      try {
        await assertIdle(database);
      } finally {
        await database.close();
      }
      if (url !== null) expect(await countConnections(url), "connections left open").toBe(0);
    },
  };
}

/** One database for all tests of a file: opened before the first, checked for leaks and closed after the last. */
export function provideDatabase(): () => TestDatabase {
  let current: TestDatabase | null = null;
  beforeAll(async () => {
    current = await openTestDatabase();
  });
  afterAll(async () => {
    await current?.close();
  });
  return () => {
    if (current === null) throw new Error("the database is open only while tests run");
    return current;
  };
}
