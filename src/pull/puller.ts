/**
 * Reads FHIR servers as long as it runs: pulls that were asked for, and those whose interval is over. What is due stands in the database;
 * any number of processes may run one, and a pull belongs to one of them at a time.
 */
import type { OrganisationActor } from "../records/actor.ts";
import type { AcceptPull } from "./accept-pull.ts";
import type { DueSource, HeldPull, PullStore } from "./pull-ports.ts";
import { type RunDependencies, runPull } from "./run-pull.ts";

export interface PullerDependencies extends RunDependencies {
  readonly store: PullStore;
  readonly accept: AcceptPull;
  /** Longest time between two looks, in milliseconds. */
  readonly pollMs: number;
  /** How often a pull in hand is held anew: well below the store's lease. In milliseconds. */
  readonly holdMs: number;
  /** The look itself failed; another one follows. */
  readonly reportTrouble: (error: unknown) => void;
}

export interface Puller {
  start(): void;
  /** Ends the turns in hand, which another process takes up, and begins no other. */
  stop(): Promise<void>;
}

/** Servers that are slow hold their place; two of them must not keep the others from theirs. */
const SIDE_BY_SIDE = 4;
const STOPPED = new Error("The puller was stopped.");
const LOST = new Error("The pull is another process's.");

export function createPuller(dependencies: PullerDependencies): Puller {
  return new LoopingPuller(dependencies);
}

class LoopingPuller implements Puller {
  readonly #dependencies: PullerDependencies;
  readonly #inHand = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #look: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(dependencies: PullerDependencies) {
    this.#dependencies = dependencies;
  }

  start(): void {
    this.#look = this.#lookAround().finally(() => {
      if (!this.#stopping.signal.aborted) this.#timer = setTimeout(() => this.start(), this.#dependencies.pollMs);
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort(STOPPED);
    await this.#look;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await Promise.all(this.#inHand);
  }

  async #lookAround(): Promise<void> {
    const { store, reportTrouble } = this.#dependencies;
    try {
      for (const due of await store.dueSources()) await this.#acceptDue(due);
      const free = SIDE_BY_SIDE - this.#inHand.size;
      const taken = free > 0 && !this.#stopping.signal.aborted ? await store.take(free) : [];
      for (const held of taken) this.#begin(held);
    } catch (error) {
      reportTrouble(error);
    }
  }

  /** In nobody's name but the schedule's, with the rights of those who may ask for a pull. */
  async #acceptDue({ ods, programmeCode, sourceId }: DueSource): Promise<void> {
    const actor: OrganisationActor = {
      clientId: SCHEDULE_CLIENT,
      role: "CLINICAL_TEAM",
      ods,
      programmes: [programmeCode],
      scopes: [],
    };
    try {
      await this.#dependencies.accept(actor, sourceId, null);
    } catch (error) {
      this.#dependencies.reportTrouble(error);
    }
  }

  #begin(held: HeldPull): void {
    const work = this.#work(held)
      .catch((error: unknown) => this.#dependencies.reportTrouble(error))
      .finally(() => this.#inHand.delete(work));
    this.#inHand.add(work);
  }

  async #work(held: HeldPull): Promise<void> {
    const { store, holdMs } = this.#dependencies;
    const lost = new AbortController();
    const holding = setInterval(() => {
      // A failure is made good by the next one, or by the end of the lease.
      store.hold(held).then(
        (mine) => mine || lost.abort(LOST),
        () => undefined,
      );
    }, holdMs);
    try {
      await runPull(this.#dependencies, held, AbortSignal.any([this.#stopping.signal, lost.signal]));
    } catch (error) {
      if (error !== STOPPED && error !== LOST) throw error;
      // Also where it was lost to a cancellation: the next turn closes it.
      await store.release(held, 0);
    } finally {
      clearInterval(holding);
    }
  }
}

/** The client of submissions that the schedule began. */
const SCHEDULE_CLIENT = "fhir-schedule";
