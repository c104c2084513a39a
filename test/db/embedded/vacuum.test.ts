import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../../src/persistence/database/database.ts";
import { databaseKind, provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();
const NO_LIMIT_MS = 60_000;

const run = async (script: string): Promise<void> => {
  for (const statement of script.split(";")) await testDatabase().query(statement);
};
/** What was counted so far, as PGlite notes it a second later at the latest. */
async function deadRowsOf(table: string): Promise<unknown> {
  await testDatabase().query("select pg_stat_force_next_flush()::text");
  const [row] = await testDatabase().query("select n_dead_tup::int as dead from pg_stat_user_tables where relname = $1", [table]);
  return row?.dead;
}

describe.runIf(databaseKind === "embedded")("vacuum of the embedded database", () => {
  it("frees what replaced rows left and tells the planner, in the tables that need it", async () => {
    await run(`create table changed (id int, content text); create table quiet (id int);
      insert into changed select g, 'x' from generate_series(1, 4000) g; insert into quiet values (1);
      update changed set content = 'y'`);
    expect(await deadRowsOf("changed")).toBe(4000);
    const done = await testDatabase().database.vacuum(NO_LIMIT_MS);
    expect(done).toContain("public.changed");
    expect(done).not.toContain("public.quiet");
    expect(await deadRowsOf("changed")).toBe(0);
    const [{ reltuples } = {}] = await testDatabase().query("select reltuples::int from pg_class where relname = 'changed'");
    expect(reltuples).toBe(4000);
    expect(await testDatabase().database.vacuum(NO_LIMIT_MS)).toEqual([]);
  });

  it("begins no table after its time, and goes on with the rest the next time", async () => {
    await run("update changed set content = 'z'");
    expect(await deadRowsOf("changed")).toBe(4000);
    expect(await testDatabase().database.vacuum(-1)).toEqual([]);
    expect(await testDatabase().database.vacuum(NO_LIMIT_MS)).toEqual(["public.changed"]);
  });

  it("finds a table that grew before the gateway was started again, when nothing counted is left", async () => {
    const dataDir = await mkdtemp(join(tmpdir(), "nacr-vacuum-"));
    const first = await openDatabase({ url: null, dataDir });
    await first.prisma
      .$executeRaw`create table grown as select g as id, repeat('x', 100) as content from generate_series(1, 4000) g`;
    await first.close();
    const second = await openDatabase({ url: null, dataDir });
    expect(await second.vacuum(NO_LIMIT_MS)).toEqual(["public.grown"]);
    expect(await second.vacuum(NO_LIMIT_MS)).toEqual([]);
    await second.close();
    await rm(dataDir, { recursive: true });
  });
});

describe.runIf(databaseKind === "postgresql")("vacuum of a PostgreSQL server", () => {
  it("is left to its autovacuum", async () => {
    expect(await testDatabase().database.vacuum(NO_LIMIT_MS)).toEqual([]);
  });
});
