import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EPISODE_RULES } from "../../../src/episodes/default-episode-rules.ts";
import { gatherEpisodes } from "../../../src/episodes/gather-episodes.ts";
import type { GatheredLinks, LinkGroup } from "../../../src/episodes/gather-links.ts";
import { type EpisodeEvent, judgeEvents } from "../../../src/episodes/judge-events.ts";
import type { LinkDecision, LinkedRef } from "../../../src/episodes/link-words.ts";
import { anyDecisions, anyEvents, decide, eventOn } from "./events.ts";

type Gather = (events: readonly EpisodeEvent[], decisions: readonly LinkDecision[]) => GatheredLinks;
const gather: Gather = (events, decisions) => gatherEpisodes(events, decisions, EPISODE_RULES);
const actionOf = (a: EpisodeEvent, b: EpisodeEvent) => judgeEvents(a, b, EPISODE_RULES)?.action;
const RUNS = { numRuns: 300, seed: 7 };

const anyDecided = anyEvents(9).chain((events) => fc.tuple(fc.constant(events), anyDecisions(events, 6)));
const has = ({ members }: LinkGroup, { ods, id }: LinkedRef): boolean =>
  members.some((member) => member.ods === ods && member.id === id);
const together = ({ groups }: GatheredLinks, a: LinkedRef, b: LinkedRef): boolean =>
  groups.some((group) => has(group, a) && has(group, b));
const pairsOf = <T>(list: readonly T[]): readonly (readonly [T, T])[] =>
  list.flatMap((one, at) => list.slice(at + 1).map((other) => [one, other] as const));
const membersOf = ({ groups }: GatheredLinks) => groups.map(({ members }) => members);

/** Of each pair the latest decision; the generator lets some fall in one hour, where keeping apart counts. */
function standing(decisions: readonly LinkDecision[], a: LinkedRef, b: LinkedRef): "TOGETHER" | "APART" | null {
  const ids = [a.id, b.id].toSorted().join();
  const about = decisions.filter((one) => [one.a.id, one.b.id].toSorted().join() === ids);
  const latest = about.filter(({ decidedAt }) => about.every((other) => other.decidedAt <= decidedAt));
  if (latest.length === 0) return null;
  return latest.every(({ decision }) => decision === "CONFIRMED") ? "TOGETHER" : "APART";
}

const expectOrderIndependent = (gathered: Gather): void =>
  fc.assert(
    fc.property(
      anyDecided.chain(([events, decisions]) =>
        fc.tuple(
          fc.constant([events, decisions] as const),
          fc.shuffledSubarray([...events], { minLength: events.length }),
          fc.shuffledSubarray([...decisions], { minLength: decisions.length }),
        ),
      ),
      ([[events, decisions], otherEvents, otherDecisions]) => {
        const turned = otherDecisions.map((one) => ({ ...one, a: one.b, b: one.a }));
        expect(gathered(otherEvents, turned)).toEqual(gathered(events, decisions));
      },
    ),
    RUNS,
  );

const expectNothingForbidden = (gathered: Gather): void =>
  fc.assert(
    fc.property(anyDecided, ([events, decisions]) => {
      const result = gathered(events, decisions);
      expect(membersOf(result).flat()).toHaveLength(events.length);
      for (const event of events) expect(result.groups.filter((group) => has(group, event))).toHaveLength(1);
      for (const [a, b] of pairsOf(events)) {
        const decided = standing(decisions, a, b);
        if (decided === "APART") expect(together(result, a, b)).toBe(false);
        if (decided === "TOGETHER") {
          const contradicted = result.contradictions.some(
            (pair) => [pair.a.id, pair.b.id].toSorted().join() === [a.id, b.id].toSorted().join(),
          );
          expect(together(result, a, b)).toBe(!contradicted);
        }
      }
    }),
    RUNS,
  );

