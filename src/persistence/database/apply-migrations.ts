/** Brings a database up to date at start, with the migrations of prisma/migrations in order of their names. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MigrationList } from "@prisma/schema-engine-wasm/schema_engine_bg";
import { StartRefused } from "../../errors/start-refused.ts";
import type { Connection, Maintenance } from "./connection.ts";
import { withSchemaEngine } from "./schema-engine.ts";

const MIGRATIONS_FOLDER = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));
const SCRIPT = "migration.sql";
const LOCK_FILE = "migration_lock.toml";
/** The number `prisma migrate deploy` locks too, so that an administrator's command and a starting gateway exclude each other. */
const ADVISORY_LOCK = 72_707_369;

export interface Migration {
  readonly name: string;
  readonly script: string;
}

/** A database this version must not work on. The text is for the operator. */
class MigrationError extends StartRefused {
  constructor(message: string) {
    super(message);
    this.name = "MigrationError";
  }
}

/** Reads the migrations, oldest first. */
export async function readMigrations(folder: string = MIGRATIONS_FOLDER): Promise<readonly Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(names.sort().map(async (name) => ({ name, script: await readFile(join(folder, name, SCRIPT), "utf8") })));
}

/** The migrations in the shape the schema engine takes. */
async function toMigrationList(migrations: readonly Migration[], folder: string = MIGRATIONS_FOLDER): Promise<MigrationList> {
  return {
    baseDir: folder,
    lockfile: { path: LOCK_FILE, content: await readFile(join(folder, LOCK_FILE), "utf8") },
    shadowDbInitScript: "",
    migrationDirectories: migrations.map(({ name, script }) => ({
      path: name,
      migrationFile: { path: SCRIPT, content: { tag: "ok", value: script } },
    })),
  };
}

const checksum = (script: string): string => createHash("sha256").update(script).digest("hex");

/** Name to checksum of what is applied; empty for a new database. Migrations of a newer version are in it and do not matter. */
async function readApplied(maintenance: Maintenance): Promise<ReadonlyMap<string, string>> {
  const [found] = await maintenance.query("select to_regclass('public._prisma_migrations') is not null as exists");
  if (found?.exists !== true) return new Map();
  const rows = await maintenance.query(
    "select migration_name, checksum from public._prisma_migrations where finished_at is not null and rolled_back_at is null",
  );
  return new Map(rows.map((row) => [String(row.migration_name), String(row.checksum)]));
}

function findPending(migrations: readonly Migration[], applied: ReadonlyMap<string, string>): readonly Migration[] {
  for (const { name, script } of migrations) {
    const known = applied.get(name);
    if (known !== undefined && known !== checksum(script)) {
      throw new MigrationError(
        `Migration ${name} was changed after it had been applied to this database. Add a new one instead.`,
      );
    }
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

async function applyUnderLock(maintenance: Maintenance, migrations: readonly Migration[]): Promise<readonly string[]> {
  // One transaction around everything the engine does: a process killed half-way leaves nothing behind, not even a failed row,
  // and the lock goes with it. Hence no migration may hold a statement that refuses a transaction (CREATE INDEX CONCURRENTLY).
  await maintenance.run(`begin; select pg_advisory_xact_lock(${ADVISORY_LOCK});`);
  try {
    const pending = findPending(migrations, await readApplied(maintenance));
    if (pending.length > 0) {
      const migrationsList = await toMigrationList(migrations);
      const filters = { externalTables: [], externalEnums: [] };
      await withSchemaEngine(maintenance.adapter, (engine) => engine.applyMigrations({ migrationsList, filters }));
    }
    await maintenance.run("commit");
    return pending.map(({ name }) => name);
  } catch (error) {
    await maintenance.run("rollback");
    throw error;
  }
}

/**
 * Applies what is missing and returns its names. Any number of processes may start at once: one applies, the others wait.
 * A database that is up to date is recognised without the engine (PostgreSQL: opening it takes 16 ms, an empty one with the engine 340 ms).
 * @throws MigrationError when an applied migration was edited; the engine's error when a script fails
 */
export async function applyMigrations(connection: Connection): Promise<readonly string[]> {
  const migrations = await readMigrations();
  return connection.withMaintenance(async (maintenance) => {
    const pending = findPending(migrations, await readApplied(maintenance));
    return pending.length === 0 ? [] : applyUnderLock(maintenance, migrations);
  });
}
