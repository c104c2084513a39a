/** A statement that replaces whole rows by their key: one array parameter a column, scalars for what is equal in all of them. */
import { type BoundSql, constantSql } from "../database/constant-sql.ts";
import { toColumnLiteral } from "./array-literal.ts";
import {
  type ConstantSql,
  Places,
  type ScalarName,
  type ShapeColumn,
  selectedColumn,
  toUnnest,
  type WriteScalars,
} from "./table-shape.ts";

export interface UpdateShape<R> {
  /** With its schema. */
  readonly table: string;
  /** The column that, with `ods`, is the primary key; one of `columns`. */
  readonly key: string;
  readonly scalars: readonly (readonly [column: string, scalar: ScalarName])[];
  readonly columns: readonly ShapeColumn<R>[];
  /** A condition beside the key, over the row `t` and what replaces it, `x`. */
  readonly condition?: string;
}

export interface UpdateStatement<R> {
  readonly sql: ConstantSql;
  readonly scalars: readonly ScalarName[];
  readonly columns: readonly ShapeColumn<R>[];
}

export function compileUpdate<R>(shape: UpdateShape<R>): UpdateStatement<R> {
  const places = new Places();
  const ods = places.scalar("ods");
  const assignments = [
    ...shape.scalars.map(([column, scalar]) => `${column} = ${places.scalar(scalar)}`),
    ...shape.columns.filter(({ name }) => name !== shape.key).map((column) => `${column.name} = ${selectedColumn(column)}`),
  ];
  const condition = shape.condition === undefined ? "" : ` and ${shape.condition}`;
  const text =
    `update ${shape.table} t set ${assignments.join(", ")} from ${toUnnest(shape.columns, places)} ` +
    `where t.ods = ${ods} and t.${shape.key} = x.${shape.key}${condition}`;
  return { sql: constantSql(text), scalars: places.scalarNames, columns: shape.columns };
}

export function bindUpdate<R>(statement: UpdateStatement<R>, rows: readonly R[], scalars: WriteScalars): BoundSql {
  const literals = statement.columns.map((column) => toColumnLiteral(rows, column.read));
  return statement.sql([...statement.scalars.map((name) => scalars[name]), ...literals]);
}
