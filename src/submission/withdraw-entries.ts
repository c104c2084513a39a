/**
 * Entries that say there is no such record (ADR 0024): the stored row each one names goes, with every row below it. What else the
 * submission says of such rows contradicts it, and the rest of the tree must be able to do without them.
 */
import type { JudgeRules } from "../dataset/judge-rules.ts";
import type { Entry, JudgedDraft } from "./entry.ts";
import type { UnitOfWork } from "./ports.ts";
import type { WorkingRow } from "./working-row.ts";
import type { WorkingSet } from "./working-set.ts";

/**
 * Whether a submission takes rows away: it must not run beside one that has looked up its sender's ids already and would go on with
 * records that are gone (ADR 0015).
 */
export const withdrawsRecords = (drafts: readonly JudgedDraft[]): boolean => drafts.some(({ draft }) => draft.withdraw === true);

/** Marks the rows, on trial, once every entry has found its own; reads what is stored below them. */
export async function markWithdrawn(
  entries: readonly Entry[],
  set: WorkingSet,
  unit: Pick<UnitOfWork, "findEventsOfOthers">,
): Promise<void> {
  const named = entries.filter((entry) => entry.withdraws && !entry.rejected);
  if (named.length === 0) return;
  refuseOtherStatements(entries, new Set(named.map(({ row }) => row)));
  for (const entry of named) if (entry.row !== null && !entry.rejected) entry.row.withdrawn = true;
  await loadBelow(set);
  await refuseRowsOfOthers(named, set, unit);
  for (const entry of entries) refuseBelowWithdrawn(entry);
}

/** A record cannot be stated and withdrawn in one submission: of the two, the later one is refused. */
function refuseOtherStatements(entries: readonly Entry[], rows: ReadonlySet<WorkingRow | null>): void {
  const first = new Map<WorkingRow, Entry>();
  for (const entry of entries) {
    const { row } = entry;
    if (row === null || !rows.has(row) || entry.rejected || entry.silent) continue;
    const before = first.get(row);
    if (before === undefined) first.set(row, entry);
    else if (before.withdraws !== entry.withdraws) entry.rejectForKey(null, row);
  }
}

async function loadBelow(set: WorkingSet): Promise<void> {
  for (const { name, definition } of set.context.dictionary.recordTypes) {
    if (definition.parent === null) continue;
    await set.loadChildren(name, new Set(set.all.filter((row) => row.type.name === definition.parent && row.gone)));
  }
}

/** What a programme holds that the actor may not act for is not his to take away. */
async function refuseRowsOfOthers(
  named: readonly Entry[],
  set: WorkingSet,
  unit: Pick<UnitOfWork, "findEventsOfOthers">,
): Promise<void> {
  const events = set.all.filter((row) => row.type.name === "INITIATING_EVENT" && row.stored !== null && row.gone);
  const others = events.length === 0 ? [] : await unit.findEventsOfOthers(events.map(({ id }) => id));
  for (const id of others) {
    for (const entry of named) if (entry.row !== null && isAt(entry.row, set.row(id))) refuse(entry);
  }
}

const isAt = (upper: WorkingRow, row: WorkingRow | null | undefined): boolean =>
  row != null && (row === upper || isAt(upper, row.parent));

function refuse(entry: Entry): void {
  if (!entry.rejected) entry.reject("NOT_AUTHORISED_FOR_ORGANISATION", "programmeCode");
  keepRow(entry);
}

/** What is stated below a record that is withdrawn would hang below nothing. */
function refuseBelowWithdrawn(entry: Entry): void {
  const above = entry.row?.parent ?? null;
  if (above === null || !above.gone || entry.withdraws || entry.rejected || entry.silent) return;
  entry.rejectForKey(null, withdrawnAbove(above));
}

const withdrawnAbove = (row: WorkingRow): WorkingRow => (row.withdrawn || row.parent === null ? row : withdrawnAbove(row.parent));

/** The entry was refused: its row stays, unless another one withdraws it. */
export function keepRow({ row }: Entry): void {
  if (row !== null) row.withdrawn = row.entries.some((entry) => entry.withdraws && !entry.rejected);
}

/** The rest of the tree must be whole without the row: a rule that its parent would break refuses the entry. */
export function settleWithdrawal(entry: Entry, row: WorkingRow, judgeRules: JudgeRules): void {
  const broken = brokenWithout(row, judgeRules);
  for (const { code, params } of broken) entry.addIssue({ severity: "ERROR", code, field: null, params });
  if (entry.rejected) return keepRow(entry);
  entry.outcome = "WITHDRAWN";
  const records = row.below().filter((below) => below.stored !== null && !below.withdrawn).length;
  if (records > 0) entry.addIssue({ severity: "INFORMATION", code: "WITHDRAWN_WITH_PARENT", field: null, params: { records } });
}

function brokenWithout(row: WorkingRow, judgeRules: JudgeRules): ReturnType<JudgeRules> {
  const { parent } = row;
  if (parent === null || parent.gone) return [];
  const errors = (): ReturnType<JudgeRules> => judgeRules(parent).filter(({ severity }) => severity === "ERROR");
  const after = errors();
  if (after.length === 0) return after;
  row.withdrawn = false;
  const before = new Set(errors().map(({ rule }) => rule));
  row.withdrawn = true;
  return after.filter(({ rule }) => !before.has(rule));
}

/** Why a row goes, in words of the person who withdrew it; null for every row that fell with it. */
export const reasonOf = (row: WorkingRow, entries: readonly Entry[]): string | null =>
  row.withdrawn ? (entries.find((entry) => entry.row === row && entry.withdraws)?.draft.withdrawalReason ?? null) : null;
