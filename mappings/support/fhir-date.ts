/** FHIR dates as ISO calendar dates. */
import { daysInMonth, parseCalendarDate } from "../../src/lib/calendar-date.ts";
import { type FhirElement, type Located, readElement, readLocatedText } from "./fhir-reader.ts";

/** `YYYY` or `YYYY-MM`: legal in FHIR, no calendar date. */
const PARTIAL_DATE = /^\d{4}(?:-(?:0[1-9]|1[0-2]))?$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

const ISO_DATE_LENGTH = 10;

export const isPartialDate = (text: string): boolean => PARTIAL_DATE.test(text);

/** A `date`, `dateTime` or `instant` as calendar date (London, where it is written in universal time); null where it is partial or unreadable. */
export const toFhirDate = (text: string): string | null => (text.charCodeAt(2) === 47 ? null : parseCalendarDate(text));

/** The text at `name`, as far as there is one: the reader decides what a partial date is worth. */
const readDateText = (parent: FhirElement | null, name: string): Located<string> | null => readLocatedText(parent, name);

/** The first of the named fields that is a full date. `x.start` reads the start of a Period. */
export function readFirstDate(parent: FhirElement, names: readonly string[]): Located<string> | null {
  for (const name of names) {
    const [field = name, part] = name.split(".");
    const text = part === undefined ? readDateText(parent, field) : readDateText(readElement(parent, field), part);
    const date = text === null ? null : toFhirDate(text.value);
    if (text !== null && date !== null) return { value: date, path: text.path };
  }
  return null;
}

/** The first of the named fields that states a year or a month and no day, as written. */
export function readFirstPartialDate(parent: FhirElement, names: readonly string[]): Located<string> | null {
  for (const name of names) {
    const [field = name, part] = name.split(".");
    const text = part === undefined ? readDateText(parent, field) : readDateText(readElement(parent, field), part);
    if (text !== null && isPartialDate(text.value)) return text;
  }
  return null;
}

/** The last day of the first of the named fields that states a year or a month: by then what it dates had come. Null: none does. */
export function readEndOfPartialDate(parent: FhirElement, names: readonly string[]): string | null {
  const partial = readFirstPartialDate(parent, names)?.value;
  if (partial === undefined) return null;
  const [year = "", month = "12"] = partial.split("-");
  return `${year}-${month}-${daysInMonth(Number(year), Number(month))}`;
}

/** The day of `meta.lastUpdated`: what "now" is for the resource. */
export const readSourceDate = (resource: FhirElement): string | null =>
  readSourceTime(resource)?.slice(0, ISO_DATE_LENGTH) ?? null;

/** `meta.lastUpdated`, where it is an instant. */
export function readSourceTime(resource: FhirElement): string | undefined {
  const text = readDateText(readElement(resource, "meta"), "lastUpdated")?.value;
  return text !== undefined && INSTANT.test(text) && toFhirDate(text) !== null ? text : undefined;
}
