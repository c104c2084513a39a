/**
 * A request of 500 patients keeps the thread for some 200 ms in all. Done in one piece, every short question asked meanwhile waits for it;
 * in pieces of this length a question waits for the rest of one.
 */
const PIECE_MS = 4;

/** So many are sorted in one piece, some 2 ms. */
const RUN = 2_000;

/** A long piece of work that lets the thread's other work have its turn now and then. */
export class LongWork {
  #pieceBegan = performance.now();

  get #isDue(): boolean {
    return performance.now() - this.#pieceBegan > PIECE_MS;
  }

  /** Waits for one turn of the event loop where the piece has lasted long enough; else goes on at once. */
  async giveWay(): Promise<void> {
    if (!this.#isDue) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#pieceBegan = performance.now();
  }

  /** One item after the other, as `for` does. */
  async each<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
    for (const item of items) {
      work(item);
      if (this.#isDue) await this.giveWay();
    }
  }

  /** One item after the other, as `Array.map` does. */
  async map<T, R>(items: Iterable<T>, work: (item: T) => R): Promise<R[]> {
    const results: R[] = [];
    await this.each(items, (item) => results.push(work(item)));
    return results;
  }

  /** In an array of its own, as `Array.toSorted` does; of items that are alike in no known order. */
  async sort<T>(items: Iterable<T>, compare: (one: T, other: T) => number): Promise<T[]> {
    const all = [...items];
    let runs: T[][] = [];
    for (let from = 0; from < all.length; from += RUN) {
      runs.push(all.slice(from, from + RUN).sort(compare));
      await this.giveWay();
    }
    while (runs.length > 1) {
      const merged: T[][] = [];
      for (let at = 0; at < runs.length; at += 2) merged.push(await this.#merge(runs[at] ?? [], runs[at + 1] ?? [], compare));
      runs = merged;
    }
    return runs[0] ?? [];
  }

  async #merge<T>(left: readonly T[], right: readonly T[], compare: (one: T, other: T) => number): Promise<T[]> {
    const merged: T[] = [];
    let [atLeft, atRight] = [0, 0];
    for (;;) {
      const [one, other] = [left[atLeft], right[atRight]];
      if (one === undefined || other === undefined) break;
      if (compare(one, other) <= 0) {
        merged.push(one);
        atLeft++;
      } else {
        merged.push(other);
        atRight++;
      }
      if (merged.length % RUN === 0) await this.giveWay();
    }
    return merged.concat(left.slice(atLeft), right.slice(atRight));
  }
}
