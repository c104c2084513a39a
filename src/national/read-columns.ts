/** Reads what is stored into columns of the national side: what a column may not hold does not come through. */
import type { NationalColumn, NationalValues } from "./national-columns.ts";

/** No measure and no span of days has more digits; what has may be somebody's number that was written into the wrong item. */
const LARGEST_NUMBER = 99_999;

/** Null for a number that is no measure. */
export const readNumber = (value: unknown): number | null =>
  typeof value === "number" && Math.abs(value) <= LARGEST_NUMBER ? value : null;

/** Null for a text that is no code of the list. */
export const codeIn = <Code extends string>(codes: readonly Code[], text: unknown): Code | null =>
  codes.find((code) => code === text) ?? null;

/** Those of the list, each once, in its order. */
export function codesIn<Code extends string>(codes: readonly Code[], texts: readonly (string | null)[]): readonly Code[] {
  const present = new Set(texts);
  return codes.filter((code) => present.has(code));
}

type Optional = Readonly<Record<string, NationalColumn>>;

/** Every column of a table that may be missing, from values by the name of the column. Those of the key are read as missing, too. */
export function readMeasures<Columns extends Optional>(
  columns: Columns,
  values: Readonly<Record<string, unknown>>,
): NationalValues<Columns> {
  const read = Object.entries(columns).map(([name, column]) => [name, readValue(column, values[name])]);
  // The compiler does not see that an object has the keys it was made of; each value was read by the kind of its column.
  return Object.fromEntries(read) as NationalValues<Columns>;
}

function readValue(column: NationalColumn, value: unknown): string | number | null {
  if (column.kind === "code") return codeIn(column.codes, value);
  if (column.kind === "integer") return Number.isInteger(value) ? readNumber(value) : null;
  return column.kind === "decimal" ? readNumber(value) : null;
}
