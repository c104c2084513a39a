/** Events are numbered without a gap in the order of commit, and heard by whoever listens once they are there. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Transaction } from "../../../src/persistence/database/unit.ts";
import { announceChange, appendEvent, type ChangeHearer, listenForChanges } from "../../../src/persistence/programme-events.ts";
import type { SubmissionHeader } from "../../../src/records/submission-record.ts";
import { databaseKind, provideDatabase } from "../../support/database.ts";
import { actorOf, createStores, headerOf } from "../stores/store-fixture.ts";

const database = provideDatabase();
const own = actorOf("RAA", "P1", "P2");
let stores: ReturnType<typeof createStores>;
beforeAll(() => {
  stores = createStores(database().database);
});

const run = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
  database().database.withRole({ role: "nacr_app", ods: own.ods, programmes: own.programmes }, work);
/** Of this database alone: other tests listen on the same server. */
const LISTENERS = "from pg_stat_activity where application_name = 'nacr-gateway-listener' and datname = current_database()";
const countListeners = async (): Promise<number> => {
  const [row] = await database().query(`select count(*)::int as n ${LISTENERS}`);
  return Number(row?.n);
};
const make = (more: Partial<SubmissionHeader> = {}): SubmissionHeader => ({ ...headerOf(own, {}, []), ...more });
const append = (header: SubmissionHeader): Promise<void> => run((tx) => appendEvent(tx, header));
const readAll = async (programme: string) => (await stores.status.eventsAfter(own, programme, 0, 1_000)).events;

/** What is heard while `work` runs, and until `count` things were. */
async function hearDuring(work: () => Promise<void>, count: number): Promise<string[]> {
  const heard: string[] = [];
  const hearer: ChangeHearer = {
    eventAppended: (...event) => heard.push(event.join("/")),
    submissionChanged: (...change) => heard.push(change.join("/")),
    reconnected: () => heard.push("reconnected"),
  };
  const stop = await listenForChanges(database().database, hearer);
  await work();
  await expect.poll(() => heard.length).toBeGreaterThanOrEqual(count);
  await stop();
  return heard;
}

describe("events of a programme", () => {
  it("are numbered from 1, each programme by itself, and heard with their number", async () => {
    const [first, second, other] = [make(), make(), make({ programmeCode: "P2" })];
    const heard = await hearDuring(async () => {
      for (const header of [first, second, other]) await append(header);
    }, 6);
    expect(heard).toEqual(["RAA/P1/1", `RAA/${first.id}`, "RAA/P1/2", `RAA/${second.id}`, "RAA/P2/1", `RAA/${other.id}`]);
    expect((await readAll("P1")).map(({ sequence, submissionId }) => [sequence, submissionId])).toEqual([
      [1, first.id],
      [2, second.id],
    ]);
    expect([await stores.status.lastSequence(own, "P1"), await stores.status.lastSequence(own, "P3")]).toEqual([2, 0]);
  });

  it("are given back as they were told", async () => {
    const header = make({ programmeCode: "P2", status: "CANCELLED", outcome: null });
    await append(header);
    const event = (await readAll("P2")).at(-1);
    const { id: submissionId, status, outcome, counts } = header;
    expect(event).toMatchObject({
      ods: "RAA",
      programmeCode: "P2",
      type: "SUBMISSION_CANCELLED",
      submissionId,
      status,
      outcome,
      counts,
    });
    expect([event?.id, event?.occurredAt]).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/Z$/)]);
  });

  it("leave no number out where a transaction is rolled back, and nothing is heard of it", async () => {
    const before = await stores.status.lastSequence(own, "P1");
    const kept = make();
    const heard = await hearDuring(async () => {
      await expect(
        run(async (tx) => {
          await appendEvent(tx, make());
          throw new Error("rolled back");
        }),
      ).rejects.toThrow("rolled back");
      await append(kept);
    }, 2);
    expect(heard).toEqual([`RAA/P1/${before + 1}`, `RAA/${kept.id}`]);
  });

  it("are not made by dry runs and states that are not told: these are announced", async () => {
    const before = await stores.status.lastSequence(own, "P1");
    const [dry, working] = [make({ mode: "VALIDATE_ONLY" }), make({ status: "PROCESSING", outcome: null })];
    const heard = await hearDuring(async () => {
      await append(dry);
      await append(working);
      await run((tx) => announceChange(tx, "RAA", working.id));
    }, 3);
    expect(heard).toEqual([`RAA/${dry.id}`, `RAA/${working.id}`, `RAA/${working.id}`]);
    expect(await stores.status.lastSequence(own, "P1")).toBe(before);
  });

  it("are seen by the organisation's own programmes only", async () => {
    expect((await stores.status.eventsAfter(actorOf("RBB", "P1"), "P1", 0, 10)).events).toEqual([]);
    expect((await stores.status.eventsAfter(actorOf("RAA", "P2"), "P1", 0, 10)).events).toEqual([]);
    expect((await stores.status.eventsAfter(own, "P1", 0, 10)).events.length).toBeGreaterThan(0);
  });

  it("come page by page", async () => {
    const page = await stores.status.eventsAfter(own, "P1", 0, 2);
    expect([page.events.length, page.last, page.hasMore]).toEqual([2, 2, true]);
    const last = await stores.status.lastSequence(own, "P1");
    expect(await stores.status.eventsAfter(own, "P1", last, 2)).toEqual({ events: [], last, hasMore: false });
  });

  it("of transactions that run at once are seen in the order of their numbers, without a gap at any moment", async () => {
    const before = await stores.status.lastSequence(own, "P1");
    let running = true;
    const gaps: string[] = [];
    const watching = (async () => {
      for (let known = before; running; ) {
        const { events, last } = await stores.status.eventsAfter(own, "P1", known, 1_000);
        const order = events.map(({ sequence }) => sequence);
        const expected = order.map((_, index) => known + index + 1);
        if (order.join() !== expected.join()) gaps.push(`${order.join()} after ${known}`);
        known = last;
      }
    })();
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (let count = 0; count < 15; count++) await append(make());
      }),
    );
    running = false;
    await watching;
    expect([gaps, await stores.status.lastSequence(own, "P1")]).toEqual([[], before + 60]);
  });

  it("in a payload of another form are passed over", async () => {
    const heard = await hearDuring(async () => {
      for (const [channel, payload] of [
        ["nacr_event", "nonsense"],
        ["nacr_event", "a/b/c"],
        ["nacr_change", "RAA/no-id"],
        ["nacr_change", ""],
      ])
        await database().query("select pg_notify($1::text, $2::text)::text as told", [channel, payload]);
      await append(make());
    }, 2);
    expect(heard).toHaveLength(2);
  });
});

describe("listening", () => {
  it("ends when it is stopped", async () => {
    const heard: string[] = [];
    const stop = await database().database.listen(
      ["nacr_change"],
      (_channel, payload) => heard.push(payload),
      () => undefined,
    );
    await stop();
    await append(make());
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(heard).toEqual([]);
  });

  it.runIf(databaseKind === "postgresql")(
    "goes on after the connection was cut, and says that something may have been missed",
    async () => {
      const header = make();
      const heard = await hearDuring(async () => {
        await database().query(`select pg_terminate_backend(pid) as ended ${LISTENERS}`);
        await expect
          .poll(
            async () => {
              await append(header);
              return await countListeners();
            },
            { timeout: 10_000 },
          )
          .toBe(1);
        await append(header);
      }, 3);
      expect(heard[0]).toBe("reconnected");
      expect(heard).toContain(`RAA/${header.id}`);
      await expect.poll(countListeners).toBe(0);
    },
  );
});
