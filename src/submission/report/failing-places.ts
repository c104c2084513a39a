/** Where in the sender's input records failed, and why: small enough for files of millions of rows. */

/** Why a record failed. */
export interface Reason {
  readonly code: string;
  readonly field: string | null;
  /** Within the line or row: `initiatingEvents[0].eventDate`; empty for all of it. */
  readonly expression: string;
  readonly text: string;
}

/** `row 14` is the 14th of `row `; `Bundle.entry[3].resource` the third of its kind. */
const NUMBERED = /^(.*?)(\d+)(\D*)$/s;
/** Places of one kind are numbered densely, so they stand in blocks: 4 bytes each, where an entry of a Map takes 60. */
const BLOCK_BITS = 12;
const BLOCK = 1 << BLOCK_BITS;

function locate(place: string): { readonly block: string; readonly offset: number } {
  const [, before = place, digits = "0", after = ""] = NUMBERED.exec(place) ?? [];
  const number = Number(digits);
  return { block: `${before}\n${Math.floor(number / BLOCK)}\n${after}`, offset: number % BLOCK };
}

export class FailingPlaces {
  /** For each place the position of its reasons in the list, plus one; 0: nothing failed there. */
  readonly #blocks = new Map<string, Int32Array>();
  /** Distinct lists of reasons: many rows share the few ways in which they are wrong. */
  readonly #reasons: (readonly Reason[])[] = [];
  readonly #positions = new Map<string, number>();

  /** Adds to what is known of the place; a reason is kept once. */
  add(place: string, reasons: readonly Reason[]): void {
    const { block, offset } = locate(place);
    const entries = this.#blocks.get(block) ?? new Int32Array(BLOCK);
    this.#blocks.set(block, entries);
    const known = this.#reasons[(entries[offset] ?? 0) - 1] ?? [];
    entries[offset] = this.#keep(distinctReasons([...known, ...reasons])) + 1;
  }

  /** Null: nothing failed there. */
  reasonsAt(place: string): readonly Reason[] | null {
    const { block, offset } = locate(place);
    return this.#reasons[(this.#blocks.get(block)?.[offset] ?? 0) - 1] ?? null;
  }

  /** How many tables have failures: places of one differ by their number only. */
  countTables(): number {
    return new Set([...this.#blocks.keys()].map((block) => block.slice(0, block.indexOf("\n")))).size;
  }

  #keep(reasons: readonly Reason[]): number {
    const key = JSON.stringify(reasons);
    const known = this.#positions.get(key);
    if (known !== undefined) return known;
    this.#positions.set(key, this.#reasons.length);
    return this.#reasons.push(reasons) - 1;
  }
}

const distinctReasons = (reasons: readonly Reason[]): readonly Reason[] =>
  reasons.length < 2 ? reasons : [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
