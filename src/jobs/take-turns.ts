/** Takes pieces of work from a queue, a few side by side, and sleeps while there are none. */

/** Fetches a piece of work; null where there is none. */
export type TakeNext = () => Promise<(() => Promise<void>) | null>;

export interface Turns {
  /** There may be something: look now. */
  wake(): void;
  /** Takes nothing more. Ends when everything taken has ended. */
  stop(): Promise<void>;
}

export interface TurnsOptions {
  readonly sideBySide: number;
  /** Longest sleep, in milliseconds. */
  readonly pollMs: number;
  /** Told what `next`, or the work it gave, threw; the taking goes on after a sleep. */
  readonly onError: (error: unknown) => void;
}

class TurnTaking implements Turns {
  readonly #next: TakeNext;
  readonly #options: TurnsOptions;
  readonly #inHand = new Set<Promise<void>>();
  readonly #ended: Promise<void>;
  #stopping = false;
  #woken = false;
  #endSleep: () => void = () => undefined;

  constructor(next: TakeNext, options: TurnsOptions) {
    this.#next = next;
    this.#options = options;
    this.#ended = this.#takeTurns();
  }

  wake(): void {
    this.#woken = true;
    this.#endSleep();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.wake();
    await this.#ended;
    await Promise.all(this.#inHand);
  }

  async #takeTurns(): Promise<void> {
    while (!this.#stopping) {
      this.#woken = false;
      const took = this.#inHand.size < this.#options.sideBySide && (await this.#takeOne());
      if (!took) await this.#sleep();
    }
  }

  async #takeOne(): Promise<boolean> {
    try {
      const work = await this.#next();
      if (work === null) return false;
      const piece = this.#finish(work);
      this.#inHand.add(piece);
      // Another may have become possible: a place is free, and so is what this piece held.
      void piece.finally(() => {
        this.#inHand.delete(piece);
        this.wake();
      });
      return true;
    } catch (error) {
      this.#options.onError(error);
      return false;
    }
  }

  async #finish(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#options.onError(error);
    }
  }

  /** Woken since the last look: there is no sleep, so that nothing is missed in between. */
  #sleep(): Promise<void> {
    if (this.#woken) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#options.pollMs);
      this.#endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

export const takeTurns = (next: TakeNext, options: TurnsOptions): Turns => new TurnTaking(next, options);
