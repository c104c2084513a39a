/**
 * A request of 500 patients keeps the thread for some 200 ms in all. Done in one piece, every short question asked meanwhile waits for it;
 * in pieces of this length a question waits for the rest of one.
 */
const PIECE_MS = 4;

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
}
