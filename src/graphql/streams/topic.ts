/** Something that changes, and those who wait for it. Counting instead of queueing: whoever is slow finds the latest, once. */
export class Topic {
  #version = 0;
  readonly #waiting = new Set<() => void>();

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  /** How many wait at this moment. */
  get waiting(): number {
    return this.#waiting.size;
  }

  bump(): void {
    this.#version += 1;
    for (const wake of this.#waiting) wake();
  }

  /** Resolves once the version is another one than `seen`, or when the signal is given. */
  changed(seen: number, signal: AbortSignal): Promise<void> {
    if (this.#version !== seen || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake);
    });
  }
}
