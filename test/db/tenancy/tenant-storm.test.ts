/**
 * Z5. The gate runs a thousand operations; the figure asked for:
 * `NACR_STORM=20000 tsx scripts/postgres.ts -- vitest run --project db test/db/tenancy`. On PostgreSQL only: the embedded database has
 * one connection, which no two units of work share.
 */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSeededRandom } from "../../../src/lib/seeded-random.ts";
import { type Database, openDatabase } from "../../../src/persistence/database/database.ts";
import { databaseKind, openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { type StormReport, TenantStorm } from "./tenant-storm.ts";

const OPERATIONS = Number(process.env.NACR_STORM ?? 1_000);
const TENANTS = 20;
const POOL = 5;
const MINUTES = 60_000;
const KILL_ONE = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and application_name = 'nacr-gateway' order by random() limit 1`;

/**
 * As a gateway would work that sets role and organisation on the session: the pool hands the connection to whoever comes next. Keys are
 * read over `steady`, which no session has changed.
 */
const onSessions = (steady: Database, pool: Database): Database => ({
  ...steady,
  withRole: async ({ role, ods = "", programmes = [] }, work) => {
    await pool.prisma.$executeRaw`select set_config('role', ${role}, false), set_config('app.ods', ${ods}, false),
      set_config('app.programmes', ${programmes.join(",")}, false)`;
    return work(pool.prisma);
  },
});

describe.runIf(databaseKind === "postgresql")("a storm of twenty organisations over five connections", () => {
  let test: TestDatabase;
  let storm: TenantStorm;
  let report: StormReport;

  beforeAll(async () => {
    test = await openTestDatabase(POOL);
    storm = new TenantStorm(test.database, createSeededRandom(2_026), TENANTS);
    await storm.prepare();
    const killer = new pg.Pool({ connectionString: test.url ?? "", max: 1 });
    const kill = async () => void (await killer.query(KILL_ONE));
    report = await storm.run({ operations: OPERATIONS, aborted: 0.1, kill });
    await killer.end();
  }, 30 * MINUTES);
  afterAll(() => test.close());

  it("shows nobody a row of another organisation, nor one that was given up", () => {
    expect(report.foreign).toEqual([]);
  });

  it("has read, written, given up and been cut as much as it claims", () => {
    const { reads, writes, aborted, killed, cut } = report.done;
    expect(reads + writes + aborted + cut).toBe(OPERATIONS);
    // What a busy machine puts off is cut, too.
    expect(reads).toBeGreaterThan(0.4 * OPERATIONS);
    expect(writes).toBeGreaterThan(0.1 * OPERATIONS);
    expect(aborted).toBeGreaterThan(0.05 * OPERATIONS);
    expect(killed).toBeGreaterThan(0.03 * OPERATIONS);
    expect(report.own).toBeGreaterThan(10 * OPERATIONS);
  });

  it("fails only as callers are told to come again", () => {
    expect(report.faults).toEqual([]);
  });

  it("loses nothing that was acknowledged, keeps nothing that was given up, and leaves every row with its organisation", async () => {
    const rows = await test.query("select ods, id::text as id, programme_code from patient");
    const stored = new Set(rows.map(({ ods, id }) => `${String(ods)} ${String(id)}`));
    const acknowledged = storm.tenants.flatMap(({ actor, written }) =>
      written.map(({ patientId }) => `${actor.ods} ${patientId}`),
    );
    expect(acknowledged.filter((name) => !stored.has(name))).toEqual([]);
    expect(rows.flatMap(({ ods, ...row }) => storm.owners.sort(String(ods), row).foreign)).toEqual([]);
  });

  it("would be caught if the organisation were a setting of the session (control)", async () => {
    const pool = await openDatabase({ url: test.url, dataDir: "", pool: POOL });
    const { foreign } = await storm.run({ operations: 100, aborted: 0, database: onSessions(test.database, pool) });
    await pool.close();
    expect(foreign.length).toBeGreaterThan(0);
  });

  it("would be caught if the policy of one table had no condition (control)", async () => {
    await test.query("create policy careless on public.patient for select to nacr_app using (true)");
    const { foreign } = await storm.run({ operations: 100, aborted: 0 });
    await test.query("drop policy careless on public.patient");
    expect(foreign.length).toBeGreaterThan(0);
  });
});
