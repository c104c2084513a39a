/** The audit trail on a database: what is numbered, what the check finds, and who may touch it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { shortenTrail } from "../../../src/audit/shorten-trail.ts";
import type { ExportedEntry } from "../../../src/audit/to-audit-event.ts";
import { writeAuditEntry } from "../../../src/persistence/audit-entries.ts";
import { exportEntries } from "../../../src/persistence/audit-export.ts";
import { createTrailStore } from "../../../src/persistence/trail-store.ts";
import { databaseKind, provideDatabase } from "../../support/database.ts";
import { KEY, newId, ODS, openTestTrail, readEntry, type TestTrail } from "./trail-fixture.ts";

const database = provideDatabase();
let trail: TestTrail;

const query = (text: string, values: readonly unknown[] = []) => database().query(text, values);

beforeEach(() => {
  trail = openTestTrail(database());
});
afterEach(async () => {
  for (const table of ["event", "chain", "checkpoint"]) await query(`delete from audit.${table}`);
});

async function writeTen(): Promise<void> {
  await trail.write(10);
  await trail.chainer.numberAll();
  await trail.chainer.anchor();
}

describe("numbering", () => {
  it("gives every committed entry one number, in the order of their ids", async () => {
    await trail.write(3);
    expect(await trail.chainer.numberAll()).toBe(3);
    await trail.write(2);
    expect(await trail.chainer.numberAll()).toBe(2);
    expect(await trail.chainer.numberAll()).toBe(0);
    const rows = await query(
      "select c.sequence::integer as sequence from audit.event e join audit.chain c on c.event_id = e.id order by e.id",
    );
    expect(rows.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(await trail.verify()).toMatchObject({
      bad: null,
      entries: 5,
      first: 1,
      last: 5,
      waiting: { count: 0, oldestSeconds: null },
    });
  });

  it.runIf(databaseKind === "postgresql")("finds an entry with an earlier id that was committed later", async () => {
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const written = Promise.withResolvers<void>();
    const late = database().database.withRole({ role: "nacr_app", ods: ODS }, async (tx) => {
      await writeAuditEntry(tx, readEntry(newId()), newId);
      written.resolve();
      await finished;
    });
    await written.promise;
    await trail.write(1);
    expect(await trail.chainer.numberAll()).toBe(1);
    expect(await trail.chainer.numberAll()).toBe(0);
    finish();
    await late;
    expect(await trail.chainer.numberAll()).toBe(1);
    expect((await trail.verify()).bad).toBeNull();
  });

  it("goes on in another process where the first one stopped", async () => {
    await trail.write(2);
    await trail.chainer.numberAll();
    await trail.write(2);
    expect(await openTestTrail(database()).chainer.numberAll()).toBe(2);
    expect(await trail.chainer.numberAll()).toBe(0);
    expect((await trail.verify()).last).toBe(4);
  });

  it.runIf(databaseKind === "postgresql")("is done by one process at a time", async () => {
    await trail.write(5_000);
    const others = [trail, openTestTrail(database()), openTestTrail(database())];
    await Promise.all(others.map(({ chainer }) => chainer.numberAll()));
    await trail.chainer.numberAll();
    expect(await trail.verify()).toMatchObject({ bad: null, entries: 5_000 });
  });

  it("tells the age of what waits for a number", async () => {
    await trail.write(1, { at: new Date(Date.now() - 60_000).toISOString() });
    const { waiting } = await trail.verify();
    expect(waiting.count).toBe(1);
    expect(waiting.oldestSeconds).toBeGreaterThan(59);
  });
});

describe("the anchor", () => {
  it("gets a line where the head has moved, and none where it has not", async () => {
    await writeTen();
    await trail.chainer.anchor();
    await trail.write(1);
    await trail.chainer.numberAll();
    await trail.chainer.anchor();
    expect(trail.anchorFile.text.trim().split("\n")).toHaveLength(2);
    expect(await trail.verify()).toMatchObject({ bad: null, badAnchorLine: null, anchors: 2 });
  });

  it("that was changed is told, and not gone on with", async () => {
    await writeTen();
    trail.anchorFile.text = trail.anchorFile.text.replace('"sequence":10', '"sequence":9');
    expect((await trail.verify()).badAnchorLine).toBe(1);
    await trail.write(1);
    await trail.chainer.numberAll();
    await expect(trail.chainer.anchor()).rejects.toThrow("is not what was written");
  });
});

/** What somebody with the database but without the key can do. */
const TAMPERINGS: readonly (readonly [
  name: string,
  bad: { readonly sequence: number; readonly fault: string },
  run: () => Promise<unknown>,
])[] = [
  [
    "an edited entry",
    { sequence: 4, fault: "MAC_WRONG" },
    () => query("update audit.event set agent_id = 'nobody' where id = (select event_id from audit.chain where sequence = 4)"),
  ],
  [
    "a deleted entry",
    { sequence: 4, fault: "ENTRY_MISSING" },
    () => query("delete from audit.event where id = (select event_id from audit.chain where sequence = 4)"),
  ],
  [
    "an entry deleted with its number",
    { sequence: 4, fault: "NUMBER_MISSING" },
    async () => {
      await query("delete from audit.event where id = (select event_id from audit.chain where sequence = 4)");
      await query("delete from audit.chain where sequence = 4");
    },
  ],
  [
    "an inserted entry",
    { sequence: 4, fault: "MAC_WRONG" },
    async () => {
      await query("update audit.chain set sequence = sequence + 100 where sequence >= 4");
      await query("update audit.chain set sequence = sequence - 99 where sequence >= 104");
      await trail.write(1);
      await query(
        `insert into audit.chain (sequence, event_id, mac)
         select 4, e.id, decode(repeat('ab', 32), 'hex') from audit.event e where not exists (select from audit.chain where event_id = e.id)`,
      );
    },
  ],
  [
    "two entries exchanged",
    { sequence: 4, fault: "MAC_WRONG" },
    async () => {
      const rows = await query(
        "select sequence::integer as sequence, event_id::text as id from audit.chain where sequence in (4, 5) order by 1",
      );
      await query("delete from audit.chain where sequence in (4, 5)");
      for (const [position, row] of rows.entries())
        await query("insert into audit.chain values ($1::bigint, $2::uuid, decode(repeat('ab', 32), 'hex'))", [
          5 - position,
          row.id,
        ]);
    },
  ],
  [
    "a tail that was cut off",
    { sequence: 8, fault: "TAIL_MISSING" },
    async () => {
      await query("delete from audit.event where id in (select event_id from audit.chain where sequence >= 8)");
      await query("delete from audit.chain where sequence >= 8");
    },
  ],
  [
    "a chain rewritten without the key",
    { sequence: 4, fault: "MAC_WRONG" },
    () => query("update audit.chain set mac = sha256(mac) where sequence >= 4"),
  ],
];

