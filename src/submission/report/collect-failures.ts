/** Which parts of an input hold records that were not stored, and why. */
import type { Dictionary } from "../../dataset/dictionary.ts";
import { renderIssue } from "../../dataset/issue-text.ts";
import type { RecordResult } from "../../records/submission-record.ts";
import { FAILED_OUTCOMES } from "../replay-ports.ts";
import { FailingPlaces, type Reason } from "./failing-places.ts";

const HELD_REASON: Reason = {
  code: "HELD",
  field: null,
  expression: "",
  text: "Right in itself. Held back because another record of the submission was rejected.",
};

/**
 * HELD too: what an ALL_OR_NOTHING submission holds back is stored only when it comes again together with what was corrected.
 */
const isFailed = ({ outcome }: RecordResult): boolean => FAILED_OUTCOMES.some((failed) => failed === outcome);

/** The part of an input that an expression points into; null: into none of it. */
export type PartOf = (expression: string) => string | null;

/** Reasons of one part usually come one after the other: they are kept once, when the next part begins. */
export async function collectFailures(
  results: AsyncIterable<readonly RecordResult[]>,
  partOf: PartOf,
  dictionary: Dictionary,
): Promise<FailingPlaces> {
  const failures = new FailingPlaces();
  let current: { readonly part: string; readonly reasons: Reason[] } | null = null;
  for await (const some of results) {
    for (const result of some) {
      const part = isFailed(result) ? partOf(result.expression) : null;
      if (part === null) continue;
      if (current !== null && current.part !== part) failures.add(current.part, current.reasons);
      if (current === null || current.part !== part) current = { part, reasons: [] };
      current.reasons.push(...listReasons(result, part, dictionary));
    }
  }
  if (current !== null) failures.add(current.part, current.reasons);
  return failures;
}

/** Errors only: a warning keeps nothing from being stored. */
function listReasons(result: RecordResult, part: string, dictionary: Dictionary): readonly Reason[] {
  if (result.outcome === "HELD") return [HELD_REASON];
  const errors = result.issues.filter(({ severity }) => severity === "ERROR");
  return errors.map((issue) => ({
    code: issue.code,
    field: issue.field,
    expression: issue.expression.startsWith(part) ? issue.expression.slice(part.length).replace(/^\./, "") : "",
    text: withSuggestion(renderIssue(dictionary, issue, result.recordType), issue.suggestion),
  }));
}

const withSuggestion = (text: string, suggestion: string | undefined): string =>
  suggestion === undefined ? text : `${text} Nearest valid value: ${suggestion}.`;

/** The line, row or message of a file: its expressions begin with it (`FileChunk.places`). */
const FILE_PLACE = /^(?:.*?\b(?:line|row) \d+|messages\[\d+\])/;
export const partOfFile: PartOf = (expression) => FILE_PLACE.exec(expression)?.[0] ?? null;

/** The longest of the places that the expression begins with. */
export function partAmong(places: ReadonlySet<string>): PartOf {
  return (expression) => {
    for (let part = expression; part !== ""; part = part.slice(0, Math.max(part.lastIndexOf("."), part.lastIndexOf("["), 0)))
      if (places.has(part)) return part;
    return null;
  };
}
