/** A value of an Access database as a cell: text, with the type that its column has. */
import type { ColumnType, Value } from "mdb-reader";
import { toPlainDigits } from "../excel/number-text.ts";
import type { AccessCell } from "./thread-words.ts";

const EMPTY: AccessCell = { type: "text", text: "" };
const UNREADABLE: AccessCell = { type: "error", text: "#UNREADABLE" };
const ISO_DATE = 10;
const ISO_SECONDS = 19;
/** The day that stands for none, where only a time of day was stored. */
const NO_DAY = "1899-12-30";
const MIDNIGHT = "00:00:00";
/** Digits of single precision: what is behind them is rounding. */
const SINGLE_DIGITS = 7;
const TRAILING_ZEROS = /\.?0+$/;

export function toAccessCell(value: Value, type: ColumnType): AccessCell {
  if (value === null || value === undefined) return EMPTY;
  if (value instanceof Date) return toDateCell(value);
  switch (typeof value) {
    case "boolean":
      return { type: "boolean", text: value ? "TRUE" : "FALSE" };
    case "bigint":
      return { type: "number", text: String(value) };
    case "number":
      return { type: "number", text: toPlainDigits(type === "float" ? Number(value.toPrecision(SINGLE_DIGITS)) : value) };
    case "string":
      return toStringCell(value, type);
    default:
      return UNREADABLE;
  }
}

/** Times are those of the clock on the sender's wall: the library puts them into a date as if they were universal. */
function toDateCell(value: Date): AccessCell {
  if (Number.isNaN(value.getTime())) return UNREADABLE;
  const text = value.toISOString();
  if (text.startsWith("+") || text.startsWith("-")) return UNREADABLE;
  const [date, time] = [text.slice(0, ISO_DATE), text.slice(ISO_DATE + 1, ISO_SECONDS)];
  if (date === NO_DAY) return { type: "text", text: time };
  return { type: "date", text: time === MIDNIGHT ? date : `${date} ${time}` };
}

/** Decimals and currencies come as text, with all of their places. */
function toStringCell(value: string, type: ColumnType): AccessCell {
  if (type === "numeric" || type === "currency")
    return { type: "number", text: value.includes(".") ? value.replace(TRAILING_ZEROS, "") : value };
  if (type === "datetimextended") return { type: "date", text: value };
  return { type: "text", text: value };
}
