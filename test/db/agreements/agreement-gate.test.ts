/** The gate and what stands behind it, against the database: two stores are two processes. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Agreement } from "../../../src/agreements/agreement.ts";
import { createAgreementGate } from "../../../src/agreements/agreement-gate.ts";
import { createAgreementService, finishDestruction } from "../../../src/agreements/agreement-service.ts";
import { attendAgreements } from "../../../src/agreements/attend-agreements.ts";
import type { AskedUse } from "../../../src/agreements/ports.ts";
import { GatewayError } from "../../../src/errors/gateway-error.ts";
import { createKeyRing, type KeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createDestroyAgreementKey } from "../../../src/persistence/agreement-key.ts";
import { createAgreementStore } from "../../../src/persistence/agreement-store.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import type { Actor } from "../../../src/records/actor.ts";
import { ADMIN, ANALYST, NOW, OTHER_ADMIN, signedAgreement, soundTerms, VOCABULARY } from "../../support/agreements.ts";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();
const newId = createUuid7();
const keyManagement = createForgettingKeyManagement();
const personOf = ({ clientId, role }: Pick<Actor, "clientId" | "role">): Actor => ({
  clientId,
  role,
  ods: null,
  programmes: [],
  scopes: [],
  correlationId: "corr-1",
});
const analyst = personOf(ANALYST);
const admin = personOf(ADMIN);
const otherAdmin = personOf(OTHER_ADMIN);
const STRANGER = personOf({ clientId: "analyst-9", role: "ANALYST" });

/** A process: nothing of it is shared with another one but the database. */
function startProcess(now: () => string = () => NOW) {
  const { database } = testDatabase();
  const store = createAgreementStore({ database, newId });
  const keys = createKeyRing(keyManagement, createDataKeyStore(database));
  const clock = { now };
  const destroyKey = createDestroyAgreementKey({ database, keys });
  const dependencies = {
    store,
    clock,
    newId,
    newAgreementId: () => "DARS-NIC-10000-AAAAA",
    vocabulary: VOCABULARY,
    signer: () => keys.certificateKey(),
    destroyKey,
  };
  return { store, keys, dependencies, gate: createAgreementGate(dependencies), service: createAgreementService(dependencies) };
}

const asked = (agreementId: string, change: Partial<AskedUse> = {}): AskedUse => ({
  actor: analyst,
  agreementId,
  purpose: "SERVICE_EVALUATION",
  product: "AGGREGATED_SUPPRESSED",
  measures: ["STARTED"],
  dimensions: ["sex"],
  fields: [],
  years: [],
  nations: [],
  eventGroups: [],
  location: null,
  question: { measure: "STARTED", dimensions: ["sex"] },
  ...change,
});
const answer = async () => ({ result: "figures", cutId: "cut-1", cellsReturned: 12 });
const entry = {
  action: "CREATE",
  type: "TEST",
  outcome: "DONE",
  ods: null,
  agent: { id: "t", role: null, ods: null },
  correlationId: null,
} as const;

let number = 0;
async function store(agreement?: Agreement): Promise<string> {
  number += 1;
  const id = `DARS-NIC-${String(number).padStart(5, "0")}-ABCDE`;
  const { keys: _, ...process } = startProcess();
  await process.store.insert(agreement === undefined ? signedAgreement(undefined, NOW, id) : { ...agreement, id }, entry);
  return id;
}

