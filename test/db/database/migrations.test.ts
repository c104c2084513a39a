import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { applyMigrations, readMigrations } from "../../../src/persistence/database/apply-migrations.ts";
import type { Connection } from "../../../src/persistence/database/connection.ts";
import { openDatabase } from "../../../src/persistence/database/database.ts";
import { withSchemaEngine } from "../../../src/persistence/database/schema-engine.ts";
import { connectEmptyDatabase, createServerDatabase, databaseKind } from "../../support/database.ts";

const PRISMA_FOLDER = "prisma";
const NO_FILTERS = { externalTables: [], externalEnums: [] };

let connection: Connection;
let firstRun: readonly string[];

beforeAll(async () => {
  ({ connection } = await connectEmptyDatabase());
  firstRun = await applyMigrations(connection);
});
afterAll(() => connection.close());

const runScript = (script: string) => connection.withMaintenance((maintenance) => maintenance.run(script));

async function readSchemaFiles(): Promise<{ path: string; content: string }[]> {
  const names = (await readdir(PRISMA_FOLDER)).filter((name) => name.endsWith(".prisma"));
  return Promise.all(
    names.map(async (name) => ({ path: `${PRISMA_FOLDER}/${name}`, content: await readFile(join(PRISMA_FOLDER, name), "utf8") })),
  );
}

/** What would have to be changed in the migrated database for Prisma's models to be true; an empty migration when nothing. */
async function compareWithModels(): Promise<string> {
  const files = await readSchemaFiles();
  const result = await connection.withMaintenance((maintenance) =>
    withSchemaEngine(maintenance.adapter, (engine) =>
      engine.diff({
        from: { tag: "schemaDatasource", files, configDir: process.cwd() },
        to: { tag: "schemaDatamodel", files },
        script: true,
        exitCode: null,
        filters: NO_FILTERS,
      }),
    ),
  );
  return (result.stdout ?? "").trim();
}

describe("migrations", () => {
  it("are all applied to an empty database and recorded as Prisma records them", async () => {
    const migrations = await readMigrations();
    expect(firstRun).toEqual(migrations.map(({ name }) => name));
    const rows = await connection.withMaintenance((maintenance) =>
      maintenance.query("select migration_name, applied_steps_count, rolled_back_at from public._prisma_migrations order by 1"),
    );
    expect(rows).toEqual(migrations.map(({ name }) => ({ migration_name: name, applied_steps_count: 1, rolled_back_at: null })));
  });

  it("change nothing when they are applied again", async () => {
    expect(await applyMigrations(connection)).toEqual([]);
  });

  it("are recognised without the schema engine within 200 ms", async () => {
    const started = performance.now();
    await applyMigrations(connection);
    expect(performance.now() - started).toBeLessThan(200);
  });

  it("accept a database that a newer version has migrated further", async () => {
    await runScript(
      "insert into _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) values ('1', 'x', now(), '29990101000000_later', 1)",
    );
    expect(await applyMigrations(connection)).toEqual([]);
    await runScript("delete from _prisma_migrations where migration_name = '29990101000000_later'");
  });

  it("are refused when one was changed after it had been applied", async () => {
    await runScript("update _prisma_migrations set checksum = reverse(checksum) where migration_name like '%_roles'");
    await expect(applyMigrations(connection)).rejects.toThrow(/_roles was changed after/);
    await runScript("update _prisma_migrations set checksum = reverse(checksum) where migration_name like '%_roles'");
  });

  // The engine cannot read PostgreSQL's catalogue through its WebAssembly adapter (type "char"), the embedded one's it can.
  const itComparing = it.runIf(databaseKind === "embedded");

  itComparing("leave a database that agrees with Prisma's models", async () => {
    expect(await compareWithModels()).toBe("-- This is an empty migration.");
  });

  itComparing("would be found to disagree with the models (control)", async () => {
    await runScript("alter table public.drug add column forgotten text");
    expect(await compareWithModels()).toContain('DROP COLUMN "forgotten"');
    await runScript("alter table public.drug drop column forgotten");
  });
});

describe("a failing migration", () => {
  it("leaves nothing behind, so that the next start applies everything", async () => {
    const { connection: broken } = await connectEmptyDatabase();
    // The last migration meets a table of its own name; what came before it in the same start must go too.
    await broken.withMaintenance((maintenance) => maintenance.run("create table public.submission (id int)"));
    await expect(applyMigrations(broken)).rejects.toThrow();
    const [left] = await broken.withMaintenance((maintenance) =>
      maintenance.query("select to_regclass('public.patient') as patient, to_regclass('public._prisma_migrations') as record"),
    );
    expect(left).toEqual({ patient: null, record: null });
    await broken.withMaintenance((maintenance) => maintenance.run("drop table public.submission"));
    expect(await applyMigrations(broken)).toEqual(firstRun);
    await broken.close();
  });
});

describe("several processes that start at once", () => {
  it.runIf(databaseKind === "postgresql")("all find the database migrated, once", async () => {
    const url = await createServerDatabase("empty");
    const databases = await Promise.all(Array.from({ length: 4 }, () => openDatabase({ url, dataDir: "", pool: 1 })));
    const counts = await Promise.all(
      databases.map(({ prisma }) => prisma.$queryRaw`select count(*)::int as applied from _prisma_migrations`),
    );
    expect(counts.flat()).toEqual(databases.map(() => ({ applied: firstRun.length })));
    await Promise.all(databases.map((database) => database.close()));
  });

  it.runIf(databaseKind === "embedded")("are refused the folder that one of them has open, until it closes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "nacr-folder-"));
    const first = await openDatabase({ url: null, dataDir: folder });
    await first.prisma.organisation.create({ data: { odsCode: "RAA", name: "A Trust", nation: "ENGLAND" } });
    await expect(openDatabase({ url: null, dataDir: folder })).rejects.toThrow(`in use by process ${process.pid}`);
    await first.close();
    const second = await openDatabase({ url: null, dataDir: folder });
    expect(await second.prisma.organisation.count()).toBe(1);
    await second.close();
    await rm(folder, { recursive: true });
  });
});
