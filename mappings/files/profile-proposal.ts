/**
 * Proposes a column profile for tables nobody has described: from the words of their headers and the shape of their values. A proposal
 * is for a person to look at; every column says how sure it is and why, and what is not sure is left for that person to decide.
 */
import type { CompiledItem, CompiledRecordType, Dictionary } from "../../src/dataset/dictionary.ts";
import { foldText } from "../../src/lib/fold-text.ts";
import { findNearest } from "../../src/lib/nearest-text.ts";
import type { ProfileCell } from "./profile-cell.ts";
import { normaliseSource } from "./profile-codes.ts";
import { type ColumnValues, type Fit, holdsNhsNumbers, judgeFit, looksTicked } from "./profile-evidence.ts";
import { ASSESSMENT_WORDS, ITEM_SYNONYMS, TICK_SYNONYMS } from "./profile-synonyms.ts";
import { nameColumns } from "./profile-table.ts";

/** A table of a file, with some of its rows. */
export interface TableSample {
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly ProfileCell[])[];
}

export interface ProposedTarget {
  readonly recordType: CompiledRecordType;
  readonly item: CompiledItem;
  /** Which assessment the column belongs to; null: none, or there is one to a row. */
  readonly assessment: 1 | 2 | 3 | null;
  /** The option that the column stands for, as a tick box. */
  readonly option: string | null;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reasons: readonly ProposalReason[];
  readonly fit: Fit;
}

export const PROPOSAL_REASONS = {
  HEADER_IS_THE_ITEM: "The header is the item's name or label.",
  HEADER_IS_A_SYNONYM: "The header is a usual name of the item.",
  HEADER_IS_NEAR: "The header is spelt nearly as a name of the item.",
  HEADER_IS_AN_OPTION: "The header is an option of the list, and the column looks like a tick box.",
  HEADER_NAMES_THE_ASSESSMENT: "The header says which assessment it belongs to.",
  VALUES_FIT: "Nearly all values can be read as the item.",
  VALUES_FIT_PARTLY: "Some values cannot be read as the item.",
  VALUES_DO_NOT_FIT: "Hardly a value can be read as the item.",
  VALUES_ARE_NHS_NUMBERS: "The values are NHS numbers by their check digit.",
  NO_VALUES: "The column has no values among the rows that were looked at.",
  DAY_AND_MONTH_UNTOLD: "Day first and month first would both read every date: make sure which it is.",
  CODES_LEFT: "Some codes have no translation yet.",
  ANOTHER_COLUMN_FITS_BETTER: "Another column fits the item better.",
  NOTHING_LIKE_IT: "No item has such a name.",
} as const;
export type ProposalReason = keyof typeof PROPOSAL_REASONS;

export interface ProposedColumn {
  readonly table: string;
  readonly column: string;
  /** Null: it is left for a person to decide. */
  readonly target: ProposedTarget | null;
  /** Others it may be, the likeliest first. */
  readonly alternatives: readonly ProposedTarget[];
  readonly reasons: readonly ProposalReason[];
}

/** Below it a column is left for a person to decide. */
const SURE_ENOUGH = 0.5;
const MOST_ALTERNATIVES = 3;
const TICK_WORDS: ReadonlySet<string> = new Set(["y", "n", "yes", "no", "true", "false", "1", "0", "x", "c", "u"]);

interface Name {
  readonly recordType: CompiledRecordType;
  readonly item: CompiledItem;
  readonly option: string | null;
  readonly synonym: boolean;
  /** Items of several records have this name; it is usual for this one. */
  readonly usual: boolean;
}

/** The names by which columns are recognised, folded. Made once for a dictionary. */
export type ProposalNames = ReadonlyMap<string, readonly Name[]>;

export function listNames(dictionary: Dictionary): ProposalNames {
  const names = new Map<string, Name[]>();
  const add = (text: string, name: Name): void => {
    const folded = foldText(text);
    names.set(folded, [...(names.get(folded) ?? []), name]);
  };
  for (const recordType of dictionary.recordTypes)
    for (const item of recordType.items) {
      const synonyms = ITEM_SYNONYMS[`${recordType.name}.${item.name}`] ?? [];
      const usual = new Set(synonyms.map(foldText));
      const own = { recordType, item, option: null, synonym: false, usual: false };
      for (const text of new Set([item.name, item.label])) add(text, { ...own, usual: usual.has(foldText(text)) });
      for (const text of synonyms) add(text, { ...own, synonym: true });
      for (const [option, texts] of Object.entries(TICK_SYNONYMS[`${recordType.name}.${item.name}`] ?? {})) {
        const label = item.compiledList?.byKey.get(option)?.label ?? option;
        for (const text of new Set([option, label, ...texts])) add(text, { ...own, option, synonym: true });
      }
    }
  return names;
}

/** The likeliest item for each column. An item of a record goes to one column: the one that fits best. */
export function proposeColumns({ name, header, rows }: TableSample, names: ProposalNames): readonly ProposedColumn[] {
  const columns = nameColumns(header).map((column, position) => {
    const cells = rows.flatMap((row) => (row[position] === undefined || row[position].text.trim() === "" ? [] : [row[position]]));
    return { column, targets: listTargets({ name: column, cells }, names) };
  });
  const best = new Map<string, number>();
  for (const { targets } of columns) {
    const [first] = targets;
    if (first !== undefined) best.set(slotOf(first), Math.max(best.get(slotOf(first)) ?? 0, first.confidence));
  }
  const taken = new Set<string>();
  return columns.map(({ column, targets }) => {
    const [first, ...others] = targets;
    const alternatives = others.slice(0, MOST_ALTERNATIVES);
    if (first === undefined) return { table: name, column, target: null, alternatives, reasons: ["NOTHING_LIKE_IT"] };
    const slot = slotOf(first);
    const outdone = (best.get(slot) ?? 0) > first.confidence || taken.has(slot);
    if (outdone)
      return {
        table: name,
        column,
        target: null,
        alternatives: targets.slice(0, MOST_ALTERNATIVES),
        reasons: ["ANOTHER_COLUMN_FITS_BETTER"],
      };
    if (first.confidence < SURE_ENOUGH)
      return { table: name, column, target: null, alternatives: targets.slice(0, MOST_ALTERNATIVES), reasons: first.reasons };
    taken.add(slot);
    return { table: name, column, target: first, alternatives, reasons: first.reasons };
  });
}

