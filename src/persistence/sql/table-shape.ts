/** How rows of a use case become columns of a table: which values are equal in all rows of a write, and which differ. */
import type { constantSql } from "../database/constant-sql.ts";
import { type Cell, toColumnLiteral } from "./array-literal.ts";

/** A statement of constant text that takes the values of its places. */
export type ConstantSql = ReturnType<typeof constantSql>;

/** Values that are equal in every row one submission writes; they travel once, as scalar parameters. */
export interface WriteScalars {
  readonly ods: string;
  readonly submissionId: string;
  /** The programme that sends. */
  readonly programmeCode: string;
  /** ISO instant: `updated_at` of rows and `changed_at` of history. */
  readonly writtenAt: string;
}
export type ScalarName = keyof WriteScalars;

const SCALAR_TYPES: Readonly<Record<ScalarName, string>> = {
  ods: "text",
  submissionId: "uuid",
  programmeCode: "text",
  writtenAt: "timestamptz",
};

export type ColumnType =
  | "text"
  | "text[]"
  | "uuid"
  | "uuid[]"
  | "date"
  | "integer"
  | "double precision"
  | "boolean"
  | "timestamptz"
  | "jsonb"
  | "bytea"
  /** A `bytea` that we hold as hexadecimal text. */
  | "digest";

/** A column with its own value in each row. */
export interface ShapeColumn<R> {
  readonly name: string;
  readonly type: ColumnType;
  readonly read: (row: R) => Cell;
}

/** A table as one kind of row fills it. */
export interface TableShape<R> {
  /** With its schema. Unique within a write. */
  readonly table: string;
  readonly scalars: readonly (readonly [column: string, scalar: ScalarName])[];
  readonly columns: readonly ShapeColumn<R>[];
  /** What follows the select, such as `on conflict do nothing`. */
  readonly suffix?: string;
}

/** A shape with its rows, as text: the statement is made from the shape alone, so that equal sets of tables share one text. */
export interface BoundRows {
  readonly shape: TableShape<never>;
  readonly literals: readonly string[];
}

export function bindRows<R>(shape: TableShape<R>, rows: readonly R[]): BoundRows {
  return { shape, literals: shape.columns.map((column) => toColumnLiteral(rows, column.read)) };
}

/** Hands out parameter places: each scalar has one, however often it is used. */
export class Places {
  #count = 0;
  readonly #scalars = new Map<ScalarName, string>();

  next(type: string): string {
    this.#count++;
    return `$${this.#count}::${type}`;
  }

  scalar(name: ScalarName): string {
    const known = this.#scalars.get(name);
    if (known !== undefined) return known;
    const place = this.next(SCALAR_TYPES[name]);
    this.#scalars.set(name, place);
    return place;
  }

  get scalarNames(): readonly ScalarName[] {
    return [...this.#scalars.keys()];
  }
}

/** A column of arrays is unnested as text, one literal per row; a digest as the text it is. */
const unnestType = (type: ColumnType): ColumnType =>
  type === "text[]" || type === "uuid[]" || type === "digest" ? "text" : type;

/** `x.column`, with what makes a set of codes or a digest of its text. */
export function selectedColumn({ name, type }: { readonly name: string; readonly type: ColumnType }): string {
  if (type === "digest") return `decode(x.${name}, 'hex')`;
  return type === "text[]" || type === "uuid[]" ? `x.${name}::${type}` : `x.${name}`;
}

/** `unnest($5::uuid[], …) x(id, …)`: one array parameter a column. */
export function toUnnest(columns: readonly { readonly name: string; readonly type: ColumnType }[], places: Places): string {
  const arrays = columns.map((column) => places.next(`${unnestType(column.type)}[]`));
  return `unnest(${arrays.join(", ")}) x(${columns.map((column) => column.name).join(", ")})`;
}
