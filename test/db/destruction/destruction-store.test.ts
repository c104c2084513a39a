/** Destructions that are interrupted or refused, and what the sweep takes out of tombstones. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  createDestroyPatient,
  type DestructionDependencies,
  destroyReturned,
  finishDestructions,
} from "../../../src/destruction/destroy-patient.ts";
import { createCertificateReader } from "../../../src/persistence/certificate-store.ts";
import { createDestructionStore } from "../../../src/persistence/destruction-store.ts";
import { sweep, sweepEnvelopes } from "../../../src/persistence/sweep.ts";
import { provideDatabase } from "../../support/database.ts";
import { actorOf, createStores, dictionary, newId, wholeTree, writeSet } from "../stores/store-fixture.ts";

const testDatabase = provideDatabase();
const actor = { ...actorOf("RAA", "P1"), role: "CALDICOTT_GUARDIAN" } as const;
let stores: ReturnType<typeof createStores>;
beforeAll(() => {
  stores = createStores(testDatabase().database);
});

const dependencies = (destroy: (leaves: readonly string[]) => Promise<number>): DestructionDependencies => ({
  store: createDestructionStore({ database: testDatabase().database, keys: stores.keys, dictionary, newId }),
  keys: { destroy, sign: async () => ({ document: "{}", signature: "" }) },
  clock: { now: () => "2026-04-01T00:00:00.000Z", today: () => "2026-04-01" },
  newId,
});
const destroyForReal = async (leaves: readonly string[]): Promise<number> => {
  await stores.keys.erasure.destroy(leaves);
  return stores.keys.erasure.generation;
};

async function store(seed: number) {
  const tree = wholeTree(seed, "P1");
  const set = writeSet(actor, { created: tree });
  await stores.submissions.transaction(actor, (unit) => unit.write(set));
  return { patientId: tree[0]?.id ?? "", submissionId: set.submission.header.id, rows: tree.length };
}
const query = (text: string, values: readonly unknown[] = []) => testDatabase().query(text, values);
const stateOf = async (id: string): Promise<unknown> =>
  (
    await query(
      "select certified_at is not null as done, cardinality(leaves) as leaves from destruction.certificate where id = $1::uuid",
      [id],
    )
  )[0];

describe("a destruction", () => {
  it("that dies before its secrets are destroyed is finished by whoever finds it", async () => {
    const { patientId } = await store(1);
    const dying = createDestroyPatient(dependencies(() => Promise.reject(new Error("power cut"))));
    await expect(dying(actor, patientId, "Retention is over")).rejects.toThrow("power cut");
    const [noted] = await query("select id::text as id, leaves from destruction.certificate where certified_at is null");
    expect(noted).toBeDefined();
    const [leaf = ""] = Array.isArray(noted?.leaves) ? noted.leaves : [];
    expect(stores.keys.erasure.secretOf(String(leaf))).not.toBeNull();
    expect(await finishDestructions(dependencies(destroyForReal))).toBe(1);
    expect(stores.keys.erasure.secretOf(String(leaf))).toBeNull();
    expect(await stateOf(String(noted?.id))).toMatchObject({ done: true });
    expect(await finishDestructions(dependencies(destroyForReal))).toBe(0);
  });

  it("waits for submissions that name the patient and are worked on", async () => {
    const { patientId, submissionId } = await store(2);
    const destroyPatient = createDestroyPatient(dependencies(destroyForReal));
    await query("update submission set status = 'PROCESSING' where id = $1::uuid", [submissionId]);
    await expect(destroyPatient(actor, patientId, "x")).rejects.toMatchObject({ code: "CONFLICT", retryable: true });
    await query("update submission set status = 'COMPLETED' where id = $1::uuid", [submissionId]);
    expect(await stateOf(await destroyPatient(actor, patientId, "x"))).toMatchObject({ done: true });
  });

  it("leaves one entry in the audit trail, which the certificate names", async () => {
    const { patientId } = await store(3);
    const id = await createDestroyPatient(dependencies(destroyForReal))(actor, patientId, "x");
    const entries = await query(
      `select e.type, e.agent_role, e.patient_ids = array[$2::uuid] as named from audit.event e
       join destruction.certificate c on c.audit_event_id = e.id where c.id = $1::uuid`,
      [id, patientId],
    );
    expect(entries).toEqual([{ type: "DESTROY_PATIENT", agent_role: "CALDICOTT_GUARDIAN", named: true }]);
  });

  it("is no business of another organisation", async () => {
    const { patientId } = await store(4);
    const destroyPatient = createDestroyPatient(dependencies(destroyForReal));
    await expect(destroyPatient({ ...actor, ods: "RBB" }, patientId, "x")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await query("select from public.patient where id = $1::uuid", [patientId])).toHaveLength(1);
  });
});

describe("the sweep of inputs", () => {
  it("removes those that are kept no longer, and leaves the younger ones and every answer", async () => {
    const [old, young] = [await store(21), await store(22)];
    await query("update submission set received_at = now() - interval '401 days' where id = $1::uuid", [old.submissionId]);
    await query("update submission set received_at = now() - interval '399 days' where id = $1::uuid", [young.submissionId]);
    await query("update submission set received_at = now() where id not in ($1::uuid, $2::uuid)", [
      old.submissionId,
      young.submissionId,
    ]);
    await query("insert into public.organisation (ods_code, name, nation) values ('RAA', 'Trust', 'ENGLAND')");
    expect(await sweepEnvelopes(testDatabase().database, 400)).toBe(1);
    const ids = [old.submissionId, young.submissionId];
    const left = async (table: string) =>
      (
        await query(`select distinct submission_id::text as id from ${table} where submission_id = any($1::uuid[])`, [
          `{${ids.join(",")}}`,
        ])
      ).map(({ id }) => id);
    expect(await left("submission_envelope")).toEqual([young.submissionId]);
    expect(await left("submission_report")).toHaveLength(2);
  });
});

describe("the sweep of tombstones", () => {
  it("takes out what would bring a record back once nobody may, and leaves that it was withdrawn", async () => {
    const insert = `insert into public.record_tombstone (ods, record_id, version, record_type, programme_code, submission_id,
        created_submission_id, withdrawn_at, restorable_until, stored, beside)
      values ('RAA', gen_random_uuid(), 2, 'PATIENT', 'P1', gen_random_uuid(), gen_random_uuid(), now() - interval '40 days',
        now() + $1::interval, '{"gender": "MALE"}', '{"identity.patient_identity": [{"sealed": "x"}], "identity.source_id": [{"product": "P"}]}')`;
    await query(insert, ["-1 hour"]);
    await query(insert, ["1 hour"]);
    expect(await sweep(testDatabase().database)).toMatchObject({ tombstones: 1 });
    expect(await query("select stored, beside from public.record_tombstone order by restorable_until")).toMatchObject([
      { stored: {}, beside: { "identity.source_id": [{ product: "P" }] } },
      { stored: { gender: "MALE" } },
    ]);
    expect(
      (
        await query("select beside ? 'identity.patient_identity' as kept from public.record_tombstone order by restorable_until")
      ).map(({ kept }) => kept),
    ).toEqual([false, true]);
    expect(await sweep(testDatabase().database)).toMatchObject({ tombstones: 0 });
  });
});

describe("an older database, in which a withdrawn patient has nothing but history and a tombstone", () => {
  it("is told of them by the certificate, and they are destroyed again", async () => {
    const { patientId } = await store(31);
    const real = dependencies(destroyForReal);
    const id = await createDestroyPatient(real)(actor, patientId, "Retention is over");
    const reader = createCertificateReader({ database: testDatabase().database, keys: stores.keys });
    expect(await reader.remains(actor, id)).toEqual({ secretsLeft: 0, rowsLeft: 0 });
    const leaf = (await stores.keys.organisation(actor.ods)).leafOf(patientId);
    await query(
      `with line as (
         insert into public.record_change (ods, record_id, version, record_type, programme_code, submission_id, changed_at, changes)
         values ('RAA', $1::uuid, 2, 'PATIENT', 'P1', gen_random_uuid(), now(), '[]'))
       insert into public.record_tombstone (ods, record_id, version, record_type, programme_code, submission_id, created_submission_id,
         withdrawn_at, restorable_until, stored, beside, sealed)
       values ('RAA', $1::uuid, 2, 'PATIENT', 'P1', gen_random_uuid(), gen_random_uuid(), now(), now() + interval '1 day', '{}', '{}',
         decode('0201' || $2 || repeat('00', 28), 'hex'))`,
      [patientId, leaf],
    );
    await query(
      "insert into public.organisation (ods_code, name, nation) values ('RAA', 'Trust', 'ENGLAND') on conflict do nothing",
    );
    await query("update destruction.certificate set generation = 0 where generation is not null");
    expect(await reader.remains(actor, id)).toEqual({ secretsLeft: 0, rowsLeft: 1 });
    expect(await destroyReturned(real)).toBe(1);
    expect(await reader.remains(actor, id)).toEqual({ secretsLeft: 0, rowsLeft: 0 });
    expect(await destroyReturned(real)).toBe(0);
  });
});
