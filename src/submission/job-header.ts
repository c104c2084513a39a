/** The header of a submission that is worked on chunk by chunk: what each chunk adds to it. */
import type { Issue } from "../records/issue.ts";
import type { LinkedRecord, RecordLink } from "../records/record-link.ts";
import type { RecordResult, SubmissionCounts, SubmissionHeader } from "../records/submission-record.ts";
import { joinMovements } from "../standards/movements.ts";
import { countResults, groupIssues, joinGroups, joinSummaries, outcomeOf, summariseMapping } from "./build-results.ts";
import type { JobChunk } from "./file-ports.ts";
import type { Merged } from "./merge-drafts.ts";

/** Issues that belong to no record: every message of a file may have one, and the header is read as a whole. */
const MOST_ISSUES = 1_000;

const NOTHING_COUNTED: SubmissionCounts = {
  received: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  withdrawn: 0,
  rejected: 0,
  held: 0,
  withheld: 0,
  warnings: 0,
};

/** What a header says before anything of it was worked on. */
export const NOT_BEGUN = {
  status: "RECEIVED",
  outcome: null,
  mappingVersion: "none",
  completedAt: null,
  counts: NOTHING_COUNTED,
  issues: [],
  issueGroups: [],
  mappingSummary: [],
  standards: [],
  receiptDigest: null,
  receiptKeyId: null,
  withdrawnAt: null,
  faultId: null,
} as const satisfies Partial<SubmissionHeader>;

const addCounts = (a: SubmissionCounts, b: SubmissionCounts): SubmissionCounts => ({
  received: a.received + b.received,
  created: a.created + b.created,
  updated: a.updated + b.updated,
  unchanged: a.unchanged + b.unchanged,
  withdrawn: a.withdrawn + b.withdrawn,
  rejected: a.rejected + b.rejected,
  held: a.held + b.held,
  withheld: a.withheld + b.withheld,
  warnings: a.warnings + b.warnings,
});

/** The header with a chunk's records. `results` are indexed within the chunk; `offset` records were answered before it. */
export function withChunk(
  header: SubmissionHeader,
  { source }: JobChunk,
  { results, standards }: Pick<Merged, "results" | "standards">,
  offset: number,
): SubmissionHeader {
  const groups = groupIssues(results, source.issues).map((group) => ({
    ...group,
    firstRecords: group.firstRecords.map((index) => index + offset),
    causedBy: group.causedBy === null ? null : group.causedBy + offset,
  }));
  const lines = summariseMapping(linesOf(source.mappingReport, results));
  return {
    ...header,
    mappingVersion: source.mappingVersion,
    counts: addCounts(header.counts, countResults(results, source.issues)),
    issues: source.issues.length === 0 ? header.issues : [...header.issues, ...source.issues].slice(0, MOST_ISSUES),
    issueGroups: groups.length === 0 ? header.issueGroups : joinGroups(header.issueGroups, groups),
    mappingSummary: lines.length === 0 ? header.mappingSummary : joinSummaries(header.mappingSummary, lines),
    standards: joinMovements(header.standards, standards),
  };
}

function* linesOf(report: JobChunk["source"]["mappingReport"], results: readonly RecordResult[]) {
  yield* report;
  for (const result of results) yield* result.mappingReport;
}

/** What is wrong with the source as a whole. */
export function withIssues(header: SubmissionHeader, issues: readonly Issue[]): SubmissionHeader {
  if (issues.length === 0) return header;
  return {
    ...header,
    counts: addCounts(header.counts, countResults([], issues)),
    issues: [...header.issues, ...issues].slice(0, MOST_ISSUES),
    issueGroups: joinGroups(header.issueGroups, groupIssues([], issues)),
  };
}

/** The header of a submission that has ended: judged to its end, or stopped on request. */
export function ended(header: SubmissionHeader, status: "COMPLETED" | "CANCELLED", now: string): SubmissionHeader {
  const outcome = status === "COMPLETED" ? outcomeOf(header.counts, header.issues) : null;
  return { ...header, status, outcome, completedAt: now };
}

/** Results as the whole submission counts them. */
export function shiftResults(results: readonly RecordResult[], offset: number): readonly RecordResult[] {
  if (offset === 0) return results;
  return results.map((result) => ({
    ...result,
    links: result.links.length === 0 ? result.links : shiftLinks(result.links, offset),
    index: result.index + offset,
    parentIndex: result.parentIndex === null ? null : result.parentIndex + offset,
    issues: result.issues.some(({ causedBy }) => causedBy !== undefined)
      ? result.issues.map((issue) => (issue.causedBy === undefined ? issue : { ...issue, causedBy: issue.causedBy + offset }))
      : result.issues,
  }));
}

const shiftLinks = (links: readonly RecordLink[], offset: number): readonly RecordLink[] =>
  links.map((link) => ({
    ...link,
    record: shiftLinked(link.record, offset),
    otherRecord: shiftLinked(link.otherRecord, offset),
  }));

const shiftLinked = ({ index, recordId }: LinkedRecord, offset: number): LinkedRecord => ({
  index: index === null ? null : index + offset,
  recordId,
});
