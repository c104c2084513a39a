/** The episodes of one person under two rule sets, pair by pair. Decisions of people stand under both. */
import type { EpisodeRules } from "../episodes/episode-rules.ts";
import { gatherEpisodes } from "../episodes/gather-episodes.ts";
import type { GatheredLinks } from "../episodes/gather-links.ts";
import { keyOf, type LinkedPair, toPair } from "../episodes/link-words.ts";
import type { SourceSystem } from "../records/submission-record.ts";
import type { LinkFinding, PairState } from "./simulation.ts";
import type { PersonEvents, StoredEvent } from "./simulation-ports.ts";

export interface RuleSets {
  readonly inForce: EpisodeRules;
  readonly proposed: EpisodeRules;
}

/** A finding for every pair that stands differently. */
export function compareEpisodes({ events, decisions }: PersonEvents, { inForce, proposed }: RuleSets): readonly LinkFinding[] {
  const before = readStandings(gatherEpisodes(events, decisions, inForce));
  const after = readStandings(gatherEpisodes(events, decisions, proposed));
  return events.flatMap((one, place) =>
    events.slice(place + 1).flatMap((other) => {
      const key = pairKey(toPair(one, other));
      const [was, is] = [before.get(key) ?? APART, after.get(key) ?? APART];
      return was.state === is.state ? [] : [toFinding(one, other, was, is)];
    }),
  );
}

interface Standing {
  readonly state: PairState;
  readonly rule: string | null;
}

const APART: Standing = { state: "APART", rule: null };
const pairKey = ({ a, b }: LinkedPair): string => `${keyOf(a)}\n${keyOf(b)}`;

/** Every pair that is not apart. Two of one group are linked, also through a third. */
function readStandings({ groups, proposals }: GatheredLinks): ReadonlyMap<string, Standing> {
  const standings = new Map<string, Standing>();
  for (const { a, b, verdict } of proposals) standings.set(pairKey({ a, b }), { state: "PROPOSED", rule: verdict.rule });
  for (const { members, links } of groups) {
    for (const [place, one] of members.entries())
      for (const other of members.slice(place + 1)) standings.set(pairKey(toPair(one, other)), { state: "LINKED", rule: null });
    for (const { a, b, verdict } of links) standings.set(pairKey({ a, b }), { state: "LINKED", rule: verdict?.rule ?? null });
  }
  return standings;
}

function toFinding(one: StoredEvent, other: StoredEvent, before: Standing, after: Standing): LinkFinding {
  const { a, b } = toPair(one, other);
  return {
    before: before.state,
    after: after.state,
    ruleBefore: before.rule,
    ruleAfter: after.rule,
    sourceSystems: eachOnce([one.sourceSystem, other.sourceSystem]),
    pairs: 1,
    examples: [{ a: a.id, b: b.id }],
  };
}

function eachOnce(systems: readonly (SourceSystem | null)[]): readonly SourceSystem[] {
  const known = systems.filter((system) => system !== null);
  const byText = new Map(known.map((system) => [JSON.stringify([system.vendor, system.product, system.version]), system]));
  return [...byText].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, system]) => system);
}
