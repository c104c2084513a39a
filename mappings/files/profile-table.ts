/** A table of a file, put beside the profile that reads it: which column is which, and whose row a row is. */
import { foldText } from "../../src/lib/fold-text.ts";
import { findNearest } from "../../src/lib/nearest-text.ts";
import { REASON_COLUMNS } from "../../src/records/file-format.ts";
import type { Issue } from "../../src/records/issue.ts";
import type { DateSystem } from "./importer-cell.ts";
import type { ProfileCell } from "./profile-cell.ts";
import type { CompiledProfile, CompiledRecord, CompiledTable } from "./profile-compile.ts";

/** What is known of a table before its rows are read. */
export interface TableHead {
  /** Of the sheet or table; empty where it has none. Compared, never shown. */
  readonly name: string;
  /** Where the header stands: `row 1`, `sheet Patients row 3`, `table Patients header`. The root of expressions about it. */
  readonly place: string;
  readonly header: readonly string[];
  readonly dateSystem: DateSystem;
}

export interface BoundTable {
  readonly table: CompiledTable;
  readonly dateSystem: DateSystem;
  /** Position of each column the profile names and the table has, by folded name. */
  readonly positions: ReadonlyMap<string, number>;
  /** For each position the column's name as it may be shown, and whether the profile names it. */
  readonly columns: readonly BoundColumn[];
}

export interface BoundColumn {
  /** `DateOfBirth`, or `[3]` where the header is no name that may be shown. */
  readonly shown: string;
  readonly known: boolean;
  /** Why it is left out on purpose. */
  readonly ignored: string | null;
}

/** A row of a bound table, as the mapping takes it. */
export class ProfileRow {
  readonly bound: BoundTable;
  /** Rows of one number are of one patient. They stand side by side. */
  readonly group: number;
  readonly cells: readonly ProfileCell[];

  constructor(bound: BoundTable, group: number, cells: readonly ProfileCell[]) {
    this.bound = bound;
    this.group = group;
    this.cells = cells;
  }
}

/** A row with its place: `row 14`, `sheet Assessment row 14`. */
export interface PlacedProfileRow {
  readonly row: ProfileRow;
  readonly place: string;
}

/** A name that may be shown: anything else could be a value in the place of a name. */
const SHOWN_NAME = /^[A-Za-z][A-Za-z0-9 ._/()%?&[\]-]{0,63}$/;
const REASONS: ReadonlySet<string> = new Set(REASON_COLUMNS.map(foldText));
/** Columns that are named one by one in the issues of a file. */
const MOST_NAMED = 100;

/** The second of two equal names is `Name [2]`. */
export function nameColumns(header: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return header.map((name) => {
    const folded = foldText(name);
    const count = (counts.get(folded) ?? 0) + 1;
    counts.set(folded, count);
    return count === 1 ? name.trim() : `${name.trim()} [${count}]`;
  });
}

/**
 * Finds the profile's table for a table of the file. Issues: columns the profile names and the table lacks, and columns it has that the
 * profile does not know. `bound` null: the profile has no table of this name, or nothing in it could say whose a row is.
 */
export function bindTable(
  profile: CompiledProfile,
  head: TableHead,
): { readonly bound: BoundTable | null; readonly issues: readonly Issue[] } {
  const names = nameColumns(head.header);
  const positions = new Map(names.map((name, position) => [foldText(name), position] as const).toReversed());
  const [table] = profile.tables
    .filter(({ name }) => name === null || head.name === "" || name === foldText(head.name))
    .filter((candidate) => namesPatients(candidate, positions))
    .sort((a, b) => countColumns(b, positions) - countColumns(a, positions));
  if (table === undefined) return { bound: null, issues: [columnIssue("WARNING", head.place)] };
  const columns = names.map((name, position) => toColumn(name, position, table));
  return {
    bound: { table, dateSystem: head.dateSystem, positions, columns },
    issues: listColumnIssues(table, columns, positions, head.place),
  };
}

