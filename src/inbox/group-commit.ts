/**
 * Many small writes as few large ones: what comes while one is under way is the next one. Measured on PostgreSQL, eight connections with
 * 16 messages in flight, on a machine with eight times the work it has cores for: 280 messages a second, and 24 with a transaction each.
 */

export interface GroupCommitOptions<T, R> {
  /** Writes all or none. @returns a result for each item, in their order */
  readonly write: (items: readonly T[]) => Promise<readonly R[]>;
  /** How long the first item of a group waits for others, in milliseconds, while nothing is under way. */
  readonly waitMs: number;
  /** Items of one write. */
  readonly most: number;
}

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupCommit<T, R> {
  /** Items are written in the order in which they are added. @throws what the write of its group threw */
  add(item: T): Promise<R>;
}

class Groups<T, R> implements GroupCommit<T, R> {
  readonly #options: GroupCommitOptions<T, R>;
  #waiting: Waiting<T, R>[] = [];
  #writing = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: GroupCommitOptions<T, R>) {
    this.#options = options;
  }

  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#writing || this.#timer !== null) return;
      this.#timer = setTimeout(() => {
        this.#timer = null;
        void this.#writeAll();
      }, this.#options.waitMs);
    });
  }

  async #writeAll(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) await this.#writeGroup(this.#waiting.splice(0, this.#options.most));
    this.#writing = false;
  }

  async #writeGroup(group: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.#options.write(group.map(({ item }) => item));
      for (const [index, { resolve, reject }] of group.entries()) {
        const result = results[index];
        if (result === undefined) reject(new RangeError("a group has fewer results than items"));
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
}

export const createGroupCommit = <T, R>(options: GroupCommitOptions<T, R>): GroupCommit<T, R> => new Groups(options);
