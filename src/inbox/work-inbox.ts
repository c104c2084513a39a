/**
 * Works on messages that were acknowledged: programme by programme, in the order of their arrival, some tens of them as one submission.
 * A worker that dies leaves a batch that is taken up unchanged, under the same idempotency key: it is submitted once.
 */
import { GatewayError } from "../errors/gateway-error.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { RecordResult } from "../records/submission-record.ts";
import type { SubmissionService } from "../submission/commands.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import type { Batch, InboxStore, Lane, ListenerIdentity, ReadRefused, Settled } from "./inbox-ports.ts";

export interface InboxWorkDependencies {
  readonly store: InboxStore;
  readonly submissions: SubmissionService;
  readonly readRefused: ReadRefused;
  readonly decode: (content: Buffer) => string;
  readonly datasetVersion: string;
  readonly clock: Pick<Clock, "now">;
  readonly newId: NewId;
  /** A fault of ours; its text may hold anything. */
  readonly reportFault: (error: unknown, lane: Lane) => void;
}

/** Takes a lane; null where nothing is to be done. What it gives works on the lane until it is empty, or fails. */
export type TakeLane = () => Promise<(() => Promise<void>) | null>;

/** Fewer than count as a large submission, so that it never waits for a place among those. */
const MOST_IN_BATCH = 64;
/** A message that fails alone so often is parked. */
const MOST_ATTEMPTS = 3;
/** The reason of those. */
export const PROCESSING_FAULT = "PROCESSING_FAULT";
/** A third of the lease. */
const HEARTBEAT_MS = 8_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;
/** Where a message of the batch stands in the submission: `messages[3]`, and what is in it. */
const PLACE = /^messages\[(\d+)\]/;

export function createTakeLane(dependencies: InboxWorkDependencies, isStopping: () => boolean): TakeLane {
  return async () => {
    const lane = await dependencies.store.takeLane();
    return lane === null ? null : () => new LaneRun(lane, dependencies, isStopping).run();
  };
}

/** Renews a lane's lease as long as it is worked on. */
class HeldLane {
  readonly #store: InboxStore;
  readonly #heartbeat: NodeJS.Timeout;
  #lane: Lane;
  #renewal: Promise<void> = Promise.resolve();
  #lost = false;

  constructor(lane: Lane, store: InboxStore) {
    this.#lane = lane;
    this.#store = store;
    this.#heartbeat = setInterval(() => {
      this.#renewal = this.#renewal.then(() => this.#renew());
    }, HEARTBEAT_MS);
  }

  get lane(): Lane {
    return this.#lane;
  }

  /** Another worker has taken it. */
  get isLost(): boolean {
    return this.#lost;
  }

  async leave(outcome: { readonly failures: number; readonly waitMs: number }): Promise<void> {
    await this.stop();
    await this.#store.leaveLane(this.#lane, outcome);
  }

  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#renewal;
  }

  /** One that fails is made good by the next, or by the end of the lease. */
  async #renew(): Promise<void> {
    const kept = await this.#store.keepLane(this.#lane).catch(() => this.#lane);
    if (kept === null) this.#lost = true;
    else this.#lane = kept;
  }
}

class LaneRun {
  readonly #held: HeldLane;
  readonly #dependencies: InboxWorkDependencies;
  readonly #isStopping: () => boolean;
  #failures: number;

  constructor(lane: Lane, dependencies: InboxWorkDependencies, isStopping: () => boolean) {
    this.#held = new HeldLane(lane, dependencies.store);
    this.#dependencies = dependencies;
    this.#isStopping = isStopping;
    this.#failures = lane.failures;
  }

  async run(): Promise<void> {
    const { store, newId } = this.#dependencies;
    try {
      while (!this.#isStopping() && !this.#held.isLost) {
        const batch = await store.nextBatch(this.#held.lane, newId(), MOST_IN_BATCH);
        if (batch === null) break;
        try {
          await this.#submit(batch);
          this.#failures = 0;
        } catch (error) {
          return await this.#fail(batch, error);
        }
      }
      await this.#held.leave({ failures: 0, waitMs: 0 });
    } finally {
      await this.#held.stop();
    }
  }

  async #submit(batch: Batch): Promise<void> {
    const { submissions, store, readRefused, decode, datasetVersion, clock } = this.#dependencies;
    const actor = toActor(batch.listener);
    const { header, results } = await submissions.submit({
      actor,
      channel: "MLLP",
      options: {
        idempotencyKey: `mllp/${batch.id}`,
        programmeCode: batch.listener.programmeCode,
        sourceSystem: batch.listener.sourceSystem,
        datasetVersion,
        mode: "COMMIT",
        errorPolicy: "REJECT_FAILED",
      },
      payload: batch.messages.map(({ content }) => decode(content)),
      profile: batch.listener.profile,
    });
    const refused = reasonsOf(results ?? (await readRefused(actor, header.id)), header.issues);
    const settled = batch.messages.map(({ id }, index): Settled => ({ id, parkedFor: refused.get(index) ?? null }));
    await store.settle(this.#held.lane, batch, settled, header.id, clock.now());
  }

  /** What may pass is waited for; anything else is put down to one message of the batch, until that is found. */
  async #fail(batch: Batch, error: unknown): Promise<void> {
    const { store, clock, reportFault } = this.#dependencies;
    const passing = error instanceof GatewayError && error.retryable;
    const { lane } = this.#held;
    reportFault(error, lane);
    const [first] = batch.messages;
    if (!passing && first !== undefined) {
      const exhausted = batch.messages.length === 1 && first.attempts + 1 >= MOST_ATTEMPTS;
      if (exhausted) await store.settle(lane, batch, [{ id: first.id, parkedFor: PROCESSING_FAULT }], null, clock.now());
      else await store.dissolve(lane, batch);
    }
    const failures = this.#failures + 1;
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
    await this.#held.leave({ failures, waitMs });
  }
}

/** As whom the messages of a listener are submitted. */
export const toActor = ({ ods, clientId, programmeCode }: ListenerIdentity): OrganisationActor => ({
  clientId,
  role: "SUBMITTER",
  ods,
  programmes: [programmeCode],
  scopes: [],
});

/** By the message's index in the batch: the first error that is said of it. */
function reasonsOf(results: readonly RecordResult[], issues: RecordResult["issues"]): ReadonlyMap<number, string> {
  const reasons = new Map<number, string>();
  const note = (expression: string, code: string | undefined): void => {
    const index = Number(PLACE.exec(expression)?.[1] ?? Number.NaN);
    if (code !== undefined && !Number.isNaN(index) && !reasons.has(index)) reasons.set(index, code);
  };
  for (const { expression, code, severity } of issues) if (severity === "ERROR") note(expression, code);
  for (const { expression, outcome, issues: said } of results)
    if (outcome === "REJECTED") note(expression, said.find(({ severity }) => severity === "ERROR")?.code);
  return reasons;
}
