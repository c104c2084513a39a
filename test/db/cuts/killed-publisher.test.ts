/** Publications whose connections are cut off at random moments: there is a whole cut, or none. */
import { expect, it } from "vitest";
import { databaseKind, provideDatabase } from "../../support/database.ts";
import { createCutBench, journeysOf } from "./cut-bench.ts";

const testDatabase = provideDatabase();
/** `NACR_HISTORIES` set: more. */
const KILLS = process.env.NACR_HISTORIES === undefined ? 8 : 60;
const LONGEST_MS = 400;
/** Whatever the server does for anybody else. */
const KILL = `select count(pg_terminate_backend(pid))::integer as n from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' and state <> 'idle'`;
const UNWHOLE = `select c.number from cut.cut c where
  (select count(*) from cut.journey j where j.cut_id = c.id) <> 120
  or (select count(*) from cut.cube q where q.cut_id = c.id) <> 1 or (select count(*) from cut.ledger l where l.cut_id = c.id) <> 1
  or not exists (select from cut.publication p where p.cut_id = c.id and p.state = 'PUBLISHED')`;

it.skipIf(databaseKind === "embedded")("leaves a whole cut or none, and goes on with what was asked for", async () => {
  const { query } = testDatabase();
  const bench = createCutBench(testDatabase());
  await bench.feed(journeysOf(6, 120));
  let month = 0;
  let killed = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    bench.now = new Date(Date.UTC(2026, month++, 15)).toISOString();
    const asked = await bench.service.publish({ clientId: "a", role: "AUDIT_ADMIN", ods: null, programmes: [], scopes: [] });
    const work = bench.publisher.workBatch().then(
      () => true,
      () => false,
    );
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LONGEST_MS));
    await query(KILL);
    if (!(await work)) killed++;
    expect(await query(UNWHOLE)).toEqual([]);
    for (let attempt = 0; (await bench.store.find(asked.id))?.state !== "PUBLISHED"; attempt++) {
      expect(attempt).toBeLessThan(3);
      await query("update cut.publication set leased_until = now() - interval '1 second' where state = 'RUNNING'");
      await bench.publisher.workBatch();
    }
    expect(await query(UNWHOLE)).toEqual([]);
  }
  expect(killed).toBeGreaterThan(0);
  expect((await query("select count(*)::integer as n from cut.cut"))[0]?.n).toBe(KILLS);
});
