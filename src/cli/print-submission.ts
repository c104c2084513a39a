/** A submission as a person reads it: what became of it, then the causes to be mended, then its records. */
import type { SubmissionFieldsFragment, SubmissionRecordsQuery } from "../generated/graphql/operations.ts";

type Records = NonNullable<SubmissionRecordsQuery["submission"]>["records"];

export function printSubmission(submission: SubmissionFieldsFragment, records: Records | null): string {
  const { id, status, outcome, replayed, mode, counts } = submission;
  const flags = [
    mode === "VALIDATE_ONLY" ? "dry run: nothing was kept" : "",
    replayed ? "answer of an earlier identical request" : "",
  ].filter(Boolean);
  const lines = [
    `${id}  ${status}${outcome ? `  ${outcome}` : ""}${flags.length > 0 ? `  (${flags.join("; ")})` : ""}`,
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join("  "),
    ...submission.issues.map(({ severity, code, expression, message }) => `${severity} ${code}  ${expression}\n    ${message}`),
    ...submission.issueGroups.map(printGroup),
  ];
  return [...lines, ...(records === null ? [] : printRecords(records))].join("\n");
}

function printGroup({
  severity,
  code,
  recordType,
  field,
  count,
  cascaded,
  message,
  suggestion,
  records,
}: SubmissionFieldsFragment["issueGroups"][number]): string {
  const where = [recordType, field].filter(Boolean).join(".");
  const more = cascaded > 0 ? `, ${cascaded} more fell with them` : "";
  const fix = suggestion ? `\n    try: ${suggestion}` : "";
  // Issues of no record are listed with their places above.
  const places = records.length > 0 ? `\n    at ${records.map((record) => record.expression).join(", ")}` : "";
  return `${severity} ${code}  ${where}  ×${count}${more}\n    ${message}${fix}${places}`;
}

function printRecords({ nodes, totalCount }: Records): readonly string[] {
  const rows = nodes.map(
    ({ outcome, recordType, sourceRecordId, expression }) =>
      `${outcome.padEnd(15)} ${recordType.padEnd(16)} ${sourceRecordId ?? "-"}  (${expression})`,
  );
  return ["", ...rows, ...(totalCount > nodes.length ? [`… ${totalCount - nodes.length} more records`] : [])];
}