describe("the check", () => {
  it("finds nothing where nothing was done", async () => {
    await writeTen();
    expect(await trail.verify()).toMatchObject({ bad: null, badAnchorLine: null, entries: 10, anchors: 1 });
  });

  it.each(TAMPERINGS)("finds %s", async (_name, bad, tamper) => {
    await writeTen();
    await tamper();
    expect((await trail.verify()).bad).toEqual(bad);
  });

  it("covers every column that says something", async () => {
    await writeTen();
    const columns = await query(
      `select column_name as name from information_schema.columns where table_schema = 'audit' and table_name = 'event'
       and column_name <> 'written_by' and data_type in ('text', 'jsonb', 'ARRAY', 'timestamp with time zone') order by 1`,
    );
    const seen: unknown[] = [];
    for (const { name } of columns) {
      const other: Record<string, string> = {
        at: "at + interval '1 microsecond'",
        details: `'{"shown": 2}'`,
        patient_ids: "null",
      };
      const column = String(name);
      const value = other[column] ?? (column === "person_ids" ? "array[id]" : `coalesce(${column}, '') || 'x'`);
      await query("create temporary table before_it as select * from audit.event");
      await query(`update audit.event set ${column} = ${value} where id = (select event_id from audit.chain where sequence = 6)`);
      if ((await trail.verify()).bad?.sequence === 6) seen.push(name);
      await query("delete from audit.event");
      await query("insert into audit.event select * from before_it");
      await query("drop table before_it");
    }
    expect(seen).toEqual(columns.map(({ name }) => name));
    expect(seen).toHaveLength(17);
  });
});

