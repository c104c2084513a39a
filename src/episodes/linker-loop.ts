/**
 * Runs the linker, or another worker of its shape, as long as a worker's process runs. What is due stands in the database: a notification only wakes the loop early, and a
 * slow look finds what no notification told of. Any number of processes may run one; one of them works at a time.
 */
import type { BatchReport } from "./link-ports.ts";

/** What a loop goes by. */
type Batch = Pick<BatchReport, "taken" | "isFull">;

export interface LinkerLoopDependencies<Report extends Batch = BatchReport> {
  readonly linker: { workBatch(): Promise<Report | null> };
  /** Longest time between two looks, in milliseconds. */
  readonly pollMs: number;
  /** After a batch that was not full: what many small submissions make due meanwhile becomes one batch. */
  readonly pauseMs: number;
  /** After a full batch, in times of what it took: the rest of the time is left to whoever answers somebody. Absent: none. */
  readonly restAfterFull?: number;
  /** After a fault; doubled with each that follows, up to the second. */
  readonly faultPauseMs: readonly [first: number, most: number];
  readonly reportBatch: (report: Report, seconds: number) => void;
  /** The batch is due as before. */
  readonly reportFault: (error: unknown) => void;
}

export interface LinkerLoop {
  start(): void;
  /** Something may be due. Without effect on one that does not run. */
  wake(): void;
  /** Lets the batch in hand end, and begins no other. */
  stop(): Promise<void>;
}

export const createLinkerLoop = <Report extends Batch>(deps: LinkerLoopDependencies<Report>): LinkerLoop => new Loop(deps);

class Loop<Report extends Batch> implements LinkerLoop {
  readonly #deps: LinkerLoopDependencies<Report>;
  #running = false;
  #ended: Promise<void> = Promise.resolve();
  #isWoken = false;
  #faults = 0;
  #tookMs = 0;
  /** Ends the wait in hand. */
  #goOn: (() => void) | null = null;

  constructor(deps: LinkerLoopDependencies<Report>) {
    this.#deps = deps;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#ended = this.#run();
  }

  wake(): void {
    this.#isWoken = true;
    this.#goOn?.();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#goOn?.();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { pollMs, pauseMs, restAfterFull = 0 } = this.#deps;
    while (this.#running) {
      this.#isWoken = false;
      const isMore = await this.#workBatch();
      if (this.#faults > 0) await this.#wait(this.#faultPause(), false);
      else if (isMore && restAfterFull > 0) await this.#wait(this.#tookMs * restAfterFull, false);
      else if (!isMore) {
        await this.#wait(pauseMs, false);
        await this.#wait(pollMs, true);
      }
    }
  }

  /** @returns whether more may be due already */
  async #workBatch(): Promise<boolean> {
    const began = performance.now();
    try {
      const report = await this.#deps.linker.workBatch();
      this.#faults = 0;
      if (report === null || report.taken === 0) return false;
      this.#tookMs = performance.now() - began;
      this.#deps.reportBatch(report, this.#tookMs / 1_000);
      return report.isFull;
    } catch (error) {
      this.#faults++;
      this.#deps.reportFault(error);
      return false;
    }
  }

  #faultPause(): number {
    const [first, most] = this.#deps.faultPauseMs;
    return Math.min(most, first * 2 ** (this.#faults - 1));
  }

  /** @param untilWoken ends it early; the end of the loop always does */
  async #wait(ms: number, untilWoken: boolean): Promise<void> {
    if (!this.#running || (untilWoken && this.#isWoken)) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#goOn = null;
        resolve();
      };
      const timer = setTimeout(end, ms);
      this.#goOn = () => {
        if (untilWoken || !this.#running) end();
      };
    });
  }
}
