import { describe, expect, it } from "vitest";
import { createKeySets, type FetchedSet } from "../../../src/access/key-sets.ts";

const URL_A = "https://a.test/jwks.json";
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const setOf = (kids: readonly string[], maxAgeSeconds: number | null = null): FetchedSet => ({
  keys: kids.map((kid) => ({ kid, jwk: { kty: "RSA" } })),
  maxAgeSeconds,
});

/** A publisher that says what the test says now, and counts how often it is asked. */
function publish(first: FetchedSet | null) {
  let said = first;
  let now = 0;
  let asked = 0;
  const sets = createKeySets(
    async () => {
      asked += 1;
      return said;
    },
    () => now,
  );
  return {
    kids: async (kid?: string) => (await sets.keysOf(URL_A, kid)).map((key) => key.kid),
    say: (set: FetchedSet | null) => {
      said = set;
    },
    pass: (ms: number) => {
      now += ms;
    },
    asked: () => asked,
  };
}

describe("a published key set", () => {
  it.each([
    ["30 seconds where its publisher says nothing", null, 30],
    ["30 seconds where it says less", 5, 30],
    ["as long as it says", 120, 120],
    ["10 minutes where it says more", 86_400, 600],
  ])("is kept for %s", async (_what, maxAge, seconds) => {
    const set = publish(setOf(["a"], maxAge));
    await set.kids("a");
    set.say(setOf(["b"], maxAge));
    set.pass(seconds * SECOND - 1);
    expect([await set.kids("a"), set.asked()]).toEqual([["a"], 1]);
    set.pass(1);
    expect([await set.kids("a"), set.asked()]).toEqual([["b"], 2]);
  });

  it("is looked up again for a key it does not have, at most every 30 seconds, whatever keys are asked for", async () => {
    const set = publish(setOf(["a"], 600));
    await set.kids("a");
    set.say(setOf(["a", "b"], 600));
    for (let i = 0; i < 100; i += 1) expect(await set.kids(`stranger-${i}`)).toEqual(["a"]);
    expect(set.asked()).toBe(1);
    set.pass(30 * SECOND);
    expect([await set.kids("b"), set.asked()]).toEqual([["a", "b"], 2]);
    for (let i = 0; i < 100; i += 1) await set.kids(`stranger-${i}`);
    expect(set.asked()).toBe(2);
  });

  it("survives an outage of its publisher for 24 hours, and no longer", async () => {
    const set = publish(setOf(["a"]));
    await set.kids("a");
    set.say(null);
    set.pass(24 * HOUR - 1);
    expect(await set.kids("a")).toEqual(["a"]);
    set.pass(1);
    expect(await set.kids("a")).toEqual([]);
    set.say(setOf(["a"]));
    set.pass(30 * SECOND);
    expect(await set.kids("a")).toEqual(["a"]);
  });

  it("of a publisher that is down is asked for every 30 seconds, not with every assertion", async () => {
    const set = publish(null);
    for (let i = 0; i < 100; i += 1) expect(await set.kids("a")).toEqual([]);
    expect(set.asked()).toBe(1);
    set.pass(30 * SECOND);
    await set.kids("a");
    expect(set.asked()).toBe(2);
  });

  it("that is empty counts: its client has taken its keys away", async () => {
    const set = publish(setOf(["a"]));
    await set.kids("a");
    set.say(setOf([]));
    set.pass(30 * SECOND);
    expect(await set.kids("a")).toEqual([]);
  });

  it("is fetched once for all who ask at the same time", async () => {
    const set = publish(setOf(["a"]));
    const all = await Promise.all(Array.from({ length: 50 }, () => set.kids("a")));
    expect([all.every(([kid]) => kid === "a"), set.asked()]).toEqual([true, 1]);
  });
});
