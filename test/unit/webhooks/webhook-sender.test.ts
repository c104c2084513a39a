/** The sender over a store in memory: what it takes, in which order it sends, when it stops. */
import { describe, expect, it } from "vitest";
import type { ProgrammeEvent } from "../../../src/records/programme-event.ts";
import { type AttemptReport, runTurn, type TurnDependencies } from "../../../src/webhooks/run-turn.ts";
import type { PostResult } from "../../../src/webhooks/webhook.ts";
import type { Attempt, DeliveryStore, Lane, LaneStep, WorkWanted } from "../../../src/webhooks/webhook-ports.ts";
import { createWebhookSender } from "../../../src/webhooks/webhook-sender.ts";
import { eventually } from "../../support/webhook-receiver.ts";

const eventOf = (sequence: number): ProgrammeEvent => ({
  id: `event-${sequence}`,
  ods: "RAA",
  programmeCode: "P1",
  sequence,
  type: "SUBMISSION_COMPLETED",
  occurredAt: "2026-03-02T09:30:00.125Z",
  submissionId: "submission",
  status: "COMPLETED",
  outcome: "ACCEPTED",
  counts: { received: 1, created: 1, updated: 0, unchanged: 0, withdrawn: 0, rejected: 0, held: 0, withheld: 0, warnings: 0 },
});

const LANE: Lane = { ods: "RAA", webhookId: "w", programmeCode: "P1", attempt: 0, lease: "lease-0" };
const DELIVERED: PostResult = { failure: null, statusCode: 204 };
const REFUSED: PostResult = { failure: "HTTP_STATUS", statusCode: 500 };

interface Stage {
  readonly deps: TurnDependencies;
  readonly recorded: { readonly attempt: Attempt; readonly step: LaneStep }[];
  readonly reports: AttemptReport[];
}

/** A lane with so many events; the n-th call ends with the n-th result, and the store keeps the lease as long as it is asked to. */
function stage(events: number, results: readonly PostResult[], more: Partial<DeliveryStore> = {}): Stage {
  const recorded: Stage["recorded"] = [];
  const reports: AttemptReport[] = [];
  let calls = 0;
  const store: DeliveryStore = {
    take: async () => ({ lanes: [], redeliveries: [] }),
    readTurn: async () => ({
      url: "https://a.example/secret-path",
      secrets: ["s"],
      events: Array.from({ length: events }, (_, i) => eventOf(i + 1)),
    }),
    record: async (lane, attempt, step) => {
      recorded.push({ attempt, step });
      return step.step === "DONE" && step.keepLease ? { ...lane, attempt: 0, lease: `lease-${recorded.length}` } : null;
    },
    readRedelivery: async () => null,
    recordRedelivery: async () => undefined,
    ...more,
  };
  const deps: TurnDependencies = {
    store,
    calls: { post: async () => results[calls++] ?? DELIVERED },
    clock: { now: () => "2026-03-02T09:31:00.000Z" },
    newId: () => `id-${recorded.length}`,
    random: () => 0.5,
    backOff: { firstMs: 1_000, mostMs: 60_000, attempts: 3 },
    reportAttempt: (report) => reports.push(report),
  };
  return { deps, recorded, reports };
}

const never = (): boolean => false;

describe("a turn of a lane", () => {
  it("sends its events in order and gives the lease up with the last one", async () => {
    const { deps, recorded } = stage(3, []);
    expect(await runTurn(deps, LANE, never)).toBe(0);
    expect(recorded.map(({ attempt }) => [attempt.event.sequence, attempt.attempt, attempt.state])).toEqual([
      [1, 1, "DELIVERED"],
      [2, 1, "DELIVERED"],
      [3, 1, "DELIVERED"],
    ]);
    expect(recorded.map(({ step }) => step)).toEqual([
      { step: "DONE", keepLease: true },
      { step: "DONE", keepLease: true },
      { step: "DONE", keepLease: false },
    ]);
  });

  it("ends at the event that fails: those behind it wait", async () => {
    const { deps, recorded } = stage(3, [DELIVERED, REFUSED]);
    expect(await runTurn(deps, LANE, never)).toBe(500);
    expect(recorded.map(({ attempt }) => [attempt.event.sequence, attempt.state, attempt.statusCode])).toEqual([
      [1, "DELIVERED", 204],
      [2, "FAILED", 500],
    ]);
    expect(recorded[1]?.step).toEqual({ step: "AGAIN", waitMs: 500 });
  });

  it("goes on behind an event whose last attempt failed", async () => {
    const { deps, recorded, reports } = stage(2, [REFUSED]);
    await runTurn(deps, { ...LANE, attempt: 2 }, never);
    expect(recorded.map(({ attempt }) => [attempt.event.sequence, attempt.attempt, attempt.state])).toEqual([
      [1, 3, "DEAD"],
      [2, 1, "DELIVERED"],
    ]);
    expect(reports).toMatchObject([{ state: "DEAD", failure: "HTTP_STATUS", ods: "RAA" }, { state: "DELIVERED" }]);
  });

  it("begins no other event once it is to stop, or once the lease is lost", async () => {
    const stopping = stage(3, []);
    await runTurn(stopping.deps, LANE, () => true);
    expect(stopping.recorded.map(({ step }) => step)).toEqual([{ step: "DONE", keepLease: false }]);
    let records = 0;
    const lost = stage(3, [], {
      record: async () => {
        records += 1;
        return null;
      },
    });
    await runTurn(lost.deps, LANE, never);
    expect(records).toBe(1);
  });

  it("sends nothing for a webhook that was removed", async () => {
    const { deps, recorded } = stage(3, [], { readTurn: async () => null });
    expect(await runTurn(deps, LANE, never)).toBe(0);
    expect(recorded).toEqual([]);
  });
});