describe("retention", () => {
  const YEAR = 31_536_000_000;
  const store = () => createTrailStore(database().database, newId);
  const old = (years: number) => ({ at: new Date(Date.now() - years * YEAR).toISOString() });

  it("removes what is older from the beginning only, and the rest is checked as before", async () => {
    await trail.write(3, old(9));
    await trail.write(1);
    await trail.write(2, old(9));
    await trail.chainer.numberAll();
    await trail.chainer.anchor();
    const removed = await shortenTrail(store(), KEY, old(8).at);
    expect(removed?.sequence).toBe(3);
    await trail.chainer.numberAll();
    expect(await trail.verify()).toMatchObject({ bad: null, first: 4, last: 7, entries: 4 });
    expect(await query("select type from audit.event order by at desc limit 1")).toEqual([{ type: "SHORTEN_AUDIT_TRAIL" }]);
    expect(await shortenTrail(store(), KEY, old(8).at)).toBeNull();
  });

  it("goes on with the number after the last one where everything was removed", async () => {
    await trail.write(3, old(9));
    await trail.chainer.numberAll();
    await shortenTrail(store(), KEY, old(8).at);
    await trail.chainer.numberAll();
    expect(await trail.verify()).toMatchObject({ bad: null, first: 4, last: 4 });
  });

  it("cannot be imitated without the key", async () => {
    await writeTen();
    const [row] = await query("select encode(mac, 'hex') as mac from audit.chain where sequence = 3");
    await query("delete from audit.event where id in (select event_id from audit.chain where sequence <= 3)");
    await query("delete from audit.chain where sequence <= 3");
    await query("insert into audit.checkpoint values (3, decode($1, 'hex'), now(), decode(repeat('ab', 32), 'hex'))", [row?.mac]);
    expect((await trail.verify()).bad).toEqual({ sequence: 3, fault: "CHECKPOINT_FORGED" });
  });
});

describe("an export", () => {
  it("has every entry of an organisation since an instant, oldest first, and is an entry itself", async () => {
    await trail.write(2, { at: "2026-01-01T00:00:00.000Z" });
    await trail.write(3, { at: "2026-02-01T00:00:00.000Z" });
    await trail.chainer.numberAll();
    const found: ExportedEntry[] = [];
    for await (const entries of exportEntries({ database: database().database, newId }, ODS, "2026-02-01T00:00:00Z"))
      found.push(...entries);
    expect(found.map(({ type, sequence, agentId }) => [type, sequence, agentId])).toEqual([
      ["READ_RECORD", 3, "team-client"],
      ["READ_RECORD", 4, "team-client"],
      ["READ_RECORD", 5, "team-client"],
      ["EXPORT_AUDIT", null, "operator"],
    ]);
    expect(found[0]?.patientIds).toHaveLength(1);
  });
});

describe("who may touch the trail", () => {
  const refused = async (role: "nacr_app" | "nacr_journey" | "nacr_worker" | "nacr_access" | "nacr_auditor", statement: string) =>
    await expect(
      database().database.withRole({ role, ods: ODS }, (tx) => tx.$executeRawUnsafe(statement)),
      `${role}: ${statement}`,
    ).rejects.toMatchObject({ state: "42501" });

  it("nobody changes or removes an entry or a number, not even whoever numbers them", async () => {
    await writeTen();
    for (const role of ["nacr_app", "nacr_journey", "nacr_worker", "nacr_access", "nacr_auditor"] as const)
      for (const statement of [
        "update audit.event set type = 'X'",
        "delete from audit.event",
        "update audit.chain set mac = ''",
        "delete from audit.chain",
      ])
        await refused(role, statement);
    await expect(
      database().database.withRole({ role: "nacr_audit_retention" }, (tx) =>
        tx.$executeRawUnsafe("update audit.event set type = 'X'"),
      ),
    ).rejects.toMatchObject({ state: "42501" });
  });

  it("an organisation sees its own log and the numbers of its entries only", async () => {
    await writeTen();
    const count = async (ods: string, table: string) =>
      await database().database.withRole({ role: "nacr_app", ods }, (tx) =>
        tx.$queryRawUnsafe<{ n: number }[]>(`select count(*)::integer as n from audit.${table}`),
      );
    expect(await count(ODS, "event")).toEqual([{ n: 10 }]);
    expect(await count(ODS, "chain")).toEqual([{ n: 10 }]);
    expect(await count("RYY", "event")).toEqual([{ n: 0 }]);
    expect(await count("RYY", "chain")).toEqual([{ n: 0 }]);
  });

  it("nobody writes in the name of another organisation", async () => {
    const agent = { id: "x", role: "CLINICAL_TEAM", ods: "RYY" } as const;
    await expect(trail.write(1, { agent })).rejects.toMatchObject({ state: "42501" });
  });
});
