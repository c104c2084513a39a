/** Two answers to the same input, record by record. */
import type { Issue } from "../records/issue.ts";
import type { RecordResult } from "../records/submission-record.ts";
import type { RecordChange } from "./simulation.ts";
import type { SourceTally } from "./simulation-tally.ts";

export interface Answers {
  /** Under the rules in force, and under those proposed. */
  readonly inForce: readonly RecordResult[];
  readonly proposed: readonly RecordResult[];
}

/** Where the answers belong: examples name the place. */
export interface AnswersPlace {
  readonly submissionId: string;
  /** Index of the first record of `inForce` in the submission's own answer. */
  readonly firstIndex: number;
}

export function compareResults({ inForce, proposed }: Answers, place: AnswersPlace, tally: SourceTally): void {
  const others = byStanding(proposed);
  let matched = 0;
  for (const [key, before] of byStanding(inForce)) {
    const after = others.get(key);
    if (after === undefined) continue;
    matched++;
    compareRecord(before, after, place, tally);
  }
  tally.count("records", matched);
  tally.count("unmatched", inForce.length + proposed.length - 2 * matched);
}

/** By type and place in the sender's input; the n-th where several records stand in one place. */
function byStanding(results: readonly RecordResult[]): ReadonlyMap<string, RecordResult> {
  const found = new Map<string, RecordResult>();
  const seen = new Map<string, number>();
  for (const result of results) {
    const place = `${result.recordType} ${result.expression}`;
    const nth = seen.get(place) ?? 0;
    seen.set(place, nth + 1);
    found.set(`${nth} ${place}`, result);
  }
  return found;
}

const isRefused = ({ outcome }: RecordResult): boolean => outcome === "REJECTED" || outcome === "REJECTED_PARENT";

function compareRecord(before: RecordResult, after: RecordResult, place: AnswersPlace, tally: SourceTally): void {
  const [was, is] = [isRefused(before), isRefused(after)];
  if (was && is) return tally.count("rejectedByBoth");
  const note = (change: RecordChange, issues: readonly Issue[]): void => addFindings(change, issues, before, place, tally);
  if (is) {
    tally.count("newlyRejected");
    return note("NEWLY_REJECTED", onlyIn(after, before, "ERROR"));
  }
  if (was) {
    tally.count("noLongerRejected");
    return note("NO_LONGER_REJECTED", onlyIn(before, after, "ERROR"));
  }
  const [added, gone] = [onlyIn(after, before, "WARNING"), onlyIn(before, after, "WARNING")];
  if (added.length > 0) tally.count("newWarnings");
  if (gone.length > 0) tally.count("goneWarnings");
  note("NEW_WARNING", added);
  note("GONE_WARNING", gone);
}

/** The same complaint of the same item, whatever its limits are. */
const keyOf = ({ code, field, params }: Issue): string => `${code} ${field ?? ""} ${params?.rule ?? ""}`;

/** Issues of one answer that the other has not, each once. */
function onlyIn(one: RecordResult, other: RecordResult, severity: Issue["severity"]): readonly Issue[] {
  const known = new Set(other.issues.filter((issue) => issue.severity === severity).map(keyOf));
  const own = one.issues.filter((issue) => issue.severity === severity && !known.has(keyOf(issue)));
  return [...new Map(own.map((issue) => [keyOf(issue), issue])).values()];
}

function addFindings(
  change: RecordChange,
  issues: readonly Issue[],
  { recordType, index }: RecordResult,
  { submissionId, firstIndex }: AnswersPlace,
  tally: SourceTally,
): void {
  const examples = [{ submissionId, recordIndex: firstIndex + index }];
  for (const { code, field, params } of issues) {
    const rule = params?.rule === undefined ? null : String(params.rule);
    tally.addFinding({ change, code, rule, recordType, field, records: 1, examples });
  }
}
