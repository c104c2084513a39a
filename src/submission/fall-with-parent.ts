/** A record whose parent was refused is refused with it, and points to the record that is the root cause (dataset Decision 17). */
import type { Issue } from "../records/issue.ts";
import type { RecordResult } from "../records/submission-record.ts";
import type { Entry } from "./entry.ts";

const PARENT_REJECTED = "PARENT_REJECTED";
const PARENT_MISSING = "PARENT_MISSING";
/** Items that name a patient without describing one. */
const NAMING_ITEMS: ReadonlySet<string> = new Set(["nhsNumber", "hospitalNumber", "dateOfBirth"]);

/** True where the entry's parent was refused. An entry with errors of its own stays refused for those. */
export function fallsWithParent(entry: Entry): boolean {
  const { parent } = entry;
  if (parent === null || !parent.rejected) return false;
  if (parent.silent) takeOverErrors(entry, parent);
  else if (!entry.rejected) {
    entry.cause = parent.cause ?? parent;
    entry.reject(onlyNamesNothing(parent) ? PARENT_MISSING : PARENT_REJECTED, null, { causedBy: entry.cause.index });
  }
  return true;
}

/** A silent parent has no answer that a child could point to: what is wrong with it is wrong with each of its children. */
function takeOverErrors(entry: Entry, { issues, draft }: Entry): void {
  for (const issue of issues) {
    if (issue.severity !== "ERROR") continue;
    entry.addIssue(issue.expression === draft.expression ? { ...issue, expression: entry.expressionOf(null) } : issue);
  }
}

/**
 * An increment may name a known parent by its identity alone. Where nothing is stored under that identity, the parent lacks whatever
 * else it would need to be stored, and its children belong to nothing.
 */
function onlyNamesNothing({ row, type, judged, issues }: Entry): boolean {
  if (row === null || row.stored !== null) return false;
  const errors = issues.filter(({ severity }) => severity === "ERROR");
  const names = type.items.every(
    (item) => (judged.values[item.index] ?? null) === null || NAMING_ITEMS.has(item.name) || type.naturalKey.includes(item),
  );
  return names && errors.every(({ code }) => code === "MANDATORY_MISSING");
}

/** The issue that says a record fell with its parent; undefined for a record that did not. */
export function causeOfFall({ outcome, issues }: Pick<RecordResult, "outcome" | "issues">): Issue | undefined {
  if (outcome !== "REJECTED_PARENT") return undefined;
  return issues.find(({ code, causedBy }) => causedBy !== undefined && (code === PARENT_REJECTED || code === PARENT_MISSING));
}
