/**
 * Sends events to webhooks as long as it runs. What is due stands in the database: a notification only wakes the sender early, and a
 * slow look finds what no notification told of. Any number of processes may run one; a lane belongs to one of them at a time.
 */
import { runRedelivery, runTurn, type TurnDependencies } from "./run-turn.ts";
import type { TakenWork, WorkWanted } from "./webhook-ports.ts";

export interface SenderDependencies extends TurnDependencies {
  /** Longest time between two looks, in milliseconds. */
  readonly pollMs: number;
  /** Work of one lane or one redelivery that failed for a reason of ours; its lease runs out and another look finds it again. */
  readonly reportFault: (error: unknown) => void;
}

export interface WebhookSender {
  start(): void;
  /** Looks at once: there may be something new. Without effect on one that does not run. */
  wake(): void;
  /** Lets the attempts in hand end (each within the limits of `OutboundCalls`), and begins no other. */
  stop(): Promise<void>;
}

/** Work in hand at once, of each kind by itself: receivers that failed last time, and may hang, hold up none of those that answer. */
const PLACES: WorkWanted = { fresh: 16, again: 8, redeliveries: 4 };
type Kind = keyof WorkWanted;

export function createWebhookSender(deps: SenderDependencies): WebhookSender {
  return new Sender(deps);
}

class Sender implements WebhookSender {
  readonly #deps: SenderDependencies;
  readonly #inHand: Readonly<Record<Kind, Set<Promise<void>>>> = { fresh: new Set(), again: new Set(), redeliveries: new Set() };
  #running = false;
  /** The look that is going on, and whether it was woken meanwhile. */
  #look: Promise<void> | null = null;
  #lookAgain = false;
  #timer: NodeJS.Timeout | null = null;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(deps: SenderDependencies) {
    this.#deps = deps;
  }

  start(): void {
    this.#running = true;
    this.wake();
  }

  wake(): void {
    if (!this.#running) return;
    if (this.#look !== null) {
      this.#lookAgain = true;
      return;
    }
    this.#look = this.#takeWork().finally(() => {
      this.#look = null;
      this.#wakeIn(this.#deps.pollMs);
      if (!this.#lookAgain) return;
      this.#lookAgain = false;
      this.wake();
    });
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#clearTimer();
    await this.#look;
    await Promise.all(Object.values(this.#inHand).flatMap((held) => [...held]));
  }

  /** The earliest wish counts. */
  #wakeIn(ms: number): void {
    const at = performance.now() + ms;
    if (!this.#running || at >= this.#timerAt) return;
    this.#clearTimer();
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#clearTimer();
      this.wake();
    }, ms);
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAt = Number.POSITIVE_INFINITY;
  }

  async #takeWork(): Promise<void> {
    const free = (kind: Kind): number => PLACES[kind] - this.#inHand[kind].size;
    const wanted = { fresh: free("fresh"), again: free("again"), redeliveries: free("redeliveries") };
    if (Object.values(wanted).every((places) => places === 0)) return;
    try {
      const taken = await this.#deps.store.take(wanted);
      if (this.#running) this.#begin(taken);
    } catch (error) {
      this.#deps.reportFault(error);
    }
  }

  #begin({ lanes, redeliveries }: TakenWork): void {
    for (const lane of lanes)
      this.#hold(lane.attempt === 0 ? "fresh" : "again", () => runTurn(this.#deps, lane, () => !this.#running));
    for (const asked of redeliveries) this.#hold("redeliveries", () => runRedelivery(this.#deps, asked));
  }

  /** `work` tells after how many milliseconds it is worth to look for more. */
  #hold(kind: Kind, work: () => Promise<number>): void {
    const held = work()
      .then(
        (waitMs) => this.#wakeIn(waitMs),
        (error: unknown) => this.#deps.reportFault(error),
      )
      .finally(() => this.#inHand[kind].delete(held));
    this.#inHand[kind].add(held);
  }
}
