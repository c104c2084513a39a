/** Whose turn it is on the one connection of the embedded database. */

/**
 * `SHORT`: a status query, a health check. `LONG`: a submission's chunk, the vacuum of a table. `LAST`: when nobody else waits.
 * Within a kind, callers are served in the order they came.
 */
export type TurnKind = "SHORT" | "LONG" | "LAST";

/** From then on a long caller goes before short ones, unless they have waited for a long one already: no stream keeps anyone out. */
const PATIENCE_MS = 300;

interface Waiting {
  readonly since: number;
  readonly start: () => void;
}

/** A status query waits for the turn that is running, not for the submissions that queue behind it. */
export class Turns {
  readonly #waiting: Readonly<Record<TurnKind, Waiting[]>> = { SHORT: [], LONG: [], LAST: [] };
  #isTaken = false;
  #lastLongEnded = 0;

  /** Waits until it is the caller's turn. @returns what ends it; to be called once */
  async take(kind: TurnKind): Promise<() => void> {
    if (this.#isTaken) {
      await new Promise<void>((start) => this.#waiting[kind].push({ since: performance.now(), start }));
    }
    this.#isTaken = true;
    return () => this.#end(kind);
  }

  #end(kind: TurnKind): void {
    if (kind === "LONG") this.#lastLongEnded = performance.now();
    // Stays taken while it is handed on: a caller who comes in between does not slip in.
    const next = this.#takeNext();
    if (next === undefined) this.#isTaken = false;
    else next.start();
  }

  #takeNext(): Waiting | undefined {
    const { SHORT: short, LONG: long, LAST: last } = this.#waiting;
    const hasWaitedForLong = short[0] !== undefined && short[0].since < this.#lastLongEnded;
    const isImpatient = long[0] !== undefined && performance.now() - long[0].since > PATIENCE_MS;
    const longFirst = isImpatient && !hasWaitedForLong;
    return (longFirst ? long.shift() : short.shift()) ?? long.shift() ?? last.shift();
  }
}
