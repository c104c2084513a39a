/**
 * What spreadsheets and databases do to values on their way into a file: dates become numbers, numbers dates, zeros and digits are lost.
 * Such a value is recognised, explained, and never put right: only the sender can know what was there. Where the item may be shown, the
 * value that was probably meant is suggested.
 */
import type { CompiledItem } from "../../src/dataset/dictionary.ts";
import { checkNhsNumber } from "../../src/dataset/nhs-number.ts";
import { foldText, isDigitsOnly } from "../../src/lib/fold-text.ts";
import type { Issue } from "../../src/records/issue.ts";
import type { CellType, TableHabits } from "./importer-cell.ts";
import { dateOfDayNumber, isShortDate, orderOf, probableDate } from "./importer-dates.ts";

/** Why a value cannot be taken as it stands; a WARNING where it can. */
export type HabitIssue = Pick<Issue, "severity" | "code" | "suggestion">;

export interface SeenCell {
  /** Trimmed. */
  readonly text: string;
  readonly type: CellType;
  readonly column: string;
}

const ERROR_VALUE =
  /^#(?:N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|GETTING_DATA|#{2,})$/i;
/** Spreadsheets always write the sign. */
const EXPONENT = /^[+-]?\d(?:[.,]\d+)?E[+-]\d{1,3}$/i;
const WHOLE_WITH_PLACES = /^(\d+)\.0+$/;
const DECIMAL_COMMA = /^([+-]?\d+),(\d{1,2}|\d{4,})$/;
/** A number of the national plan without the zero that every number begins with inside the country. */
const TELEPHONE_WITHOUT_ZERO = /^[1235789]\d{8,9}$/;
const SPACING = /[\s-]/g;
const NHS_NUMBER_LENGTH = 10;

const refuse = (code: string, suggestion?: string | null): HabitIssue => ({
  severity: "ERROR",
  code,
  ...(suggestion === undefined || suggestion === null ? {} : { suggestion }),
});

/** Null: nothing is known against the value, and the dictionary judges it. `item` null: the sender's own id of the record. */
export function findHabit(item: CompiledItem | null, cell: SeenCell, habits: TableHabits): HabitIssue | null {
  const found =
    cell.type === "error" || ERROR_VALUE.test(cell.text) ? refuse("SPREADSHEET_ERROR") : findByKind(item, cell, habits);
  if (found?.suggestion === undefined || item?.identifying !== true) return found;
  const { suggestion: _, ...unshown } = found;
  return unshown;
}

function findByKind(item: CompiledItem | null, cell: SeenCell, habits: TableHabits): HabitIssue | null {
  switch (item?.kind) {
    case "date":
    case "partialDate":
      return findInDate(item, cell, habits);
    case "integer":
    case "decimal":
      return findInNumber(cell);
    case "code":
    case "codes":
      return findInCode(item, cell);
    case "boolean":
      return cell.type === "date" ? refuse("TEXT_AS_DATE") : null;
    case "nhsNumber":
      return findInNhsNumber(cell);
    default:
      return findInText(item, cell);
  }
}

function findInDate(
  { kind }: CompiledItem,
  { text, type, column }: SeenCell,
  { dateSystem, monthFirst }: TableHabits,
): HabitIssue | null {
  if (type === "date") return null;
  const day = dateOfDayNumber(text, dateSystem);
  if (day !== null) return refuse("DATE_AS_NUMBER", day);
  if (kind === "partialDate" && isShortDate(text)) return refuse("TEXT_AS_DATE");
  const order = orderOf(text);
  if (order === "EITHER" && monthFirst.has(column)) return refuse("DATE_ORDER_UNCLEAR", probableDate(text, true));
  const isReadable = order !== null && order !== "MONTH_FIRST" && text.charAt(2) === "/" && text.charAt(5) === "/";
  if (isReadable) return null;
  const probable = text.charAt(4) === "-" ? null : probableDate(text, monthFirst.has(column));
  return probable === null ? null : refuse("FORMAT_INVALID", probable);
}

function findInNumber({ text, type }: SeenCell): HabitIssue | null {
  if (type === "date" || isShortDate(text)) return refuse("TEXT_AS_DATE");
  if (EXPONENT.test(text)) return refuse("DIGITS_LOST");
  const [, whole, places] = DECIMAL_COMMA.exec(text) ?? [];
  return whole === undefined ? null : refuse("FORMAT_INVALID", `${whole}.${places}`);
}

function findInCode({ compiledList }: CompiledItem, { text, type }: SeenCell): HabitIssue | null {
  if (compiledList === null || isListed(text, compiledList.byText)) return null;
  if (type === "date" || isShortDate(text)) return refuse("TEXT_AS_DATE");
  const whole = WHOLE_WITH_PLACES.exec(text)?.[1];
  const option = whole === undefined ? undefined : compiledList.byKey.get(compiledList.byText.get(whole) ?? "");
  return option === undefined ? null : refuse("CODE_UNKNOWN", option.label);
}

/** As codes are read: digits as they are written, words whatever their case and spacing. */
function isListed(text: string, byText: ReadonlyMap<string, string>): boolean {
  const folded = foldText(text);
  return isDigitsOnly(text) ? byText.has(text) : byText.has(folded) && !isDigitsOnly(folded);
}

function findInNhsNumber({ text, type }: SeenCell): HabitIssue | null {
  if (type === "date") return refuse("TEXT_AS_DATE");
  if (EXPONENT.test(text)) return refuse("DIGITS_LOST");
  const digits = text.replaceAll(SPACING, "");
  const lacksOne = digits.length === NHS_NUMBER_LENGTH - 1 && isDigitsOnly(digits);
  return lacksOne && checkNhsNumber(`0${digits}`).ok ? refuse("LEADING_ZERO_LOST") : null;
}

/** Free text, numbers of records, organisations: any text would be taken, so what a program made of it must be seen here. */
function findInText(item: CompiledItem | null, { text, type }: SeenCell): HabitIssue | null {
  if (type === "date" || isShortDate(text)) return refuse("TEXT_AS_DATE");
  if (EXPONENT.test(text)) return refuse("DIGITS_LOST");
  const isTelephone = item?.name === "telephone" && TELEPHONE_WITHOUT_ZERO.test(text.replaceAll(SPACING, ""));
  return isTelephone ? { severity: "WARNING", code: "LEADING_ZERO_LOST" } : null;
}