const countColumns = ({ columns }: CompiledTable, positions: ReadonlyMap<string, number>): number =>
  [...columns.keys()].filter((column) => positions.has(column)).length;

/** How many of the cells are columns the profile knows, of the table that knows most: by it a header is told from a title. */
export function countProfileColumns({ tables }: CompiledProfile, cells: readonly string[]): number {
  const positions = new Map(nameColumns(cells).map((name, position) => [foldText(name), position]));
  return Math.max(...tables.map((table) => countColumns(table, positions)));
}

/** At least one column by which some record of the row is known. */
const namesPatients = ({ records }: CompiledTable, positions: ReadonlyMap<string, number>): boolean =>
  records.some((record) => keyColumnsOf(record).some((column) => positions.has(column)));

const keyColumnsOf = (record: CompiledRecord): readonly string[] => [
  ...record.idColumns,
  ...record.rules.filter(({ item }) => record.type.name === "PATIENT" && isNumber(item.name)).flatMap(({ columns }) => columns),
];

const isNumber = (item: string): boolean => item === "nhsNumber" || item === "hospitalNumber";

function toColumn(name: string, position: number, table: CompiledTable): BoundColumn {
  const folded = foldText(name);
  const ignored = table.ignored.get(folded) ?? (REASONS.has(folded) ? "REASON_OF_AN_EARLIER_REPORT" : null);
  const known = table.columns.has(folded) || ignored !== null;
  return { shown: SHOWN_NAME.test(name) ? name : `[${position + 1}]`, known, ignored };
}

function listColumnIssues(
  table: CompiledTable,
  columns: readonly BoundColumn[],
  positions: ReadonlyMap<string, number>,
  place: string,
): readonly Issue[] {
  const unused = new Map([...table.columns].filter(([folded]) => !positions.has(folded)));
  const unknown = columns
    .filter(({ known, shown }) => !known && !shown.startsWith("["))
    .map(({ shown }) =>
      columnIssue("WARNING", `${place}.${shown}`, unused.get(findNearest(foldText(shown), unused.keys()) ?? "")),
    );
  const missing = [...unused.values()].map((name) => columnIssue("WARNING", `${place}.${name}`, undefined, "COLUMN_MISSING"));
  return [...unknown, ...missing].slice(0, MOST_NAMED);
}

const columnIssue = (
  severity: Issue["severity"],
  expression: string,
  suggestion?: string,
  reason = "COLUMN_NOT_IN_PROFILE",
): Issue => ({
  severity,
  code: "COLUMNS_UNRECOGNISED",
  field: null,
  expression,
  params: { reason },
  ...(suggestion === undefined ? {} : { suggestion }),
});

/** What senders write for "not known" is nobody's number. */
const NO_KEY = /^(?:(\d)\1{9}|0+|UNKNOWN|NOTKNOWN|NK|NONE|NULL|N\/A|TBC)?$/;

/** Texts that rows of one patient share: the patient's numbers, and the ids of records that rows of other tables name. */
export function readKeys({ table, positions }: BoundTable, cells: readonly ProfileCell[]): readonly string[] {
  const textOf = (column: string): string => {
    const position = positions.get(column);
    return position === undefined ? "" : (cells[position]?.text ?? "").replaceAll(/[\s-]/g, "").toUpperCase();
  };
  const keys = table.records.flatMap((record) => {
    const id = record.idColumns.map(textOf);
    const numbers = record.type.name === "PATIENT" ? record.rules.filter(({ item }) => isNumber(item.name)) : [];
    return [
      ...(id.length === 0 || id.some((part) => NO_KEY.test(part))
        ? []
        : [`${record.type.name} ${record.idPrefix}${id.join("/")}`]),
      ...numbers.flatMap(({ item, columns }) =>
        columns
          .map(textOf)
          .filter((text) => !NO_KEY.test(text))
          .map((text) => `${item.name} ${text}`),
      ),
    ];
  });
  return [...new Set(keys)];
}
