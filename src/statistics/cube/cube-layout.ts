/** Where each cell of each table stands in one long array: the full product of places and entries, whatever the data. */
import { TABLES, type TableDeclaration, tableKey } from "./declaration.ts";
import { DIMENSIONS, dimensionIndex, entriesOf, type Level } from "./dimensions.ts";
import type { Places } from "./places.ts";

export interface TableShape {
  readonly key: string;
  readonly declaration: TableDeclaration;
  /** Indices in `DIMENSIONS`. */
  readonly dimensions: readonly number[];
  /** Entries of each, roll-ups included. */
  readonly sizes: readonly number[];
  /** Of each dimension: how far two neighbouring entries stand apart. */
  readonly strides: readonly number[];
  /** Cells of one place. */
  readonly width: number;
  readonly offset: number;
  readonly size: number;
}
export interface LaidTable extends TableShape {
  /** Nodes, in their order in the table. */
  readonly places: readonly number[];
}
export interface CubeLayout {
  readonly places: Places;
  readonly tables: readonly LaidTable[];
  readonly byKey: ReadonlyMap<string, LaidTable>;
  readonly cells: number;
  /** Of a node: its position in the tables of its level. */
  readonly positionOf: Uint16Array;
}

const ENTRY_COUNTS = DIMENSIONS.map((dimension) => entriesOf(dimension).length);
export function layOutCube(places: Places): CubeLayout {
  const shapes = shapeTables((level) => places.ofLevel[level].length);
  const tables = shapes.map((shape): LaidTable => ({ ...shape, places: places.ofLevel[shape.declaration.level] }));
  const positionOf = new Uint16Array(places.nodes.length);
  for (const nodes of Object.values(places.ofLevel)) for (const [position, node] of nodes.entries()) positionOf[node] = position;
  return { places, tables, byKey: byKey(tables), cells: countCellsOf(tables), positionOf };
}

/** The declared tables, one after the other. @param placesAt how many places there are of the level */
export function shapeTables(placesAt: (level: Level) => number): readonly TableShape[] {
  let offset = 0;
  return TABLES.map((declaration) => {
    const shape = shapeTable(declaration, placesAt(declaration.level), offset);
    offset += shape.size;
    return shape;
  });
}

const byKey = <T extends TableShape>(tables: readonly T[]): ReadonlyMap<string, T> =>
  new Map(tables.map((table) => [table.key, table]));
export const countCellsOf = (tables: readonly TableShape[]): number => tables.reduce((sum, { size }) => sum + size, 0);

function shapeTable(declaration: TableDeclaration, places: number, offset: number): TableShape {
  const dimensions = declaration.dimensions.map(dimensionIndex);
  const sizes = dimensions.map((index) => ENTRY_COUNTS[index] ?? 0);
  const strides = sizes.map((_, at) => sizes.slice(at + 1).reduce((product, size) => product * size, 1));
  const width = sizes.reduce((product, size) => product * size, 1);
  return { key: tableKey(declaration), declaration, dimensions, sizes, strides, width, offset, size: places * width };
}

/** Cell of a place of the table and one entry of each of its dimensions. */
export const cellAt = ({ offset, width, strides }: TableShape, position: number, entries: readonly number[]): number =>
  entries.reduce((cell, entry, at) => cell + entry * (strides[at] ?? 0), offset + position * width);
