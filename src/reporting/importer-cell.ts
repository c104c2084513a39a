/** A value as an importer file has it: dates DD/MM/YYYY, codes by their short code, several in one cell with `;` between them. */
import type { Value } from "../dataset/define.ts";
import type { CompiledItem } from "../dataset/dictionary.ts";

const SEPARATOR = ";";

/** Null of nothing. Text stays as it is; what a spreadsheet would run is the writer's concern. */
export function toImporterCell(item: CompiledItem, value: Value | null): string | number | null {
  if (value === null) return null;
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "number") return value;
  if (typeof value !== "string") return value.map((key) => codeOf(item, key)).join(SEPARATOR);
  if (item.kind === "date" || item.kind === "partialDate") return toWrittenDate(value);
  return item.kind === "code" ? codeOf(item, value) : value;
}

/** A key that the list has no more is written as it is. */
const codeOf = ({ compiledList }: CompiledItem, key: string): string => String(compiledList?.byKey.get(key)?.code ?? key);

/** `YYYY-MM-DD`, and of a partial date `YYYY-MM` and `YYYY`. */
const toWrittenDate = (date: string): string => date.split("-").reverse().join("/");
