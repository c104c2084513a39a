import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { GatewayError } from "../../../src/errors/gateway-error.ts";
import type { JudgedMessage, ListenerIdentity, Verdict } from "../../../src/inbox/inbox-ports.ts";
import { createTakeLane, PROCESSING_FAULT } from "../../../src/inbox/work-inbox.ts";
import { createKeyRing, type KeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { createInboxStore } from "../../../src/persistence/inbox-store.ts";
import { createMessageReader, createMessageStore } from "../../../src/persistence/message-store.ts";
import { sweep } from "../../../src/persistence/sweep.ts";
import type { SubmissionService, SubmitCommand } from "../../../src/submission/commands.ts";
import { provideDatabase } from "../../support/database.ts";
import { actorOf, headerOf, newId } from "../stores/store-fixture.ts";

const testDatabase = provideDatabase();
let keys: KeyRing;

const NO_FILTER = { state: null, reason: null, listener: null, programmeCode: null, controlId: null };
const PAGE = { first: 100, after: null };
const NOW = "2026-03-01T10:00:00.000Z";
const HEADER = headerOf(actorOf("R0", "P0"), {}, []);
const ACCEPT: Verdict = { answer: "ACCEPT", findings: [] };

/** An organisation of its own for each test: lanes of the others are empty. */
let organisations = 0;
function newListener(name = "pas"): ListenerIdentity {
  organisations += 1;
  return {
    ods: `R${organisations}`,
    name,
    programmeCode: `P${organisations}`,
    clientId: "client",
    sourceSystem: { vendor: "V", product: "PAS", version: "1" },
    profile: null,
  };
}

const messageOf = (listener: ListenerIdentity, text: string, more: Partial<JudgedMessage> = {}): JudgedMessage => ({
  application: "PAS",
  facility: "HOSP",
  controlId: text,
  messageType: "ADT^A08",
  content: Buffer.from(text),
  ...ACCEPT,
  id: newId(),
  listener,
  receivedAt: NOW,
  parkedFor: null,
  ...more,
});

const store = () => createMessageStore(testDatabase().database, keys);
const inbox = () => createInboxStore(testDatabase().database, keys);
const reader = () => createMessageReader(testDatabase().database, keys);

beforeAll(() => {
  keys = createKeyRing(createForgettingKeyManagement(), createDataKeyStore(testDatabase().database));
});

// What one test left waiting is no work of the next one's.
beforeEach(() => testDatabase().query("delete from public.mllp_message"));

/** A submission service that keeps what it is told, and does what the test says. */
function recorder(submit: SubmissionService["submit"] = async () => ({ header: HEADER, replayed: false, results: [] })) {
  const commands: SubmitCommand[] = [];
  const service: SubmissionService = {
    submit: (command) => {
      commands.push(command);
      return submit(command);
    },
  };
  return { commands, service, texts: () => commands.map(({ payload }) => payload) };
}

async function work(service: SubmissionService, isStopping = () => false): Promise<boolean> {
  const take = createTakeLane(
    {
      store: inbox(),
      submissions: service,
      readRefused: async () => [],
      decode: (content) => content.toString(),
      datasetVersion: "gw-1.0",
      clock: { now: () => NOW },
      newId,
      reportFault: () => undefined,
    },
    isStopping,
  );
  const run = await take();
  await run?.();
  return run !== null;
}

const freeLanes = () => testDatabase().query("update public.mllp_lane set next_attempt_at = now(), leased_until = null");
const stateOf = async (listener: ListenerIdentity): Promise<readonly string[]> => {
  const rows = await testDatabase().query("select state, reason from public.mllp_message where ods = $1 order by arrival", [
    listener.ods,
  ]);
  return rows.map(({ state, reason }) => (reason === null ? String(state) : `${String(state)} ${String(reason)}`));
};

describe("the store of messages", () => {
  it("answers a repeated message with what was answered first, in one group, in another one, and at the same time", async () => {
    const listener = newListener();
    await store().openListener(listener, NOW);
    const bad: Verdict = {
      answer: "ERROR",
      findings: [{ code: "FORMAT_INVALID", field: "gender", expression: "messages[0].PID-8" }],
    };
    const first = messageOf(listener, "one", bad);
    const groups = await Promise.all([
      store().add(listener.ods, [first, messageOf(listener, "one")]),
      store().add(listener.ods, [messageOf(listener, "two"), messageOf(listener, "three")]),
    ]);
    expect(groups[0]).toEqual([bad, bad]);
    const racing = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        store().add(listener.ods, [messageOf(listener, "race", index % 2 === 0 ? bad : ACCEPT)]),
      ),
    );
    expect(new Set(racing.flat().map((verdict) => JSON.stringify(verdict))).size).toBe(1);
    expect(await stateOf(listener)).toHaveLength(4);
  });

  it("knows a message by its sender, control id and content together", async () => {
    const listener = newListener();
    await store().openListener(listener, NOW);
    const one = messageOf(listener, "x");
    const others = [{ application: "LAB" }, { facility: "OTHER" }, { controlId: "y" }, { content: Buffer.from("y") }, {}];
    await store().add(listener.ods, [one, ...others.map((other) => ({ ...one, id: newId(), ...other }))]);
    expect(await stateOf(listener)).toHaveLength(5);
  });

  it("shows messages to their organisation and programme alone, and replays them for nobody else", async () => {
    const listener = newListener();
    await store().openListener(listener, NOW);
    const message = messageOf(listener, "mine", { answer: "REJECT", parkedFor: "MESSAGE_UNSUPPORTED" });
    await store().add(listener.ods, [message]);
    const own = actorOf(listener.ods, listener.programmeCode);
    for (const other of [actorOf(listener.ods, "OTHER"), actorOf("RX", listener.programmeCode)]) {
      expect((await reader().messages(other, NO_FILTER, PAGE)).totalCount).toBe(0);
      expect(await reader().listeners(other)).toEqual([]);
      expect(await reader().replay(other, [message.id])).toEqual([]);
    }
    expect((await reader().messages(own, { ...NO_FILTER, controlId: "mine" }, PAGE)).totalCount).toBe(1);
    expect(await reader().replay(own, [message.id])).toMatchObject([{ id: message.id, state: "WAITING" }]);
    await work(recorder().service);
  });
});

