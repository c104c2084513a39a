/** A turn of one lane: its next events, one after the other, until one fails. The order of a programme's events is kept here. */
import type { ProgrammeEvent } from "../records/programme-event.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import { type BackOff, waitAfter } from "./back-off.ts";
import { buildPost } from "./build-post.ts";
import type { AskedRedelivery, Attempt, DeliveryStore, Lane, LaneStep, OutboundCalls, Turn } from "./webhook-ports.ts";

/** A finished attempt, for logs and counts. */
export interface AttemptReport extends Pick<Attempt, "state" | "failure" | "statusCode" | "attempt" | "durationMs"> {
  readonly ods: string;
  readonly url: string;
}

export interface TurnDependencies {
  readonly store: DeliveryStore;
  readonly calls: Pick<OutboundCalls, "post">;
  readonly clock: Pick<Clock, "now">;
  readonly newId: NewId;
  /** Between 0 and 1. */
  readonly random: () => number;
  readonly backOff: BackOff;
  readonly reportAttempt: (report: AttemptReport) => void;
}

/** Then other lanes have their turn, however much this one has to send. */
const EVENTS_PER_TURN = 50;

/**
 * Sends and records until the events end, one fails, the lease is lost, or `isStopping` says so. An event counts as sent only when that
 * is recorded: a sender that ends in between leaves it to the next one, so a receiver may get it twice and never misses it.
 * @returns milliseconds after which the lane is worth another look
 */
export async function runTurn(deps: TurnDependencies, taken: Lane, isStopping: () => boolean): Promise<number> {
  const turn = await deps.store.readTurn(taken, EVENTS_PER_TURN);
  let lane: Lane | null = taken;
  for (const [position, event] of turn?.events.entries() ?? []) {
    if (turn === null || lane === null) break;
    const attempt = lane.attempt + 1;
    const made = await makeAttempt(deps, turn, event, false);
    const step = nextStep(deps, made.failure, attempt, () => position + 1 < turn.events.length && !isStopping());
    const state = stateOf(made.failure, step);
    deps.reportAttempt({ ...made, ods: lane.ods, url: turn.url, attempt, state });
    lane = await deps.store.record(lane, { ...made, id: deps.newId(), event, attempt, state }, step);
    if (step.step === "AGAIN") return step.waitMs;
  }
  return 0;
}

/** One attempt of one event, asked for by hand: whoever asked is told how it ended and may ask again. @returns as `runTurn` */
export async function runRedelivery(deps: TurnDependencies, asked: AskedRedelivery): Promise<number> {
  const turn = await deps.store.readRedelivery(asked);
  const [event] = turn?.events ?? [];
  if (turn === null || event === undefined) return 0;
  const made = await makeAttempt(deps, turn, event, true);
  const finished = { ...made, attempt: 1, state: made.failure === null ? "DELIVERED" : "DEAD" } as const;
  deps.reportAttempt({ ...finished, ods: asked.ods, url: turn.url });
  await deps.store.recordRedelivery(asked, finished);
  return 0;
}

type MadeAttempt = Pick<Attempt, "failure" | "statusCode" | "durationMs" | "attemptedAt">;

async function makeAttempt(
  { calls, clock }: TurnDependencies,
  turn: Turn,
  event: ProgrammeEvent,
  redelivery: boolean,
): Promise<MadeAttempt> {
  const attemptedAt = clock.now();
  const begun = performance.now();
  const result = await calls.post(buildPost(turn, event, attemptedAt, redelivery));
  return { ...result, attemptedAt, durationMs: Math.round(performance.now() - begun) };
}

function nextStep(
  { backOff, random }: TurnDependencies,
  failure: Attempt["failure"],
  attempt: number,
  goesOn: () => boolean,
): LaneStep {
  const waitMs = failure === null ? null : waitAfter(backOff, attempt, random());
  return waitMs === null ? { step: "DONE", keepLease: goesOn() } : { step: "AGAIN", waitMs };
}

function stateOf(failure: Attempt["failure"], { step }: LaneStep): Attempt["state"] {
  if (failure === null) return "DELIVERED";
  return step === "AGAIN" ? "FAILED" : "DEAD";
}
