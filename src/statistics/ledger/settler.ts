/** Takes each cell from where it stood to where it stands, by the rules of `settle-cell.ts`: first all changes are seen, then it is settled. */
import { REASON, WITHHELD } from "../cube/disclosure-rules.ts";
import type { Standing } from "./cube-ledger.ts";
import { NO_CELL } from "./former-cells.ts";
import { FRESHNESS, figureAt, isLongEnough, ORIGIN, standFirst, stepBetween } from "./settle-cell.ts";

export interface FirstCounts {
  readonly counts: Int32Array;
  /** Largest contribution of one organisation; 0 for cells of organisations. */
  readonly largest: Int32Array;
}

/** A cell that no cut had before. Whether one organisation has too much of it is left to the rules where the figure does not decide it. */
export function beginCell(standing: Standing, cell: number, { counts, largest }: FirstCounts): void {
  const { figure, offset, origin } = standFirst(counts[cell] ?? 0, largest[cell] ?? 0);
  standing.figures[cell] = figure;
  standing.reasons[cell] = firstReason(figure, origin);
  standing.offsets[cell] = offset;
  standing.origins[cell] = origin;
  standing.freshness[cell] = FRESHNESS.FIRST;
}

function firstReason(figure: number, origin: number): number {
  if (figure !== WITHHELD) return REASON.PUBLISHED;
  return origin === ORIGIN.DOMINATED ? REASON.RULE : REASON.SMALL;
}

/** Cells that no cut had before begin. */
export class Settler {
  readonly #standing: Standing;
  readonly #former: Standing;
  readonly #formerOf: Int32Array;
  /** What each position would be published as. */
  readonly #candidates: Int32Array;
  readonly #isHeld: Uint8Array;

  constructor(standing: Standing, first: FirstCounts, former: Standing, formerOf: Int32Array) {
    this.#standing = standing;
    this.#former = former;
    this.#formerOf = formerOf;
    this.#isHeld = new Uint8Array(formerOf.length);
    this.#candidates = first.counts.map((count, cell) => {
      const before = formerOf[cell] ?? NO_CELL;
      if (before === NO_CELL) beginCell(standing, cell, first);
      return before === NO_CELL
        ? (standing.figures[cell] ?? WITHHELD)
        : figureAt(count + (former.offsets[before] ?? 0), former.origins[before] ?? ORIGIN.FIGURE);
    });
  }

  /** One organisation's change of the cell. */
  see(cell: number, change: number): void {
    const { added, taken } = this.#standing;
    added[cell] = Math.max(added[cell] ?? 0, change);
    taken[cell] = Math.max(taken[cell] ?? 0, -change);
    if (!this.#isLongEnough(cell, change)) this.#isHeld[cell] = 1;
  }

  #isLongEnough(cell: number, change: number): boolean {
    const before = this.#formerOf[cell] ?? NO_CELL;
    const step = stepBetween(this.#former.figures[before] ?? WITHHELD, this.#candidates[cell] ?? WITHHELD);
    return isLongEnough(step, change, { added: this.#former.added[before] ?? 0, taken: this.#former.taken[before] ?? 0 });
  }

  /** When all changes have been seen. */
  settle(): void {
    const { added, taken } = this.#standing;
    for (const [cell, before] of this.#formerOf.entries()) {
      if (before === NO_CELL) [added[cell], taken[cell]] = [0, 0];
      else this.#settleCell(cell, before);
    }
  }

  #settleCell(cell: number, before: number): void {
    const { figures, reasons, offsets, origins, freshness, added, taken } = this.#standing;
    const former = this.#former;
    offsets[cell] = former.offsets[before] ?? 0;
    origins[cell] = former.origins[before] ?? 0;
    if (this.#isHeld[cell] === 0 && this.#isLongEnough(cell, 0)) {
      const candidate = this.#candidates[cell] ?? WITHHELD;
      figures[cell] = candidate;
      reasons[cell] = candidate === WITHHELD ? REASON.SMALL : REASON.PUBLISHED;
      freshness[cell] = FRESHNESS.MOVED;
      [added[cell], taken[cell]] = [0, 0];
      return;
    }
    figures[cell] = former.figures[before] ?? WITHHELD;
    reasons[cell] = former.reasons[before] ?? REASON.SMALL;
    freshness[cell] = FRESHNESS.HELD;
    added[cell] = (added[cell] ?? 0) + (former.added[before] ?? 0);
    taken[cell] = (taken[cell] ?? 0) + (former.taken[before] ?? 0);
  }
}
