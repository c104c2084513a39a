/** Every write has exactly one entry, which stands or falls with it; the crash tests count with the same checker. */
import { describe, expect, it } from "vitest";
import { countEntries } from "../../faults/crash-storm.ts";
import { named, recordOf } from "../../support/journey-records.ts";
import { city, provideBench } from "../submission/submission-bench.ts";

const bench = provideBench();
const entriesOf = (id: string) =>
  bench().test.query(
    `select id::text as id, ods, programme_code, action, type, outcome, agent_id, agent_role, agent_ods, entity_kind, purpose,
       details ->> 'created' as created from audit.event where entity_id = $1`,
    [id],
  );

describe("a submission", () => {
  it("has one entry under its own id, with who, for whom, what for and how many records", async () => {
    const { header } = await bench().send(city, [recordOf(1)]);
    expect(await entriesOf(header.id)).toEqual([
      {
        id: header.id,
        ods: city.ods,
        programme_code: "N-CITY",
        action: "C",
        type: "SUBMIT",
        outcome: "DONE",
        agent_id: city.clientId,
        agent_role: "SUBMITTER",
        agent_ods: city.ods,
        entity_kind: "SUBMISSION",
        purpose: "CLINICAL_AUDIT",
        created: "1",
      },
    ]);
  });

  it("has one where every record was refused, and one of its own kind where nothing was to be stored", async () => {
    const refused = await bench().send(city, [recordOf(2, { patient: named(2, { gender: "NO CODE" }) })]);
    expect(await entriesOf(refused.header.id)).toMatchObject([{ type: "SUBMIT" }]);
    const dry = await bench().send(city, [recordOf(3)], { mode: "VALIDATE_ONLY" });
    expect(await entriesOf(dry.header.id)).toMatchObject([{ action: "E", type: "VALIDATE_SUBMISSION" }]);
  });

  it("has no second one where it is repeated, and none where it was taken back by its transaction", async () => {
    const idempotencyKey = "the-same-key";
    const payload = [recordOf(4)];
    const { header } = await bench().send(city, payload, { idempotencyKey });
    expect((await bench().submit({ actor: city, payload, options: { idempotencyKey } })).header.id).toBe(header.id);
    bench().afterClaim = () => Promise.reject(new Error("a fault"));
    await expect(bench().send(city, [recordOf(5)])).rejects.toThrow("a fault");
    bench().afterClaim = async () => undefined;
    expect(await countEntries(bench().test)).toEqual({ unaudited: 0, auditedTwice: 0 });
    expect(await entriesOf(header.id)).toHaveLength(1);
  });
});

describe("the checker", () => {
  it("sees a submission without an entry, an entry without a submission, and a second entry (controls)", async () => {
    const [one, two] = [await bench().send(city, [recordOf(6)]), await bench().send(city, [recordOf(7)])];
    const { query } = bench().test;
    await query("delete from audit.event where entity_id = $1", [one.header.id]);
    expect(await countEntries(bench().test)).toEqual({ unaudited: 1, auditedTwice: 0 });
    await query(
      `insert into audit.event (id, ods, action, type, outcome, agent_id, entity_kind, entity_id)
       select gen_random_uuid(), ods, action, type, outcome, agent_id, entity_kind, entity_id from audit.event where entity_id = $1`,
      [two.header.id],
    );
    expect(await countEntries(bench().test)).toEqual({ unaudited: 1, auditedTwice: 1 });
    await query("delete from public.submission where id = $1::uuid", [two.header.id]);
    expect(await countEntries(bench().test)).toEqual({ unaudited: 2, auditedTwice: 1 });
  });
});
