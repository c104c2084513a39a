/** The New York Heart Association's classes of heart failure: coded answers, and findings that are the statement by themselves. */
import type { nyhaClass } from "../../schema/nacr/gw-1.0/code-lists-clinical.ts";

export type NyhaClassKey = (typeof nyhaClass)["options"][number]["key"];

/** Observables whose value is a class: the assessment scale, the finding at large, functional capacity. */
export const NYHA_OBSERVABLES: ReadonlySet<string> = new Set(["SNOMED|420816009", "SNOMED|421518007", "LOINC|88020-3"]);

/** SNOMED CT findings, and the LOINC answer list of functional capacity. */
export const NYHA_BY_FINDING: ReadonlyMap<string, NyhaClassKey> = new Map([
  ["SNOMED|420300004", "I"],
  ["SNOMED|421704003", "II"],
  ["SNOMED|420913000", "III"],
  ["SNOMED|422293003", "IV"],
  ["LOINC|LA28404-4", "I"],
  ["LOINC|LA28405-1", "II"],
  ["LOINC|LA28406-9", "III"],
  ["LOINC|LA28407-7", "IV"],
]);

/** What is left of `New York Heart Association Classification - Class II (finding)` when these are taken away is the class. */
const WORDS_AROUND: ReadonlySet<string> = new Set([
  ..."nyha new york heart association functional classification class finding".split(" "),
]);
const CLASS_BY_WORD: ReadonlyMap<string, NyhaClassKey> = new Map([
  ["i", "I"],
  ["ii", "II"],
  ["iii", "III"],
  ["iv", "IV"],
  ["1", "I"],
  ["2", "II"],
  ["3", "III"],
  ["4", "IV"],
]);

/** The one class that words name; undefined where they name none, two (`II-III`), or say anything else. */
export function readNyhaWords(words: string): NyhaClassKey | undefined {
  const left = words
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/^nyha(?=.)/, ""))
    .filter((word) => word !== "" && !WORDS_AROUND.has(word));
  return left.length === 1 ? CLASS_BY_WORD.get(left[0] ?? "") : undefined;
}
