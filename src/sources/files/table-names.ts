/** What the names of sheets and tables say, and how those are called in places without showing a text of the sender's. */
import { columnPrefix } from "../../dataset/csv-header.ts";
import type { RecordTypeName } from "../../dataset/define.ts";
import type { Dictionary } from "../../dataset/dictionary.ts";
import { recordTypeOfFileName } from "../../dataset/record-type-of-file-name.ts";
import { foldText } from "../../lib/fold-text.ts";

/** People who make databases begin the names of tables so. */
const TABLE_PREFIX = /^(?:tbl|t_|dbo_)_?/i;
const LONGEST_NAME = 255;
/** With four digits at most: longer numbers may be a patient's. */
const SHOWN_NAME = /^(?:[A-Za-z _.-]|\d(?!(?:\D*\d){4}))+$/;
const NO_LETTERS = /[^a-z]/g;

/** How a file of a record type is called in places: `assessment`. */
export const nameOfFile = (dictionary: Dictionary, recordType: RecordTypeName): string =>
  columnPrefix(dictionary.recordType(recordType));

export function recordTypeOfTableName(name: string, dictionary: Dictionary): RecordTypeName | null {
  return recordTypeOfFileName(name.slice(0, LONGEST_NAME).replace(TABLE_PREFIX, ""), dictionary);
}

/** The name itself where it is one of a record type with at most a year beside it: it can then be nobody's name or number. Else its position. */
export function labelOfTable(name: string, position: number, dictionary: Dictionary): string {
  const type = recordTypeOfTableName(name, dictionary);
  if (type === null) return String(position);
  const { definition } = dictionary.recordType(type);
  const letters = foldText(name.replace(TABLE_PREFIX, "")).replaceAll(NO_LETTERS, "");
  const own = [type, definition.typeName, definition.fieldName].map((text) => foldText(text));
  const isOwn = own.some((word) => letters === word || letters === `${word}s`);
  return isOwn && SHOWN_NAME.test(name) ? name.trim() : String(position);
}
