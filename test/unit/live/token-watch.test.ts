import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createClientStanding } from "../../../src/access/client-standing.ts";
import { isSameOrigin } from "../../../src/http/same-origin.ts";
import { watchToken } from "../../../src/http/token-watch.ts";
import { actorOf } from "../graphql/fake-deps.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the watch over a stream's token", () => {
  it("ends the stream within 5 s of the token's end, once", async () => {
    let isGood = true;
    const ends: number[] = [];
    watchToken(
      async () => (isGood ? actorOf("SUBMITTER") : null),
      actorOf("SUBMITTER"),
      () => ends.push(Date.now()),
    );
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ends).toEqual([]);
    isGood = false;
    const ended = Date.now();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(ends.map((end) => end - ended <= 5_000)).toEqual([true]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("ends it within 60 s of a revocation, although the client's standing is remembered", async () => {
    let active = true;
    const granted = { ods: "RTEST", role: "SUBMITTER", programmes: ["P1"], scopes: [], startsOn: null, endsOn: null };
    const findClient = async () => JSON.parse(JSON.stringify({ active, organisations: [granted] }));
    const standing = createClientStanding({ findClient }, () => "2026-03-02");
    const ends: number[] = [];
    const actor = actorOf("SUBMITTER");
    watchToken(
      async () => ((await standing.isGood(actor)) ? actor : null),
      actorOf("SUBMITTER"),
      () => ends.push(Date.now()),
    );
    await vi.advanceTimersByTimeAsync(31_000);
    expect(ends, "control: a client in good standing stays").toEqual([]);
    active = false;
    const revoked = Date.now();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(ends.map((end) => end - revoked <= 60_000)).toEqual([true]);
  });

  it("ends it where another broken glass took the place of the one by which it was opened", async () => {
    let breakGlass = "one";
    const ends: number[] = [];
    watchToken(
      async () => actorOf("CLINICAL_TEAM", { breakGlass }),
      actorOf("CLINICAL_TEAM", { breakGlass }),
      () => ends.push(1),
    );
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ends, "control: nothing changed").toEqual([]);
    breakGlass = "two";
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ends).toEqual([1]);
  });

  it("ends it where the token's bearer is not any more what it was", async () => {
    let role: "CLINICAL_TEAM" | "UNREGISTERED" = "CLINICAL_TEAM";
    const ends: number[] = [];
    watchToken(
      async () => actorOf(role),
      actorOf("CLINICAL_TEAM"),
      () => ends.push(1),
    );
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ends, "control: nothing changed").toEqual([]);
    role = "UNREGISTERED";
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ends).toEqual([1]);
  });

  it("ends it where nobody can say whether the token is good", async () => {
    const ends: number[] = [];
    watchToken(
      () => Promise.reject(new Error("the database is away")),
      actorOf("SUBMITTER"),
      () => ends.push(1),
    );
    await vi.advanceTimersByTimeAsync(5_000);
    expect(ends).toEqual([1]);
  });

  it("stops when the stream has ended", async () => {
    const ends: number[] = [];
    watchToken(
      async () => null,
      actorOf("SUBMITTER"),
      () => ends.push(1),
    )();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([ends, vi.getTimerCount()]).toEqual([[], 0]);
  });
});

describe("the origin of a browser's request", () => {
  it.each([
    [undefined, true],
    ["https://gateway.test", true],
    ["http://10.0.0.7:4000", true],
    ["https://gateway.test.evil.test", false],
    ["http://gateway.test", false],
    ["https://10.0.0.7", false],
    ["null", false],
    ["", false],
  ])("%s is ours: %s", (origin, expected) => {
    const headers = { host: "10.0.0.7:4000", ...(origin === undefined ? {} : { origin }) };
    expect(isSameOrigin(headers, "https://gateway.test/base")).toBe(expected);
  });
});
