import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTokenBuckets } from "../../../src/lib/token-buckets.ts";

const SIZE = { points: 100, perSecond: 10 };

function bucketsAt() {
  const clock = { ms: 0 };
  return { clock, buckets: createTokenBuckets(SIZE, () => clock.ms) };
}

describe("a bucket of points", () => {
  it("gives what it holds, and then what flows in", () => {
    const { clock, buckets } = bucketsAt();
    for (let n = 0; n < 100; n++) expect(buckets.take("a", 1).taken).toBe(true);
    expect(buckets.take("a", 1)).toEqual({ taken: false, left: 0, waitSeconds: 0.1 });
    clock.ms = 100;
    expect(buckets.take("a", 1)).toEqual({ taken: true, left: 0, waitSeconds: 0 });
  });

  it("gives all that is asked for or nothing, and says how long to wait for it", () => {
    const { clock, buckets } = bucketsAt();
    buckets.take("a", 60);
    expect(buckets.take("a", 70)).toEqual({ taken: false, left: 40, waitSeconds: 3 });
    clock.ms = 3_000;
    expect(buckets.take("a", 70).taken).toBe(true);
  });

  it("lets through what is larger than itself once it is full", () => {
    const { clock, buckets } = bucketsAt();
    buckets.take("a", 1);
    expect(buckets.take("a", 1_000)).toMatchObject({ taken: false, waitSeconds: 0.1 });
    clock.ms = 100;
    expect(buckets.take("a", 1_000)).toMatchObject({ taken: true, left: 0 });
  });

  it("of one name takes nothing from that of another", () => {
    const { buckets } = bucketsAt();
    buckets.take("a", 100);
    expect(buckets.take("b", 100).taken).toBe(true);
  });

  it("is forgotten when it is full again and many are in memory", () => {
    const { clock, buckets } = bucketsAt();
    for (let n = 0; n < 1_000; n++) buckets.take(`client-${n}`, 1);
    expect(buckets.size).toBe(1_000);
    clock.ms = 1_000;
    buckets.take("another", 1);
    expect(buckets.size).toBe(1);
  });

  it("of a crowd that comes all at once costs little to find, and is forgotten when the crowd has gone", () => {
    const { clock, buckets } = bucketsAt();
    const began = performance.now();
    for (let n = 0; n < 30_000; n++) buckets.take(`client-${n}`, 1);
    expect(performance.now() - began).toBeLessThan(500);
    clock.ms = 1_000;
    for (let n = 0; n < 3_000; n++) buckets.take(`later-${n}`, 1);
    expect(buckets.size).toBeLessThanOrEqual(3_000);
  });

  it("never gives more than it held and what flowed in since, whatever is asked when", () => {
    const asked = fc.array(fc.tuple(fc.nat({ max: 5_000 }), fc.integer({ min: 1, max: 120 })), { maxLength: 60 });
    fc.assert(
      fc.property(asked, (steps) => {
        const { clock, buckets } = bucketsAt();
        let given = 0;
        for (const [ms, points] of steps) {
          clock.ms += ms;
          if (buckets.take("a", points).taken) given += Math.min(points, SIZE.points);
        }
        expect(given).toBeLessThanOrEqual(SIZE.points + (clock.ms / 1_000) * SIZE.perSecond + 1e-6);
      }),
      { numRuns: 1_000 },
    );
  });
});
