import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { BatchReport } from "../../../src/episodes/link-ports.ts";
import { createLinkerLoop, type LinkerLoop } from "../../../src/episodes/linker-loop.ts";

const batch = (taken: number, isFull = false): BatchReport => ({ taken, isFull, patients: 0, changed: 0, tooLarge: 0 });
const NEVER_MS = 60_000;

/** A loop over batches as listed; after the last one nothing is due. */
function startLoop(batches: readonly (BatchReport | Error | null)[], pollMs = NEVER_MS) {
  const seen = { looks: 0, done: 0, faults: 0 };
  const loop: LinkerLoop = createLinkerLoop({
    linker: {
      workBatch: async () => {
        const next = batches[seen.looks++] ?? batch(0);
        if (next instanceof Error) throw next;
        return next;
      },
    },
    pollMs,
    pauseMs: 1,
    faultPauseMs: [1, 4],
    reportBatch: () => seen.done++,
    reportFault: () => seen.faults++,
  });
  loop.start();
  return { loop, seen };
}

describe("the linker's loop", () => {
  it("works full batches off one after the other, then waits until it is woken", async () => {
    const { loop, seen } = startLoop([batch(9, true), batch(9, true), batch(2)]);
    await expect.poll(() => seen).toEqual({ looks: 3, done: 3, faults: 0 });
    await wait(20);
    expect(seen.looks).toBe(3);
    loop.wake();
    await expect.poll(() => seen.looks).toBe(4);
    await loop.stop();
    loop.wake();
    await wait(20);
    expect(seen).toEqual({ looks: 4, done: 3, faults: 0 });
  });

  it("looks by itself now and then, also where another process was at work", async () => {
    const { loop, seen } = startLoop([null, batch(1)], 5);
    await expect.poll(() => seen.done).toBe(1);
    await loop.stop();
  });

  it("rests after a full batch in proportion to what it took, and no longer than until it is stopped", async () => {
    let looks = 0;
    const loop = createLinkerLoop({
      linker: {
        workBatch: async () => {
          looks++;
          await wait(20);
          return batch(1, true);
        },
      },
      pollMs: NEVER_MS,
      pauseMs: 1,
      restAfterFull: 1_000,
      faultPauseMs: [1, 1],
      reportBatch: () => undefined,
      reportFault: () => undefined,
    });
    loop.start();
    await wait(100);
    loop.wake();
    await loop.stop();
    expect(looks).toBe(1);
  });

  it("reports a fault and tries again", async () => {
    const { loop, seen } = startLoop([new Error("broken"), new Error("broken"), batch(3)]);
    await expect.poll(() => seen).toEqual({ looks: 3, done: 1, faults: 2 });
    await loop.stop();
  });

  it("lets the batch in hand end when it is stopped", async () => {
    let ended = false;
    const loop = createLinkerLoop({
      linker: {
        workBatch: async () => {
          await wait(30);
          ended = true;
          return batch(1, true);
        },
      },
      pollMs: NEVER_MS,
      pauseMs: 1,
      faultPauseMs: [1, 1],
      reportBatch: () => undefined,
      reportFault: () => undefined,
    });
    loop.start();
    await loop.stop();
    expect(ended).toBe(true);
  });
});
