/** Reports as text, piece by piece: one piece for each part of the stored report, so that memory does not grow with the submission. */
import type { Dictionary } from "../../dataset/dictionary.ts";
import { BYTE_ORDER_MARK, toCsvRow } from "../../lib/csv-row.ts";
import type { Role } from "../../records/actor.ts";
import { isShownTo } from "../../records/issue-audience.ts";
import type { RecordResult, SubmissionHeader } from "../../records/submission-record.ts";
import { type ReportHit, type ReportSummary, toGroup, toHit, toHits, toSummary } from "./report-parts.ts";

export interface Report {
  /** Of whoever reads it. */
  readonly role: Role;
  readonly header: SubmissionHeader;
  readonly dictionary: Dictionary;
  readonly results: AsyncIterable<readonly RecordResult[]>;
}

export const REPORT_PARTS = ["hits", "groups", "summary"] as const;
export type ReportPart = (typeof REPORT_PARTS)[number];

/** One JSON document: `{"summary": …, "groups": […], "hits": […]}`, a hit a line. */
export async function* renderReportJson(report: Report): AsyncGenerator<string> {
  const { header, dictionary } = report;
  const groups = shownGroups(report).map((group) => toGroup(group, dictionary));
  yield `{"summary":${JSON.stringify(toSummary(header))},\n"groups":${JSON.stringify(groups)},\n"hits":[`;
  let separator = "\n";
  for await (const hits of listHits(report)) {
    yield separator + hits.map((hit) => JSON.stringify(hit)).join(",\n");
    separator = ",\n";
  }
  yield "\n]}\n";
}

/** A part is a table of its own: sections of different width in one file could be read by people only. */
export async function* renderReportCsv(report: Report, part: ReportPart): AsyncGenerator<string> {
  yield BYTE_ORDER_MARK;
  if (part === "summary") yield renderSummary(toSummary(report.header));
  else if (part === "groups") yield renderGroups(report);
  else yield* renderHits(report);
}

const HIT_COLUMNS = [
  "index",
  "recordType",
  "sourceRecordId",
  "expression",
  "outcome",
  "severity",
  "code",
  "field",
  "message",
  "suggestion",
  "causedBy",
] as const satisfies readonly (keyof ReportHit)[];

async function* renderHits(report: Report): AsyncGenerator<string> {
  yield toCsvRow(HIT_COLUMNS);
  for await (const hits of listHits(report)) yield hits.map((hit) => toCsvRow(HIT_COLUMNS.map((column) => hit[column]))).join("");
}

/** Hits in input order, some at a time and never none: first those that belong to no record. */
async function* listHits({ header, dictionary, results, role }: Report): AsyncGenerator<readonly ReportHit[]> {
  if (header.issues.length > 0) yield header.issues.map((issue) => toHit(issue, null, dictionary));
  for await (const some of results) {
    const hits = some.flatMap((result) =>
      toHits({ ...result, issues: result.issues.filter((issue) => isShownTo(issue, role)) }, dictionary),
    );
    if (hits.length > 0) yield hits;
  }
}

const GROUP_COLUMNS = [
  "code",
  "severity",
  "recordType",
  "field",
  "message",
  "suggestion",
  "count",
  "cascaded",
  "causedBy",
] as const;

const shownGroups = ({ header, role }: Report): SubmissionHeader["issueGroups"] =>
  header.issueGroups.filter((group) => isShownTo(group, role));

function renderGroups(report: Report): string {
  const { dictionary } = report;
  const rows = shownGroups(report).map((issueGroup) => {
    const group = toGroup(issueGroup, dictionary);
    return toCsvRow([...GROUP_COLUMNS.map((column) => group[column]), group.firstRecords.join(" ")]);
  });
  return toCsvRow([...GROUP_COLUMNS, "firstRecords"]) + rows.join("");
}

/** A row for each fact; facts of facts by their path (`counts.rejected`). */
function renderSummary(summary: ReportSummary): string {
  const rows = Object.entries(summary).flatMap(([name, value]) =>
    typeof value === "object" && value !== null
      ? Object.entries(value).map(([inner, fact]) => toCsvRow([`${name}.${inner}`, fact]))
      : [toCsvRow([name, value])],
  );
  return toCsvRow(["name", "value"]) + rows.join("");
}
