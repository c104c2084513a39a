import { describe, expect, it } from "vitest";
import { createClientStanding } from "../../../src/access/client-standing.ts";
import type { ClientOrganisation, RegisteredClient } from "../../../src/access/ports.ts";
import type { Actor } from "../../../src/records/actor.ts";

const GRANT: ClientOrganisation = {
  ods: "RAA",
  role: "SUBMITTER",
  programmes: ["P1", "P2"],
  scopes: ["submissions:read"],
  startsOn: "2026-01-01",
  endsOn: "2026-12-31",
};
const CLIENT: RegisteredClient = {
  id: "c",
  active: true,
  ownerOds: null,
  sourceSystem: null,
  jwksUrl: null,
  keys: [],
  certificates: { names: [], thumbprints: [] },
  organisations: [GRANT],
};
const ACTOR: Actor = { clientId: "c", role: "SUBMITTER", ods: "RAA", programmes: ["P1"], scopes: [] };

function watch(answers: (RegisteredClient | null | Error)[], today = "2026-06-01") {
  let asked = 0;
  let now = 0;
  const findClient = async () => {
    const answer = answers[Math.min(asked++, answers.length - 1)] ?? null;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const standing = createClientStanding(
    { findClient },
    () => today,
    () => now,
  );
  return { standing, asked: () => asked, pass: (ms: number) => (now += ms) };
}

describe("the standing of a client", () => {
  it.each([
    ["2025-12-31", false],
    ["2026-01-01", true],
    ["2026-12-31", true],
    ["2027-01-01", false],
  ])("holds from the first to the last day of its delegation (%s: %s)", async (today, good) => {
    expect(await watch([CLIENT], today).standing.isGood(ACTOR)).toBe(good);
  });

  it("is asked once in 30 seconds, however many requests there are, and again after that", async () => {
    const { standing, asked, pass } = watch([CLIENT, { ...CLIENT, active: false }]);
    await Promise.all(Array.from({ length: 50 }, () => standing.isGood(ACTOR)));
    pass(29_999);
    expect([await standing.isGood(ACTOR), asked()]).toEqual([true, 1]);
    pass(1);
    expect([await standing.isGood(ACTOR), asked()]).toEqual([false, 2]);
  });

  it("that cannot be asked for lets nobody in, and is asked for again at once", async () => {
    const { standing, asked } = watch([new Error("database"), CLIENT]);
    await expect(standing.isGood(ACTOR)).rejects.toThrow("database");
    expect([await standing.isGood(ACTOR), asked()]).toEqual([true, 2]);
  });

  it("of an unknown client is none", async () => {
    expect(await watch([null]).standing.isGood(ACTOR)).toBe(false);
  });
});
