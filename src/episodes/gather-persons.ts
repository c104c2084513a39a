/** Which patients, of whatever organisation, are one person. */
import { type GatheredLinks, gatherLinks } from "./gather-links.ts";
import { judgePersons, type PersonKeys } from "./judge-persons.ts";
import type { LinkDecision } from "./link-words.ts";
import type { PersonAction, PersonRules } from "./person-rules.ts";

const EFFECTS = {
  LINK: { links: true, proposes: true, bars: false },
  PROPOSE: { links: false, proposes: true, bars: false },
  CONFLICT: { links: false, proposes: false, bars: true },
} as const satisfies Readonly<Record<PersonAction, object>>;

/**
 * Patients that share a number, now or formerly, or a name and postcode, each once. Groups are persons. `barred` are identities in
 * conflict: both teams are told that and nothing else, and no third patient brings them together.
 */
export function gatherPersons(
  patients: readonly PersonKeys[],
  decisions: readonly LinkDecision[],
  rules: PersonRules,
): GatheredLinks {
  return gatherLinks(patients, decisions, {
    judge: (one, other) => judgePersons(one, other, rules),
    effects: EFFECTS,
    gapOf: () => 0,
  });
}
