/** How much may be in hand at once, over all connections: whoever comes later waits in turn. */

export interface WorkBudget {
  /** @returns gives the share back */
  take(bytes: number): Promise<() => void>;
}

/** A message takes memory of its own besides its bytes. */
const LEAST_SHARE_BYTES = 65_536;

class Budget implements WorkBudget {
  readonly #mostBytes: number;
  readonly #waiting: { readonly share: number; readonly begin: () => void }[] = [];
  #taken = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  async take(bytes: number): Promise<() => void> {
    const share = Math.min(this.#mostBytes, Math.max(bytes, LEAST_SHARE_BYTES));
    if (this.#waiting.length > 0 || !this.#fits(share)) await new Promise<void>((begin) => this.#waiting.push({ share, begin }));
    else this.#taken += share;
    return () => this.#giveBack(share);
  }

  #fits(share: number): boolean {
    return this.#taken + share <= this.#mostBytes;
  }

  #giveBack(share: number): void {
    this.#taken -= share;
    for (let [next] = this.#waiting; next !== undefined && this.#fits(next.share); [next] = this.#waiting) {
      this.#waiting.shift();
      this.#taken += next.share;
      next.begin();
    }
  }
}

/** A single message may be larger than all of it: it is then alone. */
export const createWorkBudget = (mostBytes: number): WorkBudget => new Budget(mostBytes);
