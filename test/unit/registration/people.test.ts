import { describe, expect, it } from "vitest";
import { createPeople } from "../../../src/access/people.ts";
import type { Registration } from "../../../src/access/registration.ts";
import type { PeopleStore } from "../../../src/access/registration-ports.ts";

const IDENTITY = { issuer: "https://login.test", subject: "clinician" };
const START = Date.parse("2026-06-01T10:00:00Z");

const REGISTRATION: Registration = {
  id: "01890000-0000-7000-8000-000000000001",
  kind: "PERSON",
  odsCode: "RTEST",
  role: "CLINICAL_TEAM",
  programmes: ["P2", "P9"],
  scopes: [],
  identity: IDENTITY,
  clientId: null,
  name: "A person",
  evidence: "seen",
  requestedBy: "person/1",
  requestedAt: "2026-05-30T10:00:00.000Z",
  state: "ACTIVE",
  decidedBy: "person/2",
  decidedAt: "2026-05-31T10:00:00.000Z",
  decisionReason: null,
  startsOn: null,
  endsOn: "2026-06-01",
  effectiveAt: null,
  attestedAt: null,
  attestedBy: null,
  lastUsedAt: null,
  endProposedBy: null,
  endProposedAt: null,
  endedBy: null,
  endedAt: null,
  endReason: null,
};

/** People over a store and a clock that the test moves. */
function arrange(more: Partial<Registration> = {}) {
  const state = { registrations: [{ ...REGISTRATION, ...more }], now: START, met: 0, fails: false };
  const uses: string[] = [];
  const store: PeopleStore = {
    meet: async () => {
      state.met += 1;
      if (state.fails) throw new Error("the database is away");
      return { clientId: "person/1", registrations: state.registrations, programmes: new Map([["RTEST", ["P1", "P2"]]]) };
    },
    noteUse: async (_id, at) => void uses.push(at),
  };
  const clock = {
    now: () => new Date(state.now).toISOString(),
    today: () => new Date(state.now).toISOString().slice(0, 10),
  };
  return { state, uses, people: createPeople(store, clock, () => state.now) };
}

describe("a person who comes in", () => {
  it("acts for the organisation's programmes that were named, and are still there", async () => {
    const { people } = arrange();
    expect(await people.actorOf(IDENTITY, null)).toEqual({
      clientId: "person/1",
      role: "CLINICAL_TEAM",
      ods: "RTEST",
      programmes: ["P2"],
      scopes: [],
    });
  });

  it("is asked about once in 30 s, so that the end of a registration takes effect within 60 s", async () => {
    const { people, state } = arrange();
    await people.actorOf(IDENTITY, null);
    state.registrations = [];
    state.now += 29_000;
    expect((await people.actorOf(IDENTITY, null)).role).toBe("CLINICAL_TEAM");
    state.now += 2_000;
    expect((await people.actorOf(IDENTITY, null)).role).toBe("UNREGISTERED");
    expect(state.met).toBe(2);
  });

  it("is asked about at once where this process has changed the registration", async () => {
    const { people, state } = arrange();
    await people.actorOf(IDENTITY, null);
    state.registrations = [];
    people.forget(IDENTITY);
    expect((await people.actorOf(IDENTITY, null)).role).toBe("UNREGISTERED");
  });

  it("loses the role at midnight after the last day, whatever is remembered", async () => {
    const { people, state } = arrange();
    state.now = Date.parse("2026-06-01T23:59:50Z");
    expect((await people.actorOf(IDENTITY, null)).role).toBe("CLINICAL_TEAM");
    state.now += 11_000;
    expect((await people.actorOf(IDENTITY, null)).role).toBe("UNREGISTERED");
    expect(state.met).toBe(1);
  });

  it("is noted to have used a registration at most once an hour, and never one that is not in force", async () => {
    const { people, state, uses } = arrange({ endsOn: "2026-07-01" });
    for (let minute = 0; minute < 61; minute += 1) {
      await people.actorOf(IDENTITY, null);
      state.now += 60_000;
    }
    expect(uses).toEqual(["2026-06-01T10:00:00.000Z", "2026-06-01T11:00:00.000Z"]);
    const dormant = arrange({ decidedAt: "2026-01-01T10:00:00.000Z" });
    await dormant.people.actorOf(IDENTITY, null);
    expect(dormant.uses).toEqual([]);
  });

  it("is let in by nobody while the database is away, and asked about again afterwards", async () => {
    const { people, state } = arrange();
    state.fails = true;
    await expect(people.actorOf(IDENTITY, null)).rejects.toThrow();
    state.fails = false;
    expect((await people.actorOf(IDENTITY, null)).role).toBe("CLINICAL_TEAM");
  });
});
