import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../../src/errors/gateway-error.ts";
import { constantSql } from "../../../src/persistence/database/constant-sql.ts";
import { openDatabase } from "../../../src/persistence/database/database.ts";
import { isRetryableConflict } from "../../../src/persistence/database/database-fault.ts";
import { newId, patientRow } from "../../support/clinical-rows.ts";
import { databaseKind, provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();
const unit = { role: "nacr_app", ods: "RAA", programmes: ["RAA-1"] } as const;
const CANARY = "canary-9434765919";

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe("a statement the database refuses", () => {
  it("is a retryable conflict when two writers met, through models and through SQL", async () => {
    const patient = patientRow("RAA", "RAA-1");
    const twice = testDatabase().database.withRole(unit, async (tx) => {
      await tx.patient.create({ data: patient });
      await tx.patient.create({ data: patient });
    });
    expect(isRetryableConflict(await failureOf(twice))).toBe(true);

    const insert = constantSql("insert into identity.source_id values ($1, $1, $1, $1, '', $2::uuid)");
    const raw = testDatabase().database.withRole(unit, async (tx) => {
      await tx.$executeRaw(insert(["RAA", newId()]));
      await tx.$executeRaw(insert(["RAA", newId()]));
    });
    const failure = await failureOf(raw);
    expect(failure).toMatchObject({ name: "DatabaseFault", state: "23505" });
    expect(isRetryableConflict(failure)).toBe(true);
  });

  it("is no conflict when it is wrong in itself", async () => {
    const failure = await failureOf(testDatabase().database.withRole(unit, (tx) => tx.$queryRaw`select * from no_such_table`));
    expect(failure).toMatchObject({ name: "DatabaseFault", state: "42P01" });
    expect(isRetryableConflict(failure)).toBe(false);
    expect(isRetryableConflict(new Error("23505"))).toBe(false);
  });

  it("is reported without any value that was sent, also to whoever prints the error whole", async () => {
    const { database } = testDatabase();
    const failures = await Promise.all([
      failureOf(database.withRole(unit, (tx) => tx.$queryRaw`select ${CANARY}::date`)),
      failureOf(database.withRole(unit, (tx) => tx.patient.create({ data: { ...patientRow("RAA", "RAA-1"), id: CANARY } }))),
      failureOf(
        database.withRole(unit, (tx) =>
          tx.patient.create({ data: Object.assign(patientRow("RAA", "RAA-1"), { [CANARY]: CANARY }) }),
        ),
      ),
    ]);
    for (const failure of failures) {
      expect(failure).toMatchObject({ name: "DatabaseFault" });
      expect(inspect(failure, { depth: 10, showHidden: true })).not.toContain(CANARY);
    }
  });

  it("would be found to hold the value if Prisma's own error came out (control)", async () => {
    const failure = await failureOf(
      testDatabase().database.prisma.patient.create({ data: { ...patientRow("RAA", "RAA-1"), id: CANARY } }),
    );
    expect(inspect(failure, { depth: 10, showHidden: true })).toContain(CANARY);
  });
});

describe("what is not the database's fault", () => {
  it("comes out of a unit of work as it was thrown", async () => {
    const refusal = new GatewayError("NOT_FOUND", "No such submission.");
    const fault = new TypeError("a fault of ours");
    expect(await failureOf(testDatabase().database.withRole(unit, () => Promise.reject(refusal)))).toBe(refusal);
    expect(await failureOf(testDatabase().database.withRole(unit, () => Promise.reject(fault)))).toBe(fault);
  });
});

describe("a database that does not answer", () => {
  it("is DATABASE_UNAVAILABLE at once, without its address", async () => {
    const failure = await failureOf(openDatabase({ url: "postgresql://nobody@127.0.0.1:9/none", dataDir: "" }));
    expect(failure).toMatchObject({ code: "DATABASE_UNAVAILABLE", retryable: true });
    expect(inspect(failure)).not.toContain("127.0.0.1");
  });

  it("is OVERLOADED for a unit of work that runs longer than it may", async () => {
    const slow = testDatabase().database.withRole(unit, () => new Promise((resolve) => setTimeout(resolve, 300)), {
      timeoutMs: 100,
    });
    expect(await failureOf(slow)).toMatchObject({ code: "OVERLOADED" });
    expect(await testDatabase().database.withRole(unit, (tx) => tx.patient.count())).toBe(0);
  });

  it.runIf(databaseKind === "postgresql")(
    "is OVERLOADED within a second for a caller that finds no free connection",
    async () => {
      const url = testDatabase().url;
      const small = await openDatabase({ url, dataDir: "", pool: 1 });
      const holder = small.withRole(unit, () => new Promise((resolve) => setTimeout(resolve, 1_500)));
      await new Promise((resolve) => setTimeout(resolve, 50));
      const started = performance.now();
      expect(await failureOf(small.withRole(unit, (tx) => tx.patient.count()))).toMatchObject({
        code: "OVERLOADED",
        retryable: true,
      });
      expect(performance.now() - started).toBeLessThan(1_000);
      await holder;
      await small.close();
    },
  );

  it.runIf(databaseKind === "postgresql")("is OVERLOADED for a statement that runs longer than its unit may", async () => {
    const slow = testDatabase().database.withRole(unit, (tx) => tx.$queryRaw`select pg_sleep(5)::text`, { timeoutMs: 200 });
    expect(await failureOf(slow)).toMatchObject({ code: "OVERLOADED" });
  });

  it.runIf(databaseKind === "postgresql")(
    "is DATABASE_UNAVAILABLE for the unit whose connection is cut, and serves the next one",
    async () => {
      const { database } = testDatabase();
      const cut = database.withRole(unit, async (tx) => {
        const [own] = await tx.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`;
        await database.prisma.$queryRaw`select pg_terminate_backend(${own?.pid ?? 0}::int)`;
        return tx.patient.count();
      });
      expect(await failureOf(cut)).toMatchObject({ code: "DATABASE_UNAVAILABLE" });
      await database.ping();
    },
  );
});

describe("constant SQL", () => {
  it("binds a place as often as it stands, and array literals as one value", async () => {
    const pairs = constantSql(
      "select $2::text as b, $1::text as a, x.id, x.n from unnest($3::text[], $4::integer[]) as x(id, n) where $1::text = 'p'",
    );
    expect(await testDatabase().database.prisma.$queryRaw(pairs(["p", "q", '{a,"b,c",NULL}', "{1,NULL,3}"]))).toEqual([
      { b: "q", a: "p", id: "a", n: 1 },
      { b: "q", a: "p", id: "b,c", n: null },
      { b: "q", a: "p", id: null, n: 3 },
    ]);
  });

  it("refuses a wrong number of values and places with a gap", () => {
    expect(() => constantSql("select $1")([])).toThrow(RangeError);
    expect(() => constantSql("select $1, $3")).toThrow(RangeError);
  });
});
