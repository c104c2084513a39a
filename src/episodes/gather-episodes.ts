/** The episodes of one person: which of its initiating events, of whatever organisation, are one reason for rehabilitation. */
import type { EpisodeAction, EpisodeRules } from "./episode-rules.ts";
import { type GatheredLinks, gatherLinks } from "./gather-links.ts";
import { type EpisodeEvent, type EventFacts, judgeFacts, readFacts } from "./judge-events.ts";
import { type LinkDecision, toRef } from "./link-words.ts";

const EFFECTS = {
  LINK: { links: true, proposes: true, bars: false },
  PROPOSE: { links: false, proposes: true, bars: false },
  PROPOSE_ONLY: { links: false, proposes: true, bars: true },
  SEPARATE: { links: false, proposes: false, bars: true },
} as const satisfies Readonly<Record<EpisodeAction, object>>;

/**
 * Events of one person, each once; decisions about other events are left aside. Groups are episodes. How a link gives way to a bar, and
 * people's word goes before a rule's: `gather-links.ts`.
 */
export function gatherEpisodes(
  events: readonly EpisodeEvent[],
  decisions: readonly LinkDecision[],
  rules: EpisodeRules,
): GatheredLinks {
  const members = events.map((event) => ({ ...toRef(event), facts: readFacts(event, rules) }));
  return gatherLinks(members, decisions, {
    judge: (one, other) => judgeFacts(one.facts, other.facts, rules),
    effects: EFFECTS,
    gapOf: (one, other) => gapOf(one.facts, other.facts),
  });
}

/** Days apart; what is linked without a date is linked by what it lists. */
const gapOf = (one: EventFacts, other: EventFacts): number =>
  one.day === null || other.day === null ? 0 : Math.abs(one.day - other.day);