const slotOf = ({ recordType, item, assessment, option }: ProposedTarget): string =>
  `${recordType.name}.${item.name}.${assessment ?? ""}.${option ?? ""}`;

/** Everything a column may be, the likeliest first. */
function listTargets(column: ColumnValues, names: ProposalNames): readonly ProposedTarget[] {
  const whole = match(foldText(column.name), names, null, column);
  const numbered = splitAssessment(column.name).flatMap(({ rest, assessment }) =>
    match(foldText(rest), names, assessment, column),
  );
  const byValues = holdsNhsNumbers(column) ? nhsNumberTarget(names, column) : [];
  const byPlace = new Map<string, ProposedTarget>();
  for (const target of [...whole, ...numbered, ...byValues]) {
    const known = byPlace.get(slotOf(target));
    if (known === undefined || known.confidence < target.confidence) byPlace.set(slotOf(target), target);
  }
  return [...byPlace.values()].sort((a, b) => b.confidence - a.confidence);
}

function match(
  folded: string,
  names: ProposalNames,
  assessment: 1 | 2 | 3 | null,
  column: ColumnValues,
): readonly ProposedTarget[] {
  const exact = names.get(folded);
  const near = exact === undefined ? findNearest(folded, names.keys()) : null;
  const found = exact ?? (near === null ? [] : (names.get(near) ?? []));
  return found
    .filter(({ recordType }) => assessment === null || recordType.name === "ASSESSMENT")
    .map((name) => toTarget(name, near !== null, assessment, column));
}

function toTarget(
  { recordType, item, option, synonym, usual }: Name,
  near: boolean,
  assessment: 1 | 2 | 3 | null,
  column: ColumnValues,
): ProposedTarget {
  const header: ProposalReason = near
    ? "HEADER_IS_NEAR"
    : option !== null
      ? "HEADER_IS_AN_OPTION"
      : synonym
        ? "HEADER_IS_A_SYNONYM"
        : "HEADER_IS_THE_ITEM";
  const fit = judgeFit(item, column);
  const share = option === null ? fit.share : looksTicked(column, TICK_WORDS) ? 1 : column.cells.length === 0 ? null : 0;
  const byHeader =
    (near ? 0.7 : synonym ? 0.9 : 1) *
    (usual ? 1 : 0.98) *
    (assessment === null && option === null && recordType.name === "DRUG" ? 0.9 : 1);
  const values: ProposalReason[] = column.cells.length === 0 ? ["NO_VALUES"] : share === null ? [] : [shareReason(share)];
  const reasons: ProposalReason[] = [
    header,
    ...(assessment === null ? [] : (["HEADER_NAMES_THE_ASSESSMENT"] as const)),
    ...values,
    ...(fit.orderUntold ? (["DAY_AND_MONTH_UNTOLD"] as const) : []),
    ...(option === null && fit.untranslated > 0 ? (["CODES_LEFT"] as const) : []),
  ];
  // A coded column whose own codes nobody knows yet is still that column.
  const isOwnCode = option === null && item.list !== undefined && fit.untranslated > 0;
  const byValues = share === null ? 0.8 : isOwnCode ? Math.max(share, 0.6) : share;
  const confidence = byValues < 0.2 ? 0.2 * byHeader : byHeader * (0.5 + 0.5 * byValues) * (fit.orderUntold ? 0.9 : 1);
  return { recordType, item, assessment, option, confidence: Math.round(confidence * 100) / 100, reasons, fit };
}

const shareReason = (share: number): ProposalReason =>
  share >= 0.9 ? "VALUES_FIT" : share >= 0.2 ? "VALUES_FIT_PARTLY" : "VALUES_DO_NOT_FIT";

function nhsNumberTarget(names: ProposalNames, column: ColumnValues): readonly ProposedTarget[] {
  const name = names.get(foldText("nhsNumber"))?.find(({ item }) => item.kind === "nhsNumber");
  if (name === undefined) return [];
  const { recordType, item } = name;
  return [
    {
      recordType,
      item,
      assessment: null,
      option: null,
      confidence: 0.9,
      reasons: ["VALUES_ARE_NHS_NUMBERS"],
      fit: judgeFit(item, column),
    },
  ];
}

/** `Weight 2`, `A2_Weight`, `Post BMI`: the first or the last word says which assessment. */
function splitAssessment(header: string): readonly { readonly rest: string; readonly assessment: 1 | 2 | 3 }[] {
  const words = header
    .replaceAll(/([a-z])([A-Z0-9])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "");
  if (words.length < 2) return [];
  const found: { rest: string; assessment: 1 | 2 | 3 }[] = [];
  for (const assessment of [1, 2, 3] as const)
    for (const [own, rest] of [
      [words[0], words.slice(1)],
      [words.at(-1), words.slice(0, -1)],
    ] as const)
      if (ASSESSMENT_WORDS[assessment].includes(normaliseSource(own ?? ""))) found.push({ rest: rest.join(" "), assessment });
  return found;
}
