/** Finds the header of a sheet: people put a title, a date of export or an empty line above it. */
import type { RecordTypeName } from "../../dataset/define.ts";
import type { CountKnown } from "./known-columns.ts";
import type { RowText } from "./table-file.ts";

/** Rows among which the header is looked for. */
export const HEADER_ROWS = 20;
/** One known word may stand in a title by chance. */
const COLUMNS_TO_BE_SURE = 2;

/** Position among the first rows of a table: the one with most known names, else the first one that says anything; -1: none does. */
export function findHeader(rows: readonly RowText[], recordType: RecordTypeName | null, countKnown: CountKnown): number {
  const known = rows.map(({ texts }) => countKnown(texts, recordType));
  const most = Math.max(...known, 0);
  return most >= COLUMNS_TO_BE_SURE
    ? known.indexOf(most)
    : rows.findIndex(({ texts }) => texts.some((text) => text.trim() !== ""));
}
