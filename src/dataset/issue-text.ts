/**
 * The words of an issue, made when it is shown: only codes and parameters are stored. The words come from the catalogue and from the
 * rules of the dictionary; into them go labels and parameters, which never hold a value that was sent.
 */
import type { Issue } from "../records/issue.ts";
import type { RecordTypeName } from "./define.ts";
import type { Dictionary } from "./dictionary.ts";

const PLACE = /\{(\w+)\}/g;
const NO_LABEL = "The record";
/** What belongs to the envelope of a record rather than to the dataset (dataset 2.0) and can still be wrong. */
const ENVELOPE_LABELS: ReadonlyMap<string, string> = new Map([
  ["sourceRecordId", "Record id"],
  // Of a programme's survey, which is no record of the dataset.
  ["auditYear", "Audit year"],
  ["profession", "Profession"],
  ["wte", "Whole-time equivalents"],
  ["regular", "Regular"],
  ["groupsOffered", "Groups offered"],
]);
/** What remains where a parameter is empty, such as the unit of an item without one. */
const LOOSE_SPACE = / +(?=[ .,:;]|$)/g;

/**
 * The text of an issue for the person who sent the record: the rule's own sentence where a rule was broken, else the catalogue's.
 * `recordType` decides whose label is meant, since several record types have an item of one name.
 * A code that the catalogue does not have is shown as it is: it comes from our own code, never from input.
 */
export function renderIssue(
  dictionary: Dictionary,
  issue: Pick<Issue, "code" | "field" | "params">,
  recordType?: RecordTypeName | null,
): string {
  const template = ruleText(dictionary, issue) ?? dictionary.issueCodes.get(issue.code)?.text ?? issue.code;
  const text = template.replace(PLACE, (_, name: string) => {
    if (name === "label") return labelOf(dictionary, issue.field, recordType ?? null);
    return String(issue.params?.[name] ?? "");
  });
  return text.replace(LOOSE_SPACE, "");
}

function ruleText(dictionary: Dictionary, issue: Pick<Issue, "params">): string | undefined {
  const id = issue.params?.rule;
  return id === undefined ? undefined : dictionary.rules.find((rule) => rule.id === id)?.text;
}

/** The item's label; without a record type, that of the first type that has such an item. */
function labelOf(dictionary: Dictionary, field: string | null, recordType: RecordTypeName | null): string {
  const own = recordType === null ? undefined : dictionary.recordType(recordType);
  if (field === null) return own?.definition.label ?? NO_LABEL;
  const owner = own ?? dictionary.recordTypes.find((candidate) => candidate.byName.has(field));
  return owner?.byName.get(field)?.label ?? ENVELOPE_LABELS.get(field) ?? NO_LABEL;
}