describe("gathered episodes", () => {
  it("do not depend on the order of events or decisions, nor on which of a pair is named first", () => {
    expectOrderIndependent(gather);
  });

  it("would be caught depending on the order", () => {
    expect(() => expectOrderIndependent((events, decisions) => gather(events.slice(1), decisions))).toThrow();
  });

  it("hold each event once, no rejected pair, and every confirmed pair that contradicts no rejection", () => {
    expectNothingForbidden(gather);
  });

  it("would be caught forgetting decisions", () => {
    expect(() => expectNothingForbidden((events) => gather(events, []))).toThrow();
  });

  it("hold no pair that a rule bars, where nobody decided anything; each is held together by its own links", () => {
    fc.assert(
      fc.property(anyEvents(10), (events) => {
        const result = gather(events, []);
        expect(result.contradictions).toEqual([]);
        for (const [a, b] of pairsOf(events)) {
          const action = actionOf(a, b);
          if (action === "PROPOSE_ONLY" || action === "SEPARATE") expect(together(result, a, b)).toBe(false);
        }
        for (const { members, links } of result.groups) expect(reachedFrom(members[0], links)).toBe(members.length);
      }),
      RUNS,
    );
  });

  it("leave no link of a rule unmade in silence: it is made, held back and proposed, or answered by a stronger proposal", () => {
    fc.assert(
      fc.property(anyEvents(10), (events) => {
        const result = gather(events, []);
        for (const [a, b] of pairsOf(events)) {
          if (actionOf(a, b) !== "LINK" || together(result, a, b)) continue;
          const between = result.proposals.filter(
            (one) =>
              (together(result, one.a, a) && together(result, one.b, b)) ||
              (together(result, one.a, b) && together(result, one.b, a)),
          );
          expect(between).toHaveLength(1);
          expect(between[0]?.heldBackBy).not.toBeNull();
        }
      }),
      RUNS,
    );
  });

  it("propose no rejected pair, no pair of one episode, and no two episodes twice", () => {
    fc.assert(
      fc.property(anyDecided, ([events, decisions]) => {
        const result = gather(events, decisions);
        const between = result.proposals.map(({ a, b }) => {
          expect(together(result, a, b)).toBe(false);
          expect(standing(decisions, a, b)).toBeNull();
          return [a, b]
            .map((ref) => result.groups.findIndex((group) => has(group, ref)))
            .toSorted()
            .join();
        });
        expect(new Set(between).size).toBe(between.length);
      }),
      RUNS,
    );
  });

  it("of others do not change when an event arrives that no link reaches", () => {
    const unrelated = eventOn("new", 30, "HIGH_RISK");
    fc.assert(
      fc.property(anyDecided, ([events, decisions]) => {
        fc.pre(events.every((event) => actionOf(event, unrelated) !== "LINK"));
        const before = gather(events, decisions);
        const after = gather([...events, unrelated], decisions);
        expect(after.groups.filter((group) => !has(group, unrelated))).toEqual(before.groups);
        expect(after.contradictions).toEqual(before.contradictions);
      }),
      RUNS,
    );
  });

  it("change only where an arriving event's links reach", () => {
    fc.assert(
      fc.property(anyEvents(10), ([arriving, ...events]) => {
        fc.pre(arriving !== undefined);
        if (arriving === undefined) return;
        const reached = reach(arriving, [arriving, ...events]);
        const untouched = ({ members }: LinkGroup) => members.every(({ id }) => !reached.has(id));
        const after = gather([arriving, ...events], []).groups.filter(untouched);
        expect(after).toEqual(gather(events, []).groups.filter(untouched));
      }),
      RUNS,
    );
  });

  it("are after confirming and unlinking what they are after rejecting alone", () => {
    fc.assert(
      fc.property(anyDecided, fc.nat(), fc.nat(), ([events, decisions], one, other) => {
        fc.pre(events.length > 1 && one % events.length !== other % events.length);
        const pair = [one, other].flatMap((at) => events.slice(at % events.length, (at % events.length) + 1));
        const confirmed = decide(pair, "CONFIRMED", 21);
        const taken = gather(events, [...decisions, confirmed, decide(pair, "UNLINKED", 22)]);
        expect(taken).toEqual(gather(events, [...decisions, decide(pair, "REJECTED", 20)]));
      }),
      RUNS,
    );
  });
});

/** How many records one reaches over the links of its group. */
function reachedFrom(start: LinkedRef | undefined, links: LinkGroup["links"]): number {
  const reached = new Set([start?.id]);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const { a, b } of links) if (reached.has(a.id) || reached.has(b.id)) reached.add(a.id).add(b.id);
  }
  return reached.size;
}

/** The events that automatic links reach from one, over any number of others. */
function reach(start: EpisodeEvent, events: readonly EpisodeEvent[]): ReadonlySet<string> {
  const links = pairsOf(events).filter(([a, b]) => actionOf(a, b) === "LINK");
  const reached = new Set([start.id]);
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const [a, b] of links) if (reached.has(a.id) || reached.has(b.id)) reached.add(a.id).add(b.id);
  }
  return reached;
}
