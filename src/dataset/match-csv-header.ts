/** Recognises the columns of an importer file: in any order, spelt with other case, spacing and punctuation. */
import { foldText } from "../lib/fold-text.ts";
import { findNearest } from "../lib/nearest-text.ts";
import { REASON_COLUMNS } from "../records/file-format.ts";
import type { Issue } from "../records/issue.ts";
import { ancestorsOf, identityColumns, importerHeader, RECORD_STATUS, SOURCE_RECORD_ID } from "./csv-header.ts";
import type { RecordTypeName } from "./define.ts";
import type { CompiledRecordType, Dictionary } from "./dictionary.ts";

/** The header of one file, understood. */
export interface MatchedHeader {
  readonly recordType: RecordTypeName;
  /** For each column its name in the dataset, or null where it is left out. */
  readonly columns: readonly (string | null)[];
  /** Without an expression's root: `.eventDate`, `[3]`. */
  readonly issues: readonly Issue[];
}

/** A name that may be shown: anything else could be a value in the place of a name. */
const SHOWN_NAME = /^[A-Za-z][A-Za-z0-9 ._-]{0,63}$/;
const REASONS: ReadonlySet<string> = new Set(REASON_COLUMNS.map(foldText));
/** Unknown columns that are named one by one. */
const MOST_NAMED = 100;
/** Taken from the submission where a row does not say it. */
const OPTIONAL_IDENTITY = "programmeCode";

/** How many columns a record type's file has in common with these. */
export function countColumns(dictionary: Dictionary, recordType: RecordTypeName, cells: readonly string[]): number {
  return takeColumns(columnsByName(dictionary, recordType), cells).size;
}

/**
 * The record type whose file has these columns: of those whose identity is complete the one that knows most of them, else the one that
 * knows most. Null where several know as many, or none knows any.
 */
export function recordTypeOfHeader(dictionary: Dictionary, cells: readonly string[]): RecordTypeName | null {
  const candidates = dictionary.recordTypes.map((type) => {
    const taken = takeColumns(columnsByName(dictionary, type.name), cells);
    return { name: type.name, count: taken.size, complete: missingIdentity(dictionary, type, taken).length === 0 };
  });
  const complete = candidates.filter((candidate) => candidate.complete);
  const eligible = complete.length > 0 ? complete : candidates;
  const most = Math.max(...eligible.map(({ count }) => count));
  const [best, ...others] = eligible.filter(({ count }) => count === most);
  return best === undefined || most === 0 || others.length > 0 ? null : best.name;
}

function takeColumns(names: ReadonlyMap<string, string>, cells: readonly string[]): ReadonlySet<string> {
  return new Set(cells.flatMap((cell) => names.get(foldText(cell)) ?? []));
}

/** @param root of the issues' expressions: the header's own place */
export function matchHeader(
  dictionary: Dictionary,
  recordType: RecordTypeName,
  cells: readonly string[],
  root: string,
): MatchedHeader {
  const names = columnsByName(dictionary, recordType);
  const issues: Issue[] = [];
  const taken = new Set<string>();
  const columns = cells.map((cell, position) => {
    const column = names.get(foldText(cell)) ?? null;
    if (column !== null && !taken.has(column)) {
      taken.add(column);
      return column;
    }
    if (column !== null) issues.push(columnIssue("ERROR", expressionOf(root, cell, position)));
    else if (issues.length < MOST_NAMED && cell.trim() !== "" && !REASONS.has(foldText(cell)))
      issues.push(unknownColumn(cell, position, root, names));
    return null;
  });
  const type = dictionary.recordType(recordType);
  if (taken.size === 0) issues.push(columnIssue("ERROR", root));
  else for (const missing of missingIdentity(dictionary, type, taken)) issues.push(columnIssue("ERROR", `${root}.${missing}`));
  return { recordType, columns, issues };
}

function columnsByName(dictionary: Dictionary, recordType: RecordTypeName): ReadonlyMap<string, string> {
  return new Map([...importerHeader(dictionary, recordType), RECORD_STATUS].map((column) => [foldText(column), column]));
}

/** Without these no row could say whose it is, or which record it means. */
function missingIdentity(dictionary: Dictionary, type: CompiledRecordType, taken: ReadonlySet<string>): readonly string[] {
  const ancestors = ancestorsOf(dictionary, type);
  const own = ancestors.length === 0 ? [SOURCE_RECORD_ID, ...identityColumns(type).keys()] : keyOf(type).map(({ name }) => name);
  const anyOwn = ancestors.length === 0 && own.some((column) => taken.has(column));
  return [
    ...ancestors.flatMap((ancestor) => missingOfAncestor(ancestor, taken)),
    ...(anyOwn ? [] : own.filter((column) => column !== SOURCE_RECORD_ID && !taken.has(column))),
  ];
}

/** All of a natural key; of what has none (patient, rehabilitation) any column. */
function missingOfAncestor(ancestor: CompiledRecordType, taken: ReadonlySet<string>): readonly string[] {
  const columns = identityColumns(ancestor);
  const key = keyOf(ancestor).flatMap(({ name }) => columns.get(name) ?? []);
  if (key.length > 0) return key.filter((column) => !taken.has(column));
  const any = [...columns.values()];
  return any.some((column) => taken.has(column)) ? [] : any;
}

const keyOf = ({ naturalKey }: CompiledRecordType) => naturalKey.filter(({ name }) => name !== OPTIONAL_IDENTITY);

function unknownColumn(cell: string, position: number, root: string, names: ReadonlyMap<string, string>): Issue {
  const issue = columnIssue("WARNING", expressionOf(root, cell, position));
  const nearest = SHOWN_NAME.test(cell.trim()) ? findNearest(foldText(cell), names.keys()) : null;
  const suggestion = nearest === null ? undefined : names.get(nearest);
  return suggestion === undefined ? issue : { ...issue, suggestion };
}

/** Columns without a name that may be shown are counted from 1, as a spreadsheet does. */
const expressionOf = (root: string, cell: string, position: number): string =>
  SHOWN_NAME.test(cell.trim()) ? `${root}.${cell.trim()}` : `${root}[${position + 1}]`;

const columnIssue = (severity: "ERROR" | "WARNING", expression: string): Issue => ({
  severity,
  code: "COLUMNS_UNRECOGNISED",
  field: null,
  expression,
});
