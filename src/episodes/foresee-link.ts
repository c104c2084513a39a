/** What a confirmation would do, before anybody confirms. Pure: the gathering that the linker runs, with one decision more. */
import type { EpisodeRules } from "./episode-rules.ts";
import { gatherEpisodes } from "./gather-episodes.ts";
import { gatherLinks, type LinkGroup } from "./gather-links.ts";
import type { EpisodeEvent } from "./judge-events.ts";
import { keyOf, type LinkDecision, type LinkedPair, type LinkedRef, toPair } from "./link-words.ts";

/** Items in which events that become one episode may contradict each other. */
const CONFLICTING_ITEMS = ["eventType", "eventDate"] as const;
export type ConflictingItem = (typeof CONFLICTING_ITEMS)[number];

export interface Foreseen {
  /** The episode as it would be. */
  readonly episode: readonly LinkedRef[];
  /** In the episode of one of the two now, and by a rule that gives way to the confirmation: no longer. */
  readonly leaving: readonly LinkedRef[];
  /** Items of which the episode's events say different things. That one does not know is no contradiction. */
  readonly conflicts: readonly ConflictingItem[];
}

const UNKNOWN = "UNKNOWN";

const sameKey = (one: string) => (other: LinkedRef) => keyOf(other) === one;
const groupOf = (groups: readonly LinkGroup[], record: LinkedRef): readonly LinkedRef[] =>
  groups.find(({ members }) => members.some(sameKey(keyOf(record))))?.members ?? [record];

/**
 * The rejected pair that a confirmation of `pair` would bring together through older confirmations. Rules are no part of it: they give way.
 * @param standing of each pair the one decision that stands
 */
export function findContradiction(pair: LinkedPair, standing: readonly LinkDecision[]): LinkedPair | null {
  const isOfPair = ({ a, b }: LinkedPair): boolean => samePair(toPair(a, b), pair);
  const others = standing.filter((decision) => !isOfPair(decision));
  const records = new Map([...others.flatMap(({ a, b }) => [a, b]), pair.a, pair.b].map((record) => [keyOf(record), record]));
  const judgeNothing = { judge: () => null, effects: {}, gapOf: () => 0 };
  const { groups } = gatherLinks<LinkedRef, never>([...records.values()], others, judgeNothing);
  const [left, right] = [groupOf(groups, pair.a), groupOf(groups, pair.b)].map((members) => new Set(members.map(keyOf)));
  const stands = ({ a, b }: LinkedPair): boolean =>
    (left?.has(keyOf(a)) === true && right?.has(keyOf(b)) === true) ||
    (left?.has(keyOf(b)) === true && right?.has(keyOf(a)) === true);
  const between = others.filter((decision) => decision.decision !== "CONFIRMED" && stands(decision));
  const [first = null] = between
    .map(({ a, b }) => toPair(a, b))
    .toSorted((one, other) => (pairKey(one) < pairKey(other) ? -1 : 1));
  return first;
}

const pairKey = ({ a, b }: LinkedPair): string => `${keyOf(a)}\n${keyOf(b)}`;
const samePair = (one: LinkedPair, other: LinkedPair): boolean => pairKey(one) === pairKey(other);

/**
 * Of a pair that is proposed: nothing is proposed that a rejection stands against, so nothing would refuse the confirmation.
 * @param events all of the person
 * @param standing of each pair of them the one decision that stands
 * @param at when it would be confirmed: ISO instant, later than every decision
 */
export function foreseeConfirmation(
  pair: LinkedPair,
  events: readonly EpisodeEvent[],
  standing: readonly LinkDecision[],
  rules: EpisodeRules,
  at: string,
): Foreseen {
  const now = gatherEpisodes(events, standing, rules).groups;
  const confirmed: LinkDecision = { ...pair, decision: "CONFIRMED", decidedAt: at };
  const then = gatherEpisodes(events, [...standing, confirmed], rules).groups;
  const episode = groupOf(then, pair.a);
  const staying = new Set(episode.map(keyOf));
  const before = [...groupOf(now, pair.a), ...groupOf(now, pair.b)];
  return {
    episode,
    leaving: before.filter((record) => !staying.has(keyOf(record))),
    conflicts: findConflicts(events.filter((event) => staying.has(keyOf(event)))),
  };
}

function findConflicts(events: readonly EpisodeEvent[]): readonly ConflictingItem[] {
  return CONFLICTING_ITEMS.filter((item) => {
    const known = events.map((event) => event[item]).filter((value) => value !== null && value !== UNKNOWN);
    return new Set(known).size > 1;
  });
}
