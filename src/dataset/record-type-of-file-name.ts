/** What a file's name says it holds. */
import type { RecordTypeName } from "./define.ts";
import type { Dictionary } from "./dictionary.ts";

const fold = (text: string): string => text.replaceAll(/[^A-Za-z0-9]/g, "").toLowerCase();

/**
 * The record type whose name, singular or plural, the file's name begins with: `assessment_2026.csv`, `AcuteEvents-jan.csv` and
 * `acute_event.csv`, in any case, up to the end or to a character that is neither letter nor digit. Else null.
 */
export function recordTypeOfFileName(fileName: string | null, dictionary: Dictionary): RecordTypeName | null {
  const words = (fileName ?? "").replace(/^.*[/\\]/, "").split(/[^A-Za-z0-9]+/);
  const beginnings = words.map((_, position) => fold(words.slice(0, position + 1).join("")));
  const found = dictionary.recordTypes.find(({ name, definition }) =>
    [fold(name), fold(definition.fieldName)].some((known) => beginnings.includes(known)),
  );
  return found?.name ?? null;
}
