/** What a confirmation would do, compared with the gathering that does it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EPISODE_RULES } from "../../../src/episodes/default-episode-rules.ts";
import { findContradiction, foreseeConfirmation } from "../../../src/episodes/foresee-link.ts";
import { gatherEpisodes } from "../../../src/episodes/gather-episodes.ts";
import { gatherLinks } from "../../../src/episodes/gather-links.ts";
import type { EpisodeEvent } from "../../../src/episodes/judge-events.ts";
import { keyOf, type LinkDecision, type LinkedRef, toPair } from "../../../src/episodes/link-words.ts";

const LATER = "2027-01-01T00:00:00.000Z";
const RECORDS: readonly LinkedRef[] = ["a", "b", "c", "d", "e"].map((id) => ({ ods: "RAAA", id }));

const record = fc.constantFrom(...RECORDS);
const pairOf = fc
  .tuple(record, record)
  .filter(([one, other]) => one.id !== other.id)
  .map(([one, other]) => toPair(one, other));
/** One for each pair, as they are after folding. */
const standing = fc
  .uniqueArray(
    fc.record({
      pair: pairOf,
      decision: fc.constantFrom("CONFIRMED", "REJECTED", "UNLINKED"),
      minute: fc.integer({ min: 0, max: 59 }),
    }),
    { selector: ({ pair }) => keyOf(pair.a) + keyOf(pair.b), maxLength: 8 },
  )
  .map((drawn) =>
    drawn.map(({ pair, decision, minute }): LinkDecision => {
      const decidedAt = `2026-01-01T00:${String(minute).padStart(2, "0")}:00.000Z`;
      return { ...pair, decision, decidedAt };
    }),
  );

const event = (id: string, eventType: string, eventDate: string): EpisodeEvent => ({
  ods: "RAAA",
  id,
  eventType,
  eventDate,
  treatments: [],
});

describe("findContradiction", () => {
  it("finds a rejected pair exactly where the gathering would leave the confirmation out", () => {
    const seen = new Set<boolean>();
    fc.assert(
      fc.property(pairOf, standing, (pair, decisions) => {
        const confirmed: LinkDecision = { ...pair, decision: "CONFIRMED", decidedAt: LATER };
        const judgeNothing = { judge: () => null, effects: {}, gapOf: () => 0 };
        const { contradictions } = gatherLinks<LinkedRef, never>(RECORDS, [...decisions, confirmed], judgeNothing);
        const isLeftOut = contradictions.some(({ a, b }) => keyOf(a) === keyOf(pair.a) && keyOf(b) === keyOf(pair.b));
        const found = findContradiction(pair, decisions);
        seen.add(isLeftOut);
        expect(found !== null).toBe(isLeftOut);
        if (found === null) return;
        const rejected = decisions.find(({ a, b }) => keyOf(a) === keyOf(found.a) && keyOf(b) === keyOf(found.b));
        expect(rejected?.decision).not.toBe("CONFIRMED");
      }),
      { numRuns: 500 },
    );
    // The control: both outcomes were drawn.
    expect(seen).toEqual(new Set([true, false]));
  });

  it("does not count what was decided about the pair itself: that is what is being changed", () => {
    const [one, other] = [event("1", "ANGINA", "2026-01-01"), event("2", "ANGINA", "2026-06-01")];
    const pair = toPair(one, other);
    expect(findContradiction(pair, [{ ...pair, decision: "REJECTED", decidedAt: "2026-01-01T00:00:00.000Z" }])).toBeNull();
  });
});

describe("foreseeConfirmation", () => {
  const dates = fc.integer({ min: 0, max: 120 }).map((days) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10));
  const events = fc
    .tuple(
      ...RECORDS.map(({ id }) =>
        fc.record({ id: fc.constant(id), type: fc.constantFrom("MI_STEMI", "ANGINA", "UNKNOWN"), date: dates }),
      ),
    )
    .map((drawn) => drawn.map(({ id, type, date }) => event(id, type, date)));

  it("foresees the episode that the gathering makes of it, and who leaves the two that there are", () => {
    fc.assert(
      fc.property(events, standing, (all, decisions) => {
        const [proposal] = gatherEpisodes(all, decisions, EPISODE_RULES).proposals;
        if (proposal === undefined) return;
        const pair = toPair(proposal.a, proposal.b);
        const confirmed: LinkDecision = { ...pair, decision: "CONFIRMED", decidedAt: LATER };
        const { groups } = gatherEpisodes(all, [...decisions, confirmed], EPISODE_RULES);
        const made = groups.find(({ members }) => members.some((member) => keyOf(member) === keyOf(pair.a)))?.members ?? [];
        const { episode, leaving } = foreseeConfirmation(pair, all, decisions, EPISODE_RULES, LATER);
        expect(episode).toEqual(made);
        // Nothing is proposed that a rejection stands against: both are in it.
        expect(episode.map(keyOf)).toEqual(expect.arrayContaining([keyOf(pair.a), keyOf(pair.b)]));
        expect(leaving.some((member) => episode.some((other) => keyOf(other) === keyOf(member)))).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it("names the items of which the events say different things, and Unknown is none", () => {
    const one = event("1", "MI_STEMI", "2026-01-01");
    const conflictsWith = (other: EpisodeEvent) =>
      foreseeConfirmation(toPair(one, other), [one, other], [], EPISODE_RULES, LATER).conflicts;
    expect(conflictsWith(event("2", "MI_STEMI", "2026-02-20"))).toEqual(["eventDate"]);
    expect(conflictsWith(event("2", "UNKNOWN", "2026-01-01"))).toEqual([]);
    expect(conflictsWith(event("2", "HEART_FAILURE", "2026-02-20"))).toEqual(["eventType", "eventDate"]);
  });
});
