/** Which records a row holds. */
import { normaliseSource } from "./profile-codes.ts";
import type { CompiledRecord } from "./profile-compile.ts";
import type { RowReader } from "./profile-row-reader.ts";

/** Whether a condition of a record holds in a row. A cell that states nothing is none of any values. */
export function holds({ folded, stated, in: wanted, notIn }: CompiledRecord["conditions"][number], row: RowReader): boolean {
  const cell = row.cell(folded);
  if (stated !== undefined) return (cell !== null) === stated;
  const text = cell === null ? null : normaliseSource(cell.text);
  const isOneOf = (values: readonly string[]): boolean =>
    text !== null && values.some((value) => normaliseSource(value) === text);
  return wanted === undefined ? !isOneOf(notIn ?? []) : isOneOf(wanted);
}
