/**
 * The other half of accounting: walks what was sent without asking the mapping, and looks in its report for every field found. Shares
 * nothing with the mappings but the way a place is written.
 */
import type { MappedSource } from "../../../src/records/draft-record.ts";
import type { MappingReportLine } from "../../../src/records/issue.ts";

/** A field that holds something, by the way the report writes its place. */
export interface SourceField {
  readonly expression: string;
  /** Places whose line would speak of this field too, the nearest first. */
  readonly within: readonly string[];
}

/** Every line of the report, of records and of what no record used. */
export const linesOf = (mapped: Pick<MappedSource, "drafts" | "mappingReport">): readonly MappingReportLine[] => [
  ...mapped.mappingReport,
  ...mapped.drafts.flatMap((draft) => draft.mappingReport),
];

/** Of a resource or segment that is reported MAPPED as a whole: counts for the fields that others are known to ask of it. */
export const usedPartOf = (whole: string): string => `${whole}#used`;

/**
 * Fields that no line speaks of. A line MAPPED about something as large as a whole resource or segment (`wholes`) does not count for all
 * that is inside: that something of it was used says nothing of the rest.
 */
export function findUnaccounted(
  fields: readonly SourceField[],
  mapped: Pick<MappedSource, "drafts" | "issues" | "mappingReport">,
  wholes: ReadonlySet<string>,
): readonly string[] {
  const said = new Set<string>();
  for (const { expression, result } of linesOf(mapped))
    said.add(result === "MAPPED" && wholes.has(expression) ? usedPartOf(expression) : expression);
  // An input, or a part of it, that could not be read at all is answered by its issue.
  for (const draft of mapped.drafts) if (draft.unreadable === true) said.add(draft.expression);
  for (const { severity, expression } of mapped.issues) if (severity === "ERROR") said.add(expression);
  return fields
    .filter(({ expression, within }) => !said.has(expression) && !within.some((place) => said.has(place)))
    .map(({ expression }) => expression);
}
