/** The rows of a table in the importer's own layout, as entries of its mapping; and what their columns show only as a whole. */
import type { CellType, TableHabits } from "../../../mappings/files/importer-cell.ts";
import { itemsOfColumns } from "../../../mappings/files/importer-columns.ts";
import { orderOf } from "../../../mappings/files/importer-dates.ts";
import { ImporterRow } from "../../../mappings/files/importer-row.ts";
import { identityColumns } from "../../dataset/csv-header.ts";
import type { CompiledItem, Dictionary } from "../../dataset/dictionary.ts";
import type { MatchedHeader } from "../../dataset/match-csv-header.ts";
import type { Issue } from "../../records/issue.ts";
import { fileIssue } from "./file-issues.ts";
import { type RowText, rowName, type TableFile } from "./table-file.ts";
import type { TablePlan } from "./table-plan.ts";

/** Our own files of failed rows keep a spreadsheet from running such a cell; it is taken away again. */
const KEPT_FROM_RUNNING = /^'(?=[=+\-@\t\r])/;
/** What senders write for "not known" is nobody's number, and neither is what a spreadsheet left of one. */
const NO_NUMBER = /^(?:(\d)\1{9}|0+|UNKNOWN|NOTKNOWN|NK|NONE|NULL|N\/A|#.*|\d(?:[.,]\d+)?E\+?\d+)?$/i;
const SPACING = /[\s-]/g;
/** Items whose zeros at the front are a part of them. */
const CODED_TEXTS: ReadonlySet<string> = new Set(["hospitalNumber", "telephone"]);

export class ImporterPlan implements TablePlan {
  readonly table: TableFile;
  readonly #header: MatchedHeader;
  readonly #numbers: readonly { readonly position: number; readonly item: number }[];
  readonly #nameless: NamelessColumns;
  readonly #dates: DateColumns;
  readonly #texts: TextColumns;
  #habits: TableHabits | null = null;

  constructor(table: TableFile, header: MatchedHeader, dictionary: Dictionary) {
    this.table = table;
    this.#header = header;
    this.#numbers = findNumbers(header, dictionary);
    const items = itemsOfColumns(dictionary, header.recordType);
    const columns = header.columns.map((column, position) => ({ column, position, item: items.get(column ?? "") ?? null }));
    this.#nameless = new NamelessColumns(table.header);
    this.#dates = new DateColumns(columns);
    this.#texts = new TextColumns(columns);
  }

  lookAt(row: RowText): readonly string[] {
    this.#nameless.lookAt(row);
    this.#dates.lookAt(row);
    this.#texts.lookAt(row);
    return this.#numbers.flatMap(({ position, item }) => {
      const number = unquote(row.texts[position] ?? "").replace(SPACING, "");
      return NO_NUMBER.test(number) ? [] : [`${item} ${number.toUpperCase()}`];
    });
  }

  issues(): readonly Issue[] {
    const { prefix, headerRow } = this.table;
    const root = `${prefix}${headerRow === 0 ? "header" : rowName(headerRow)}`;
    return [
      ...this.#nameless.positions().map((position) => fileIssue("WARNING", "COLUMNS_UNRECOGNISED", `${root}[${position + 1}]`)),
      ...this.#dates.monthFirst().map(({ column, item }) => columnIssue("DATE_ORDER_UNCLEAR", item, `${root}.${column}`)),
      ...this.#texts.numeric().map(({ column, item }) => columnIssue("LEADING_ZERO_LOST", item, `${root}.${column}`)),
    ];
  }

  toEntry({ texts, types }: RowText, group: number): ImporterRow {
    const cells: Record<string, string> = {};
    let typed: Record<string, CellType> | undefined;
    for (const [position, column] of this.#header.columns.entries()) {
      const cell = unquote(texts[position] ?? "");
      if (column === null || cell.trim() === "") continue;
      cells[column] = cell;
      const type = types?.[position] ?? "text";
      if (type !== "text") typed = { ...typed, [column]: type };
    }
    this.#habits ??= {
      dateSystem: this.table.dateSystem,
      monthFirst: new Set(this.#dates.monthFirst().map(({ column }) => column)),
    };
    return new ImporterRow(this.#header.recordType, group, cells, { types: typed, habits: this.#habits });
  }
}

/** Without the apostrophe that keeps a spreadsheet from running a cell. */
export const unquote = (cell: string): string => cell.replace(KEPT_FROM_RUNNING, "");

/** Where the patient's numbers stand. */
function findNumbers({ columns, recordType }: MatchedHeader, dictionary: Dictionary) {
  const names = [...identityColumns(dictionary.recordType("PATIENT"))];
  return names
    .map(([name, column], item) => ({ position: columns.indexOf(recordType === "PATIENT" ? name : column), item }))
    .filter(({ position }) => position !== -1);
}

interface KnownColumn {
  readonly column: string;
  readonly position: number;
  readonly item: CompiledItem;
}

type Column = Omit<KnownColumn, "column" | "item"> & { readonly column: string | null; readonly item: CompiledItem | null };

const isKnown = (column: Column): column is KnownColumn => column.column !== null && column.item !== null;

const columnIssue = (code: string, item: CompiledItem, expression: string): Issue => ({
  severity: "WARNING",
  code,
  field: item.name,
  expression,
});

/** Columns without a name in which something stands all the same: it is left out, so it must be said. */
class NamelessColumns {
  readonly #positions: Set<number>;
  readonly #used = new Set<number>();

  constructor(header: readonly string[]) {
    this.#positions = new Set([...header.keys()].filter((position) => header[position]?.trim() === ""));
  }

  lookAt({ texts }: RowText): void {
    for (const position of this.#positions) {
      if ((texts[position] ?? "").trim() === "") continue;
      this.#positions.delete(position);
      this.#used.add(position);
    }
  }

  positions(): readonly number[] {
    return [...this.#used].sort((a, b) => a - b);
  }
}

/** Dates of three numbers: which of the first two is the day, a column shows as a whole. */
class DateColumns {
  readonly #columns: readonly (KnownColumn & { dayFirst: number; monthFirst: number })[];

  constructor(columns: readonly Column[]) {
    const dates = columns.filter(isKnown).filter(({ item }) => item.kind === "date" || item.kind === "partialDate");
    this.#columns = dates.map((column) => ({ ...column, dayFirst: 0, monthFirst: 0 }));
  }

  lookAt({ texts, types }: RowText): void {
    for (const column of this.#columns) {
      const text = texts[column.position] ?? "";
      if (text === "" || (types !== null && types[column.position] === "date")) continue;
      const order = orderOf(text.trim());
      if (order === "DAY_FIRST") column.dayFirst += 1;
      else if (order === "MONTH_FIRST") column.monthFirst += 1;
    }
  }

  /** Columns in which more dates can only be read with the month first than with the day first. */
  monthFirst(): readonly KnownColumn[] {
    return this.#columns.filter(({ dayFirst, monthFirst }) => monthFirst > dayFirst);
  }
}

/** Identifiers that a workbook or database keeps as numbers: zeros that began them are gone, and nobody can see which had one. */
class TextColumns {
  readonly #columns: readonly KnownColumn[];
  readonly #numeric = new Set<KnownColumn>();

  constructor(columns: readonly Column[]) {
    this.#columns = columns.filter(isKnown).filter(({ item }) => CODED_TEXTS.has(item.name));
  }

  lookAt({ types }: RowText): void {
    if (types === null) return;
    for (const column of this.#columns) if (types[column.position] === "number") this.#numeric.add(column);
  }

  numeric(): readonly KnownColumn[] {
    return this.#columns.filter((column) => this.#numeric.has(column));
  }
}
