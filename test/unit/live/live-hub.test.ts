import { describe, expect, it } from "vitest";
import { createFollow } from "../../../src/graphql/streams/follow.ts";
import { createLiveHub } from "../../../src/graphql/streams/live-hub.ts";
import type { ProgrammeEvent } from "../../../src/records/programme-event.ts";
import type { SubmissionHeader } from "../../../src/records/submission-record.ts";
import { actorOf, fakeStatus, headerOf, SUBMISSION_ID } from "../graphql/fake-deps.ts";

const eventOf = (sequence: number): ProgrammeEvent => ({
  id: `event-${sequence}`,
  ods: "RTEST",
  programmeCode: "P1",
  sequence,
  type: "SUBMISSION_COMPLETED",
  occurredAt: "2026-03-02T09:00:00.000Z",
  submissionId: SUBMISSION_ID,
  status: "COMPLETED",
  outcome: "ACCEPTED",
  counts: headerOf().counts,
});

/** A store whose reads are counted, with a submission and a programme that the test moves on. */
function makeStore() {
  const store = {
    header: headerOf({ status: "PROCESSING", outcome: null }) as SubmissionHeader | null,
    last: 0,
    reads: { submission: 0, events: 0 },
    failing: false,
  };
  const status = fakeStatus({
    submission: async () => {
      store.reads.submission += 1;
      if (store.failing) throw new Error("the database is away");
      return store.header;
    },
    eventsAfter: async (_actor, _code, sequence, limit) => {
      store.reads.events += 1;
      const events = Array.from({ length: Math.min(limit, store.last - sequence) }, (_, index) => eventOf(sequence + index + 1));
      const last = events.at(-1)?.sequence ?? sequence;
      return { events, last, hasMore: last < store.last };
    },
    lastSequence: async () => store.last,
  });
  const hub = createLiveHub({ status, jobProgress: { progress: async () => new Map() } });
  const follow = createFollow({ status, live: hub }, actorOf("SUBMITTER"));
  return { store, hub, follow };
}

describe("the hub", () => {
  it("reads a submission once for a notification, however many look at it", async () => {
    const { store, hub, follow } = makeStore();
    const streams = await Promise.all(Array.from({ length: 50 }, () => follow.submission(SUBMISSION_ID)));
    await Promise.all(streams.map((stream) => stream.next()));
    store.reads.submission = 0;
    const next = streams.map((stream) => stream.next());
    store.header = headerOf();
    hub.submissionChanged("RTEST", SUBMISSION_ID);
    const states = await Promise.all(next);
    expect(states.map(({ value }) => value?.header.status)).toEqual(Array(50).fill("COMPLETED"));
    expect(store.reads.submission).toBe(1);
    await Promise.all(streams.map((stream) => stream.next()));
    expect(hub.watched).toBe(0);
  });

  it("reads a programme once for a notification, however many listen, and apart for a vendor app", async () => {
    const { store, hub, follow } = makeStore();
    const streams = await Promise.all(Array.from({ length: 50 }, () => follow.programme("P1", null)));
    const next = streams.map((stream) => stream.next());
    await new Promise((resolve) => setImmediate(resolve));
    store.reads.events = 0;
    store.last = 1;
    hub.eventAppended("RTEST", "P1");
    expect((await Promise.all(next)).map(({ value }) => value?.sequence)).toEqual(Array(50).fill(1));
    expect(store.reads.events).toBe(1);
    expect(hub.watched).toBe(1);
    const vendor = hub.programme({ ...actorOf("VENDOR_APP"), ods: "RTEST" }, "P1");
    expect(hub.watched).toBe(2);
    vendor.release();
    await Promise.all(streams.map((stream) => stream.return()));
    expect(hub.watched).toBe(0);
  });

  it("tells what was missed after a broken connection, and nothing of other submissions and programmes", async () => {
    const { store, hub, follow } = makeStore();
    const stream = await follow.programme("P1", null);
    const next = stream.next();
    await new Promise((resolve) => setImmediate(resolve));
    store.last = 2;
    hub.eventAppended("RTEST", "P11");
    hub.eventAppended("ROTHER", "P1");
    expect(await Promise.race([next, new Promise((resolve) => setTimeout(resolve, 20, "nothing"))])).toBe("nothing");
    hub.reconnected();
    expect([(await next).value?.sequence, (await stream.next()).value?.sequence]).toEqual([1, 2]);
    await stream.return();
  });

  it("asks page by page for as much as was missed, and misses nothing that happens during a read", async () => {
    const { store, hub, follow } = makeStore();
    store.last = 250;
    const stream = await follow.programme("P1", 0);
    const told: number[] = [];
    for (let count = 0; count < 250; count++) {
      const { value } = await stream.next();
      told.push(value?.sequence ?? 0);
      if (count === 200) {
        store.last = 251;
        hub.eventAppended("RTEST", "P1");
      }
    }
    told.push((await stream.next()).value?.sequence ?? 0);
    expect(told).toEqual(Array.from({ length: 251 }, (_, index) => index + 1));
    await stream.return();
  });

  it("ends a stream whose read fails, and reads again for the next", async () => {
    const { store, hub, follow } = makeStore();
    const stream = await follow.submission(SUBMISSION_ID);
    await stream.next();
    store.failing = true;
    hub.submissionChanged("RTEST", SUBMISSION_ID);
    await expect(stream.next()).rejects.toThrow("away");
    expect(hub.watched).toBe(0);
    store.failing = false;
    const again = await follow.submission(SUBMISSION_ID);
    expect((await again.next()).value?.header.id).toBe(SUBMISSION_ID);
    await again.return();
  });

  it("ends a stream of a dry run whose time has passed", async () => {
    const { store, hub, follow } = makeStore();
    const stream = await follow.submission(SUBMISSION_ID);
    await stream.next();
    store.header = null;
    hub.submissionChanged("RTEST", SUBMISSION_ID);
    expect((await stream.next()).done).toBe(true);
  });
});
