import { inspect } from "node:util";
import { messages, PGlite, types } from "@electric-sql/pglite";
import { PrismaPGlite } from "pglite-prisma-adapter";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedDatabase, openEmbedded } from "../../../src/persistence/database/embedded/embedded-database.ts";
import { createPrismaAdapter } from "../../../src/persistence/database/embedded/prisma-adapter.ts";

const IDLE_MS = 300;
const CANARY = "canary-9434765919";
const losses: Error[] = [];
let database: EmbeddedDatabase;
/** The package as it is, in this thread: what the other thread must give too. */
let original: PGlite;

const SCHEMA = `create table parent (id int constraint parent_pk primary key, note text not null check (note <> 'bad'));
  create table child (id int references parent (id) deferrable initially deferred);
  create table bytes (id int, content bytea)`;

beforeAll(async () => {
  database = await openEmbedded({ folder: null, reportLoss: (error) => losses.push(error), idleInTransactionMs: IDLE_MS });
  original = await PGlite.create();
  await database.exec(SCHEMA);
  await original.exec(SCHEMA);
});
afterAll(async () => {
  await Promise.all([database.close(), original.close()]);
  expect(losses).toEqual([]);
});

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );
const count = async (table: string): Promise<unknown> =>
  (await database.query(`select count(*)::int as total from ${table}`)).rows[0]?.total;

