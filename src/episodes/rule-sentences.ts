/** Every rule's sentence by its name, for the people who see what it linked or proposed. */
import { EPISODE_RULES } from "./default-episode-rules.ts";
import { PERSON_RULES } from "./person-rules.ts";
import { MERGED_BY_SENDER } from "./work-out-links.ts";

const SENTENCES: ReadonlyMap<string, string> = new Map([
  ...[...PERSON_RULES, ...EPISODE_RULES.rules].map(({ name, says }) => [name, says] as const),
  [MERGED_BY_SENDER, "The sender said that the two are one patient, and merged them (HL7 v2 A40 or A34)."],
]);

/** Null without a rule, and for one that is not in force any more. */
export const sentenceOf = (rule: string | null): string | null => (rule === null ? null : (SENTENCES.get(rule) ?? null));
