import { describe, expect, it } from "vitest";
import { takeTurns } from "../../../src/jobs/take-turns.ts";

const LONG_MS = 60_000;
const tick = (ms = 10) => new Promise((resolve) => setTimeout(resolve, ms));

/** A queue of pieces, each of which ends when the test says so. */
function createPieces(count: number) {
  const begun: (() => void)[] = [];
  let left = count;
  let looks = 0;
  const next = async () => {
    looks += 1;
    if (left === 0) return null;
    left -= 1;
    return () => new Promise<void>((resolve) => void begun.push(resolve));
  };
  const add = () => {
    left += 1;
  };
  return { next, begun, looks: () => looks, add };
}

const options = { sideBySide: 2, pollMs: LONG_MS, onError: () => undefined };

describe("taking turns", () => {
  it("has as many pieces in hand as it may, and takes the next when one ends", async () => {
    const pieces = createPieces(3);
    const turns = takeTurns(pieces.next, options);
    await tick();
    expect(pieces.begun).toHaveLength(2);
    pieces.begun[0]?.();
    await tick();
    expect(pieces.begun).toHaveLength(3);
    for (const end of pieces.begun) end();
    await turns.stop();
  });

  it("does not look while it sleeps, and looks when it is woken", async () => {
    const pieces = createPieces(0);
    const turns = takeTurns(pieces.next, options);
    await tick(50);
    expect(pieces.looks()).toBe(1);
    pieces.add();
    turns.wake();
    await tick();
    expect(pieces.begun).toHaveLength(1);
    for (const end of pieces.begun) end();
    await turns.stop();
  });

  it("looks again where it is woken in the middle of a look that finds nothing", async () => {
    let looks = 0;
    const turns = takeTurns(async () => {
      looks += 1;
      await tick();
      if (looks === 1) turns.wake();
      return null;
    }, options);
    await tick(60);
    expect(looks).toBe(2);
    await turns.stop();
  });

  it("looks by itself after the longest sleep", async () => {
    const pieces = createPieces(0);
    const turns = takeTurns(pieces.next, { ...options, pollMs: 5 });
    await tick(60);
    expect(pieces.looks()).toBeGreaterThan(2);
    await turns.stop();
  });

  it("goes on after a look and a piece that fail, and says so", async () => {
    const errors: string[] = [];
    const steps = [
      () => Promise.reject(new Error("look")),
      async () => () => Promise.reject(new Error("piece")),
      async () => async () => void errors.push("done"),
    ];
    const turns = takeTurns(async () => (await steps.shift()?.()) ?? null, {
      ...options,
      pollMs: 5,
      onError: (error) => errors.push(error instanceof Error ? error.message : ""),
    });
    await tick(60);
    expect(errors).toEqual(["look", "piece", "done"]);
    await turns.stop();
  });

  it("stops when what is in hand has ended, and takes nothing more", async () => {
    const pieces = createPieces(5);
    const turns = takeTurns(pieces.next, options);
    await tick();
    let stopped = false;
    const stopping = turns.stop().then(() => {
      stopped = true;
    });
    await tick(30);
    expect(stopped).toBe(false);
    for (const end of pieces.begun) end();
    await stopping;
    expect(pieces.begun).toHaveLength(2);
  });
});