describe("a worker", () => {
  it("submits the messages of a programme in the order of their arrival, as their listener's client and source system", async () => {
    const listener = newListener();
    await store().openListener(listener, NOW);
    const texts = Array.from({ length: 70 }, (_, index) => `m${index}`);
    for (const half of [texts.slice(0, 35), texts.slice(35)])
      await store().add(
        listener.ods,
        half.map((text) => messageOf(listener, text)),
      );
    const { service, commands, texts: sent } = recorder();
    expect(await work(service)).toBe(true);
    expect(sent().map((payload) => (Array.isArray(payload) ? payload.length : 0))).toEqual([64, 6]);
    expect(sent().flat()).toEqual(texts);
    expect(commands[0]).toMatchObject({
      channel: "MLLP",
      actor: { clientId: "client", ods: listener.ods, programmes: [listener.programmeCode] },
      options: { sourceSystem: { product: "PAS" }, programmeCode: listener.programmeCode },
    });
    expect(new Set(await stateOf(listener))).toEqual(new Set(["PROCESSED"]));
    expect(await work(service)).toBe(false);
  });

  it("takes up the batch of a worker that died, unchanged and under its key, before anything that came since", async () => {
    const listener = newListener();
    await store().openListener(listener, NOW);
    await store().add(
      listener.ods,
      ["a", "b"].map((text) => messageOf(listener, text)),
    );
    const lane = await inbox().takeLane();
    if (lane === null) throw new Error("no lane");
    const batch = await inbox().nextBatch(lane, newId(), 64);
    await store().add(listener.ods, [messageOf(listener, "c")]);
    // Held: nobody else takes it.
    expect(await inbox().takeLane()).toBeNull();
    await freeLanes();
    const { service, commands, texts } = recorder();
    await work(service);
    expect(texts()).toEqual([["a", "b"], ["c"]]);
    expect(commands[0]?.options.idempotencyKey).toBe(`mllp/${batch?.id}`);
    // The dead one wakes: its lane is another's, and what it says of the batch changes nothing.
    expect(await inbox().keepLane(lane)).toBeNull();
    if (batch !== null) await inbox().settle(lane, batch, [{ id: batch.messages[0]?.id ?? "", parkedFor: "LATE" }], null, NOW);
    expect(await stateOf(listener)).toEqual(["PROCESSED", "PROCESSED", "PROCESSED"]);
  });

  it("parks the message whose record is refused, and keeps its content for a replay", async () => {
    const listener = newListener();
    await store().openListener(listener, NOW);
    await store().add(
      listener.ods,
      ["good", "bad"].map((text) => messageOf(listener, text)),
    );
    const issue = { severity: "ERROR", code: "PARENT_MISSING", field: null, expression: "messages[1]" } as const;
    const refused = {
      index: 1,
      recordType: "PATIENT",
      outcome: "REJECTED",
      sourceRecordId: null,
      expression: "messages[1].PID",
      parentIndex: null,
      matchedBy: null,
      recordId: null,
      issues: [issue],
      changes: [],
      links: [],
      mappingReport: [],
    } as const;
    const first = recorder(async () => ({ header: HEADER, replayed: false, results: [refused] }));
    await work(first.service);
    expect(await stateOf(listener)).toEqual(["PROCESSED", "PARKED PARENT_MISSING"]);
    const own = actorOf(listener.ods, listener.programmeCode);
    const { nodes } = await reader().messages(own, { ...NO_FILTER, state: ["PARKED"] }, PAGE);
    await reader().replay(
      own,
      nodes.map(({ node }) => node.id),
    );
    const again = recorder();
    await work(again.service);
    expect(again.texts()).toEqual([["bad"]]);
    expect(await stateOf(listener)).toEqual(["PROCESSED", "PROCESSED"]);
  });

  it("finds the message that makes every attempt fail, parks it, and loses none of the others", async () => {
    const listener = newListener();
    await store().openListener(listener, NOW);
    await store().add(
      listener.ods,
      ["1", "2", "poison", "4"].map((text) => messageOf(listener, text)),
    );
    const { service, texts } = recorder(async ({ payload }) => {
      if (Array.isArray(payload) && payload.includes("poison")) throw new Error("a fault of ours");
      return { header: HEADER, replayed: false, results: [] };
    });
    for (let attempt = 0; attempt < 6; attempt++) {
      await work(service);
      await freeLanes();
    }
    expect(await stateOf(listener)).toEqual(["PROCESSED", "PROCESSED", `PARKED ${PROCESSING_FAULT}`, "PROCESSED"]);
    // Together, then alone and in order; the poisoned one twice more.
    expect(texts()).toEqual([["1", "2", "poison", "4"], ["1"], ["2"], ["poison"], ["poison"], ["4"]]);
  });

  it("waits where the database cannot be reached, and parks nothing for it", async () => {
    const listener = newListener();
    await store().openListener(listener, NOW);
    await store().add(listener.ods, [messageOf(listener, "patient")]);
    const unreachable = new GatewayError("DATABASE_UNAVAILABLE", "gone", { retryable: true });
    for (let attempt = 0; attempt < 5; attempt++) {
      await work(recorder(() => Promise.reject(unreachable)).service);
      expect(await inbox().takeLane()).toBeNull();
      await freeLanes();
    }
    expect(await stateOf(listener)).toEqual(["WAITING"]);
    await work(recorder().service);
    expect(await stateOf(listener)).toEqual(["PROCESSED"]);
  });

  it("puts messages of two listeners of a programme into submissions of their own, still in order", async () => {
    const pas = newListener();
    const lab = { ...pas, name: "lab", sourceSystem: { vendor: "V", product: "LAB", version: "1" } };
    await store().openListener(pas, NOW);
    await store().openListener(lab, NOW);
    await store().add(pas.ods, [messageOf(pas, "1"), messageOf(pas, "2"), messageOf(lab, "3"), messageOf(pas, "4")]);
    const { service, commands, texts } = recorder();
    await work(service);
    expect(texts()).toEqual([["1", "2"], ["3"], ["4"]]);
    expect(commands.map(({ options }) => options.sourceSystem.product)).toEqual(["PAS", "LAB", "PAS"]);
  });

  it("ends between two batches when it is told to stop, and leaves the lane free", async () => {
    const listener = newListener();
    await store().openListener(listener, NOW);
    await store().add(
      listener.ods,
      Array.from({ length: 65 }, (_, index) => messageOf(listener, `s${index}`)),
    );
    const { service, texts } = recorder();
    await work(service, () => texts().length > 0);
    expect(texts()).toHaveLength(1);
    await work(service);
    expect(texts()).toHaveLength(2);
  });
});

describe("messages that were kept long enough", () => {
  it("are removed: parked ones after 90 days, the memory of others after 400", async () => {
    const listener = newListener();
    await store().openListener(listener, NOW);
    await store().add(listener.ods, [
      messageOf(listener, "parked", { parkedFor: "MESSAGE_UNSUPPORTED" }),
      messageOf(listener, "done"),
      messageOf(listener, "waits"),
    ]);
    const age = (days: number) =>
      testDatabase().query(
        `update public.mllp_message set settled_at = now() - make_interval(days => $2::integer),
           state = case when reason is null and id <> $3::uuid then 'PROCESSED' else state end where ods = $1`,
        [listener.ods, days, waiting],
      );
    const [last] = await testDatabase().query(
      "select id::text as id from public.mllp_message where ods = $1 order by arrival desc",
      [listener.ods],
    );
    const waiting = String(last?.id);
    await age(89);
    await sweep(testDatabase().database);
    expect(await stateOf(listener)).toHaveLength(3);
    await age(91);
    await sweep(testDatabase().database);
    expect(await stateOf(listener)).toEqual(["PROCESSED", "WAITING"]);
    await age(401);
    await sweep(testDatabase().database);
    expect(await stateOf(listener)).toEqual(["WAITING"]);
  });
});