describe("a sender", () => {
  const start = (deps: TurnDependencies, pollMs = 60_000) => {
    const faults: unknown[] = [];
    const sender = createWebhookSender({ ...deps, pollMs, reportFault: (error) => faults.push(error) });
    sender.start();
    return { sender, faults };
  };

  it("holds at most 16 new lanes, 8 that failed and 4 redeliveries, each kind by itself", async () => {
    const wanted: WorkWanted[] = [];
    const hang = Promise.withResolvers<PostResult>();
    const { deps } = stage(1, [], {
      take: async (places) => {
        wanted.push(places);
        if (wanted.length > 1) return { lanes: [], redeliveries: [] };
        return { lanes: [LANE, LANE, { ...LANE, attempt: 1 }], redeliveries: [{ ods: "RAA", deliveryId: "d" }] };
      },
      readRedelivery: async () => ({ url: "https://a.example/", secrets: ["s"], events: [eventOf(1)] }),
    });
    const { sender } = start({ ...deps, calls: { post: () => hang.promise } });
    await eventually(() => wanted.length === 1, "the first look");
    await new Promise((resolve) => setTimeout(resolve, 10));
    sender.wake();
    await eventually(() => wanted.length === 2, "the second look");
    expect(wanted).toEqual([
      { fresh: 16, again: 8, redeliveries: 4 },
      { fresh: 14, again: 7, redeliveries: 3 },
    ]);
    hang.resolve(DELIVERED);
    await sender.stop();
  });

  it("looks again when it was woken during a look, when a turn has ended, and by the clock", async () => {
    let looks = 0;
    const { deps } = stage(1, [], {
      take: async () => {
        looks += 1;
        return { lanes: looks === 1 ? [LANE] : [], redeliveries: [] };
      },
    });
    const { sender } = start(deps);
    sender.wake();
    await eventually(() => looks === 3, "a look for the wake and one for the turn");
    await sender.stop();
    looks = 1;
    const polling = start(deps, 20);
    await eventually(() => looks > 3, "looks by the clock");
    await polling.sender.stop();
  });

  it("goes on after a fault of the store, which it reports", async () => {
    let looks = 0;
    const { deps, recorded } = stage(1, [], {
      take: async () => {
        looks += 1;
        if (looks === 1) throw new Error("the database is away");
        return { lanes: looks === 2 ? [LANE] : [], redeliveries: [] };
      },
    });
    const { sender, faults } = start(deps, 20);
    await eventually(() => recorded.length === 1, "the delivery after the fault");
    expect(faults).toHaveLength(1);
    await sender.stop();
  });

  it("lets the attempt in hand end when it is stopped, and does nothing afterwards", async () => {
    let looks = 0;
    const hang = Promise.withResolvers<PostResult>();
    const { deps, recorded } = stage(2, [], {
      take: async () => {
        looks += 1;
        return { lanes: looks === 1 ? [LANE] : [], redeliveries: [] };
      },
    });
    let posted = false;
    const post = (): Promise<PostResult> => {
      posted = true;
      return hang.promise;
    };
    const { sender } = start({ ...deps, calls: { post } });
    await eventually(() => posted, "the call");
    const stopped = sender.stop();
    hang.resolve(DELIVERED);
    await stopped;
    expect(recorded.map(({ attempt }) => attempt.event.sequence)).toEqual([1]);
    sender.wake();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(looks).toBe(1);
  });
});
