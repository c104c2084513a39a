/** One row under its profile: what its cells say, and what became of each of them. */
import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { MappingReportLine, MappingResult } from "../../src/records/issue.ts";
import type { ProfileCell } from "./profile-cell.ts";
import { normaliseSource } from "./profile-codes.ts";
import type { CompiledProfile } from "./profile-compile.ts";
import type { ProfileRow } from "./profile-table.ts";

/** A cell that states something. */
export interface StatedCell extends ProfileCell {
  readonly position: number;
}

/** What a line of the mapping report says of a cell. */
export interface CellUse {
  readonly result: MappingResult;
  readonly recordType: RecordTypeName | null;
  readonly field: string | null;
  readonly reason: string | null;
}

/** Our own files of failed rows keep a spreadsheet from running such a cell; it is taken away again. */
const KEPT_FROM_RUNNING = /^'(?=[=+\-@\t\r])/;

export class RowReader {
  readonly row: ProfileRow;
  readonly place: string;
  readonly #profile: CompiledProfile;
  readonly #used = new Set<number>();
  /** Read once: conditions, ids and items ask for the same cells. */
  readonly #cells = new Map<number, StatedCell | null>();

  constructor(row: ProfileRow, place: string, profile: CompiledProfile) {
    this.row = row;
    this.place = place;
    this.#profile = profile;
  }

  get profile(): CompiledProfile {
    return this.#profile;
  }

  /** Null where the table has no such column, or its cell is empty or says that it is. */
  cell(column: string): StatedCell | null {
    const position = this.row.bound.positions.get(column);
    return position === undefined ? null : this.#stated(position);
  }

  isUsed(position: number): boolean {
    return this.#used.has(position);
  }

  expressionOf(position: number): string {
    return `${this.place}.${this.row.bound.columns[position]?.shown ?? `[${position + 1}]`}`;
  }

  /** Without positions, for counting. */
  line(position: number, use: CellUse): MappingReportLine {
    this.#used.add(position);
    const sourceField = this.row.bound.columns[position]?.shown ?? `[${position + 1}]`;
    const table = this.row.bound.table.source.name;
    return {
      expression: this.expressionOf(position),
      sourceField: table === undefined ? sourceField : `${table}.${sourceField}`,
      ...use,
    };
  }

  /** A value that stands in the profile and not in the row. */
  constantLine(recordType: RecordTypeName, field: string): MappingReportLine {
    return {
      expression: this.place,
      sourceField: "profile",
      result: "DEFAULTED",
      recordType,
      field,
      reason: "CONSTANT_OF_PROFILE",
    };
  }

  /** Lines of the cells that state something and were not used. */
  *unusedLines(): Generator<MappingReportLine> {
    for (const [position, column] of this.row.bound.columns.entries()) {
      if (this.#used.has(position) || (this.row.cells[position]?.text ?? "").trim() === "") continue;
      const nothing = { recordType: null, field: null };
      if (column.ignored !== null) yield this.line(position, { ...nothing, result: "DROPPED", reason: column.ignored });
      else if (this.#stated(position) === null)
        yield this.line(position, { ...nothing, result: "DROPPED", reason: "MEANS_NOT_STATED" });
      else if (column.known) yield this.line(position, { ...nothing, result: "DROPPED", reason: "RECORD_NOT_MADE" });
      else yield this.line(position, { ...nothing, result: "UNMAPPED", reason: "COLUMN_NOT_IN_PROFILE" });
    }
  }

  #stated(position: number): StatedCell | null {
    const known = this.#cells.get(position);
    if (known !== undefined) return known;
    const stated = this.#read(position);
    this.#cells.set(position, stated);
    return stated;
  }

  #read(position: number): StatedCell | null {
    const cell = this.row.cells[position];
    const text = cell?.text.replace(KEPT_FROM_RUNNING, "").trim() ?? "";
    return cell === undefined || text === "" || this.#profile.empty.has(normaliseSource(text))
      ? null
      : { type: cell.type, text, position };
  }
}