describe("an agreement in the database", () => {
  it("is read as it was written, in every part", async () => {
    const id = await store();
    const { store: first, service } = startProcess();
    await service.reportBreach(analyst, id, { description: "A laptop was lost", discoveredAt: null });
    const read = await first.find(id);
    expect(read).toMatchObject({ ...signedAgreement(undefined, NOW, id), steps: expect.anything(), breaches: expect.anything() });
    expect(read?.steps.map(({ step }) => step)).toEqual([
      "DRAFTED",
      "SUBMITTED",
      "APPROVED",
      "SIGNED_BY_PARTY",
      "SIGNED_BY_ALL",
      "BREACH_REPORTED",
    ]);
    expect(read?.breaches).toMatchObject([{ reportedBy: ANALYST.clientId, reportedAt: NOW, outcome: null }]);
  });

  it("is not locked for whom it does not name: what is refused keeps nobody waiting", async () => {
    const id = await store();
    const { store: kept, service } = startProcess();
    const decide = (): never => {
      throw new Error("decided");
    };
    expect(await kept.change(id, STRANGER.clientId, decide)).toBeNull();
    await expect(kept.change(id, ANALYST.clientId, decide)).rejects.toThrow("decided");
    await expect(service.submit(STRANGER, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(service.submit(analyst, id)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("cannot be approved by who drafted it, nor be of a class for identifiable data, whatever the code does", async () => {
    const id = await store();
    const refused = (change: string) =>
      testDatabase().query(`update agreement.version set ${change} where agreement_id = '${id}'`);
    await expect(refused("approved_by = drafted_by")).rejects.toThrow();
    await expect(refused(`terms = jsonb_set(terms, '{productClass}', '"IDENTIFIABLE"')`)).rejects.toThrow();
  });
});

describe("the gate", () => {
  it("gives an answer, with a line in the agreement's log and an entry in the trail that know agreement and purpose", async () => {
    const id = await store();
    const { gate, store: kept } = startProcess();
    const outcome = await gate.use(asked(id), answer);
    expect(outcome).toMatchObject({ permitted: true, result: "figures", permission: { version: 1, profile: "HES_2018" } });
    expect(await kept.uses(id, { from: null, to: null }, 10)).toMatchObject([
      {
        clientId: ANALYST.clientId,
        purpose: "SERVICE_EVALUATION",
        outcome: "PERMITTED",
        cutId: "cut-1",
        cellsReturned: 12,
        version: 1,
      },
    ]);
    const entries = await testDatabase().query(
      `select agent_id, purpose, outcome, details ->> 'cells' as cells from audit.event where agreement_id = '${id}' and type = 'USE_AGREEMENT'`,
    );
    expect(entries).toEqual([{ agent_id: ANALYST.clientId, purpose: "SERVICE_EVALUATION", outcome: "DONE", cells: "12" }]);
  });

  it("refuses a misspelt purpose and asks nobody for an answer; log and trail say so, the trail without the word", async () => {
    const id = await store();
    const { gate, store: kept } = startProcess();
    const outcome = await gate.use(asked(id, { purpose: "SERVICE_EVALUTION" }), () => Promise.reject(new Error("asked")));
    expect(outcome).toEqual({ permitted: false, refusals: ["PURPOSE_NOT_DECLARED"] });
    expect(await kept.uses(id, { from: null, to: null }, 10)).toMatchObject([
      { outcome: "REFUSED", refusals: ["PURPOSE_NOT_DECLARED"], purpose: "SERVICE_EVALUTION", cellsReturned: null },
    ]);
    const [told] = await testDatabase().query(
      `select outcome, purpose, details::text as details from audit.event where agreement_id = '${id}' and type = 'USE_AGREEMENT'`,
    );
    expect(told).toMatchObject({ outcome: "REFUSED", purpose: "STATISTICS" });
    expect(String(told?.details)).not.toContain("EVALUTION");
  });

  it("logs a permitted use that had no answer, and throws what the answer threw", async () => {
    const id = await store();
    const { gate, store: kept } = startProcess();
    const fault = new GatewayError("NOT_FOUND", "There is no such table.");
    await expect(gate.use(asked(id), () => Promise.reject(fault))).rejects.toBe(fault);
    expect(await kept.uses(id, { from: null, to: null }, 10)).toMatchObject([{ outcome: "UNANSWERED", version: 1 }]);
  });

  it("tells a stranger of an agreement what it tells of none: the same error, and one entry each", async () => {
    const id = await store();
    const { gate } = startProcess();
    const count = async () => Number((await testDatabase().query("select count(*)::int as n from audit.event"))[0]?.n);
    const before = await count();
    const foreign = await gate.use(asked(id, { actor: STRANGER }), answer).catch((error: unknown) => error);
    const between = await count();
    const unknown = await gate.use(asked("DARS-NIC-99999-ZZZZZ", { actor: STRANGER }), answer).catch((error: unknown) => error);
    expect([between - before, (await count()) - between]).toEqual([1, 1]);
    expect(foreign).toMatchObject({ code: "NOT_FOUND" });
    expect(JSON.stringify(foreign)).toBe(JSON.stringify(unknown));
    const tried = {
      agent: STRANGER.clientId,
      role: "ANALYST",
      count: 1,
      firstAt: expect.any(String),
      lastAt: expect.any(String),
    };
    expect(await startProcess().store.attempts(id)).toEqual([tried]);
    expect(await gate.use(asked(id), answer)).toMatchObject({ permitted: true });
  });

  it("writes whatever was stated, half a character too, so that nobody's line keeps another's from being written", async () => {
    const id = await store();
    const { gate, store: kept } = startProcess();
    const stated = [`${"x".repeat(99)}😀`, "\ud800", "a\u0000b"];
    const uses = await Promise.all([...stated, "SERVICE_EVALUATION"].map((purpose) => gate.use(asked(id, { purpose }), answer)));
    expect(uses.map(({ permitted }) => permitted)).toEqual([false, false, false, true]);
    const question = { text: `${"x".repeat(19_990)}${"😀".repeat(10)}` };
    expect(await gate.use(asked(id, { question }), answer)).toMatchObject({ permitted: true });
    const lines = await kept.uses(id, { from: null, to: null }, 10);
    expect(lines.map(({ purpose }) => purpose).toSorted()).toEqual(
      [`${"x".repeat(99)}\ufffd`, "\ufffd", "a\ufffdb", "SERVICE_EVALUATION", "SERVICE_EVALUATION"].toSorted(),
    );
  });

  it("gives the same digest to the same question however it is asked", async () => {
    const id = await store();
    const { gate, store: kept } = startProcess();
    await gate.use(asked(id, { question: { a: 1, b: ["x"] } }), answer);
    await gate.use(asked(id, { question: { b: ["x"], a: 1 } }), answer);
    const lines = await kept.uses(id, { from: null, to: null }, 10);
    expect(new Set(lines.map(({ questionDigest }) => questionDigest)).size).toBe(1);
  });
});

describe("a breach", () => {
  it("stops the next use in another process at once, until another administrator lets work go on", async () => {
    const id = await store();
    const [one, other] = [startProcess(), startProcess()];
    expect(await other.gate.use(asked(id), answer)).toMatchObject({ permitted: true });
    const { breach } = await one.service.reportBreach(analyst, id, {
      description: "Sent to the wrong address",
      discoveredAt: null,
    });
    expect(await other.gate.use(asked(id), answer)).toEqual({ permitted: false, refusals: ["SUSPENDED_BY_BREACH"] });
    await one.service.acknowledgeBreach(admin, id, breach.id);
    expect(await other.gate.use(asked(id), answer)).toMatchObject({ permitted: false });
    await one.service.recordOutcome(otherAdmin, id, breach.id, "RESUMED", "Contained");
    expect(await other.gate.use(asked(id), answer)).toMatchObject({ permitted: true });
  });

  it("is chased a day after its report, once in a day, until it is acknowledged", async () => {
    const id = await store();
    const report = { description: "Lost", discoveredAt: null };
    const { breach } = await startProcess().service.reportBreach(analyst, id, report);
    const chaseAt = async (at: string) => {
      await attendAgreements(startProcess(() => at).dependencies);
      const found = await startProcess().store.find(id);
      return found?.breaches[0]?.timesChased;
    };
    expect(await chaseAt("2026-03-03T08:59:59.999Z")).toBe(0);
    expect(await chaseAt("2026-03-03T09:00:00.000Z")).toBe(1);
    expect(await chaseAt("2026-03-03T20:00:00.000Z")).toBe(1);
    expect(await chaseAt("2026-03-04T09:00:00.000Z")).toBe(2);
    await startProcess().service.acknowledgeBreach(admin, id, breach.id);
    expect(await chaseAt("2026-03-09T09:00:00.000Z")).toBe(2);
  });
});

describe("the end of an agreement", () => {
  const pseudonymKeys = async (id: string): Promise<number> =>
    (await testDatabase().query(`select scope from keys.data_key where scope = 'pseudonym:${id}'`)).length;
  const statement = {
    what: "Two files of extracts and the back-ups of them",
    how: "Overwritten, then deleted",
    destroyedOn: "2026-03-02",
    destroyedBy: "Pat Example",
    verification: "Listed and looked for by the information asset owner",
  };

  it("opens the task of destruction the morning after the last day, and not before", async () => {
    const id = await store(signedAgreement(soundTerms({ endsOn: "2026-03-28" })));
    const opened = async (at: string) => {
      await attendAgreements(startProcess(() => at).dependencies);
      return (await startProcess().store.find(id))?.destruction?.dueOn ?? null;
    };
    expect(await opened("2026-03-28T23:59:59.000Z")).toBeNull();
    expect(await opened("2026-03-29T00:00:00.000Z")).toBe("2026-04-28");
  });

  it("is certified and signed, and takes the key of the agreement's pseudonyms with it in every process", async () => {
    const id = await store();
    const [one, other] = [startProcess(), startProcess()];
    const before = (await other.keys.pseudonyms(id)).mac("person");
    expect(await pseudonymKeys(id)).toBe(1);
    await one.service.terminate(admin, id, "The purpose has ended");
    expect(await other.gate.use(asked(id), answer)).toEqual({ permitted: false, refusals: ["NOT_IN_FORCE"] });
    const destroyed = await one.service.certifyDestruction(analyst, id, statement);
    expect(destroyed).toMatchObject({ destroyedAt: NOW, keyDestroyedAt: NOW, destruction: { certifiedBy: ANALYST.clientId } });
    expect(await pseudonymKeys(id)).toBe(0);
    await other.keys.refresh();
    expect((await other.keys.pseudonyms(id)).mac("person")).not.toBe(before);
    await expect(one.service.certifyDestruction(analyst, id, statement)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("goes on where a process died between the certificate and the key", async () => {
    const id = await store();
    const { service, keys, dependencies }: { keys: KeyRing } & ReturnType<typeof startProcess> = startProcess();
    await keys.pseudonyms(id);
    await service.terminate(admin, id, "The purpose has ended");
    const dying = createAgreementService({ ...dependencies, destroyKey: () => Promise.reject(new Error("died")) });
    await expect(dying.certifyDestruction(analyst, id, statement)).rejects.toThrow("died");
    expect([await pseudonymKeys(id), (await dependencies.store.find(id))?.keyDestroyedAt]).toEqual([1, null]);
    await attendAgreements(dependencies);
    expect([await pseudonymKeys(id), (await dependencies.store.find(id))?.keyDestroyedAt]).toEqual([0, NOW]);
    expect((await finishDestruction(dependencies, id)).keyDestroyedAt).toBe(NOW);
  });
});

describe("the rights of nacr_agreements", () => {
  const rights = async (text: string) => (await testDatabase().query(`select ${text} as held`)).map(({ held }) => held)[0];
  beforeAll(() => expect(testDatabase()).toBeDefined());

  it("reach no patient, no organisation's rows and no key", async () => {
    for (const schema of ["identity", "access", "keys", "national", "consent", "link"])
      expect(await rights(`has_schema_privilege('nacr_agreements', '${schema}', 'usage')`), schema).toBe(false);
    expect(await rights("has_table_privilege('nacr_agreements', 'public.patient', 'select')")).toBe(false);
  });

  it("let nothing be taken away or told otherwise: steps, signatures and uses are only added to", async () => {
    for (const table of ["step", "signature", "use", "framework_contract"])
      expect(
        await rights(`has_table_privilege('nacr_agreements', 'agreement.${table}', 'update, delete, truncate')`),
        table,
      ).toBe(false);
    const kept = [
      "agreement.drafted_by",
      "version.drafted_by",
      "breach.description",
      "breach.reported_at",
      "destruction.opened_at",
    ];
    for (const [table, column] of kept.map((name) => name.split(".")))
      expect(await rights(`has_column_privilege('nacr_agreements', 'agreement.${table}', '${column}', 'update')`), column).toBe(
        false,
      );
    for (const table of ["agreement", "version", "breach", "destruction"])
      expect(await rights(`has_table_privilege('nacr_agreements', 'agreement.${table}', 'delete, truncate')`), table).toBe(false);
  });
});