describe("a statement in the other thread", () => {
  const ALL_TYPES = `select $1::int as i, $2::text as t, $3::boolean as b, $4::double precision as d, $5::timestamptz as at,
    $6::date as day, $7::jsonb as j, $8::bytea as raw, $9::text[] as list, null::uuid as nothing, 9007199254740993::bigint as big,
    1.50::numeric as exact, array[1, null, 3] as numbers`;
  const VALUES = [
    7,
    `O'Neil "\\" {a,NULL}, é\n`,
    true,
    0.1,
    "2026-03-29T01:30:00.125Z",
    "2026-03-31",
    '{"a":[1,2]}',
    Buffer.from([0, 255, 92]),
    ["a,b", null, 'c"'],
  ];

  it("gives the values that PGlite gives", async () => {
    const expected = await original.query(ALL_TYPES, VALUES);
    const { rows, fields, affectedRows } = await database.query(ALL_TYPES, VALUES);
    expect(rows).toEqual(expected.rows);
    expect(fields).toEqual(expected.fields);
    expect(affectedRows).toBe(0);
  });

  it("gives a caller's parsers PostgreSQL's own text, and rows as arrays where asked", async () => {
    const parsers = { [types.TIMESTAMPTZ]: (text: string) => `<${text}>`, [types.INT8]: (text: string) => text };
    const options = { rowMode: "array", parsers } as const;
    const expected = await original.query<unknown[]>(ALL_TYPES, VALUES, options);
    const { rows } = await database.query<unknown[]>(ALL_TYPES, VALUES, options);
    expect(rows).toEqual(expected.rows);
    expect(rows[0]).toContain("9007199254740993");
  });

  it("carries bytes both ways, few and many", async () => {
    const contents = [
      new Uint8Array(0),
      Buffer.from("a piece of the pool"),
      new Uint8Array(600_000).map((_, place) => place % 256),
    ];
    for (const [id, content] of contents.entries()) await database.query("insert into bytes values ($1, $2)", [id, content]);
    const { rows } = await database.query("select content from bytes order by id");
    expect(rows.map((row) => row.content)).toEqual(contents.map((content) => new Uint8Array(content)));
  });

  it("tells how many rows it changed", async () => {
    const { affectedRows } = await database.query("insert into parent select g, 'x' from generate_series(100, 119) g");
    expect(affectedRows).toBe(20);
    expect(await database.exec("delete from parent where id < 110; delete from parent where id >= 110; -- done")).toMatchObject([
      { command: "DELETE" },
      { command: "DELETE" },
    ]);
    expect(await database.exec("-- nothing to do")).toHaveLength(1);
  });

  it("is refused with PGlite's own error and what its readers need of it", async () => {
    await database.query("insert into parent values (1, 'x')");
    const failure = await failureOf(database.query("insert into parent values ($1, $2)", [1, CANARY]));
    expect(failure).toBeInstanceOf(messages.DatabaseError);
    expect(failure).toMatchObject({ code: "23505", severity: "ERROR", table: "parent", constraint: "parent_pk" });
    expect(failure).toMatchObject({ detail: "Key (id)=(1) already exists." });
  });

  it("is refused without the statement and its values, which PGlite puts on the error", async () => {
    const insert = (on: { query(text: string, values: unknown[]): Promise<unknown> }) =>
      failureOf(on.query("insert into parent values ($1, $2)", [1, CANARY]));
    await original.query("insert into parent values (1, 'x')");
    expect(inspect(await insert(original), { depth: 10, showHidden: true })).toContain(CANARY);
    expect(inspect(await insert(database), { depth: 10, showHidden: true })).not.toContain(CANARY);
  });

  it("is refused alone, where no type takes its value or the value cannot be handed over", async () => {
    await expect(database.query("select $1::bytea", ["text"])).rejects.toThrow("a bytea parameter is not bytes");
    await expect(database.query("select $1::text", [() => CANARY])).rejects.toThrow();
    expect((await database.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  });
});

describe("a transaction", () => {
  it("has the connection until it ends; others wait", async () => {
    const order: string[] = [];
    const first = await database.startTransaction();
    const later = ["a", "b"].map((name) => database.query("select 1").then(() => order.push(name)));
    const second = database.startTransaction().then(async (transaction) => {
      order.push("second");
      await transaction.rollback();
    });
    await first.query("insert into parent values (10, 'x')");
    await new Promise((resolve) => setTimeout(resolve, 50));
    order.push("first ends");
    await first.commit();
    await Promise.all([...later, second]);
    expect(order).toEqual(["first ends", "a", "b", "second"]);
  });

  it("is gone after its rollback, also a second time", async () => {
    const transaction = await database.startTransaction("SERIALIZABLE");
    expect((await transaction.query("show transaction_isolation")).rows).toEqual([{ transaction_isolation: "serializable" }]);
    await transaction.query("insert into parent values (11, 'x')");
    await transaction.rollback();
    await transaction.rollback();
    expect((await database.query("select from parent where id = 11")).rows).toEqual([]);
    await expect(transaction.query("select 1")).rejects.toMatchObject({ code: "25P01" });
    await expect(transaction.commit()).rejects.toMatchObject({ code: "25P01" });
  });

  it("whose commit PostgreSQL refuses says so, unlike that of the published adapter", async () => {
    const orphan = { sql: "insert into child values (404)", args: [], argTypes: [] };
    const ours = await createPrismaAdapter(database, (level) => database.startTransaction(level)).connect();
    const transaction = await ours.startTransaction();
    await transaction.executeRaw(orphan);
    await expect(transaction.commit()).rejects.toMatchObject({ name: "DriverAdapterError", cause: { originalCode: "23503" } });
    expect(await count("child")).toBe(0);

    const published = await (await new PrismaPGlite(original).connect()).startTransaction();
    await published.executeRaw(orphan);
    await expect(published.commit()).resolves.toBeUndefined();
    expect((await original.query("select from child")).rows).toEqual([]);
  });

  it("in which a statement failed cannot be committed", async () => {
    const transaction = await database.startTransaction();
    await transaction.query("insert into parent values (12, 'x')");
    await failureOf(transaction.query("insert into parent values (13, 'bad')"));
    await expect(transaction.commit()).rejects.toMatchObject({ code: "25P02" });
    expect((await database.query("select from parent where id in (12, 13)")).rows).toEqual([]);
  });

  it("whose owner went away is rolled back, and the next caller gets the connection", async () => {
    const abandoned = await database.startTransaction();
    await abandoned.query("insert into parent values (14, 'x')");
    const started = performance.now();
    expect((await database.query("select from parent where id = 14")).rows).toEqual([]);
    expect(performance.now() - started).toBeGreaterThan(IDLE_MS / 2);
    await expect(abandoned.commit()).rejects.toMatchObject({ code: "25P03" });
    await expect(abandoned.query("select 1")).rejects.toMatchObject({ code: "25P03" });
    await abandoned.rollback();
  });

  it("is not idle while a statement of it runs", async () => {
    const transaction = await database.startTransaction();
    await transaction.query("select pg_sleep(0.6)");
    await transaction.commit();
  });

  it("that a failed script left open does not catch the next caller", async () => {
    await failureOf(database.exec("begin; insert into parent values (15, 'x'); select * from no_such_table; commit"));
    expect((await database.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    expect((await database.query("select from parent where id = 15")).rows).toEqual([]);
  });

  it("may be made of single calls by who has the connection exclusively", async () => {
    const other = { done: false };
    const late: Promise<unknown>[] = [];
    await database.exclusively(async (connection) => {
      await connection.exec("begin; insert into parent values (16, 'x')");
      const asked = database.query("select 1").then(() => {
        other.done = true;
      });
      late.push(asked);
      await connection.query("select 1");
      expect(other.done).toBe(false);
      await connection.exec("commit");
    });
    await Promise.all(late);
    expect(other.done).toBe(true);
  });
});

describe("notifications", () => {
  it("come with their payload once the transaction has committed, until nobody listens", async () => {
    const heard: string[] = [];
    const stop = await database.listen("programme_event", (payload) => heard.push(payload));
    const notify = async (payload: string, end: "commit" | "rollback") => {
      const transaction = await database.startTransaction();
      await transaction.query("select pg_notify('programme_event', $1)", [payload]);
      expect(heard).not.toContain(payload);
      await transaction[end]();
    };
    await notify("kept", "commit");
    await notify("undone", "rollback");
    await database.query("select 1");
    expect(heard).toEqual(["kept"]);
    await stop();
    await notify("unheard", "commit");
    await database.query("select 1");
    expect(heard).toEqual(["kept"]);
  });
});
