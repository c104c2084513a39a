import { describe, expect, it } from "vitest";
import { type TurnKind, Turns } from "../../../src/persistence/database/embedded/turns.ts";

const LONG_MS = 40;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Takes a turn of `ms` and notes its name when it begins. */
function createQueue() {
  const turns = new Turns();
  const order: string[] = [];
  const run = async (kind: TurnKind, name: string, ms = 0): Promise<void> => {
    const end = await turns.take(kind);
    order.push(name);
    await pause(ms);
    end();
  };
  return { order, run };
}

describe("turns on the one connection", () => {
  it("are had by one caller at a time, and by those of a kind in their order", async () => {
    const turns = new Turns();
    let inside = 0;
    const seen: number[] = [];
    const run = async (place: number): Promise<void> => {
      const end = await turns.take("SHORT");
      inside += 1;
      expect(inside).toBe(1);
      seen.push(place);
      await pause(place % 3);
      inside -= 1;
      end();
    };
    await Promise.all(Array.from({ length: 30 }, (_, place) => run(place)));
    expect(seen).toEqual(Array.from({ length: 30 }, (_, place) => place));
  });

  it("go to the short before the long, and to the last after all", async () => {
    const { order, run } = createQueue();
    const all = [run("LONG", "running", 10), run("LAST", "close"), run("LONG", "long"), run("SHORT", "a"), run("SHORT", "b")];
    await Promise.all(all);
    expect(order).toEqual(["running", "a", "b", "long", "close"]);
  });

  it("are not kept from a long caller by short ones without end", async () => {
    const { order, run } = createQueue();
    let isServed = false;
    const stream = async (): Promise<void> => {
      while (!isServed) await run("SHORT", "short", 1);
    };
    const streams = [stream(), stream(), stream()];
    await pause(5);
    const started = performance.now();
    await run("LONG", "long");
    isServed = true;
    await Promise.all(streams);
    expect(order.length).toBeGreaterThan(20);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("are not kept from a short caller by impatient long ones", async () => {
    const { order, run } = createQueue();
    const longs = Array.from({ length: 20 }, () => run("LONG", "long", LONG_MS));
    // All that wait are past their patience by then.
    await pause(12 * LONG_MS);
    order.length = 0;
    await run("SHORT", "short");
    expect(order.filter((name) => name === "long").length).toBeLessThanOrEqual(1);
    await Promise.all(longs);
  });
});
