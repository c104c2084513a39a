/**
 * Everything a submission inserts, as one statement: each table is a data-modifying part of one `with`. One round trip instead of
 * one per table is worth 9 % at 500 patients and 34 % at 50; foreign keys are checked at its end, so the parts may refer to each other.
 */
import { type BoundSql, constantSql } from "../database/constant-sql.ts";
import {
  type BoundRows,
  type ConstantSql,
  Places,
  type ScalarName,
  selectedColumn,
  type TableShape,
  toUnnest,
  type WriteScalars,
} from "./table-shape.ts";

interface WriteStatement {
  readonly sql: ConstantSql;
  readonly scalars: readonly ScalarName[];
}

/** Hands out the statement for any set of tables. The text depends on the set alone, so the database can keep it prepared. */
export interface WriteStatements {
  /** The parts run in the order given: parents before children, so that rows lie in the order of their ids. */
  bind(parts: readonly BoundRows[], scalars: WriteScalars): BoundSql;
}

function insertText(shape: TableShape<never>, places: Places): string {
  const names = [...shape.scalars.map(([column]) => column), ...shape.columns.map((column) => column.name)];
  const values = [...shape.scalars.map(([, scalar]) => places.scalar(scalar)), ...shape.columns.map(selectedColumn)];
  const suffix = shape.suffix === undefined ? "" : ` ${shape.suffix}`;
  return `insert into ${shape.table} (${names.join(", ")}) select ${values.join(", ")} from ${toUnnest(shape.columns, places)}${suffix}`;
}

function compileWrite(shapes: readonly TableShape<never>[]): WriteStatement {
  const places = new Places();
  // Scalars first, so that their values stand before the arrays whatever tables follow.
  for (const shape of shapes) for (const [, scalar] of shape.scalars) places.scalar(scalar);
  const parts = shapes.map((shape, position) => `w${position} as (${insertText(shape, places)})`);
  return { sql: constantSql(`with ${parts.join(",\n")}\nselect 1`), scalars: places.scalarNames };
}

/** One per process: the cache grows to the sets of tables that occur, a few dozen of some 4 kB. */
export function createWriteStatements(): WriteStatements {
  const compiled = new Map<string, WriteStatement>();
  return {
    bind(parts, scalars) {
      const key = parts.map((part) => part.shape.table).join();
      let statement = compiled.get(key);
      if (statement === undefined) {
        statement = compileWrite(parts.map((part) => part.shape));
        compiled.set(key, statement);
      }
      return statement.sql([...statement.scalars.map((name) => scalars[name]), ...parts.flatMap((part) => part.literals)]);
    },
  };
}
