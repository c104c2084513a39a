/** Reads free text and the identifiers that are text: postcodes, organisation, practice and programme codes, NHS numbers, yes or no. */
import { foldText } from "../lib/fold-text.ts";
import type { CompiledItem } from "./dictionary.ts";
import { checkNhsNumber, isTestNhsNumber } from "./nhs-number.ts";
import {
  ABSENT,
  describeProblem,
  FORMAT_INVALID,
  isUnconfirmed,
  type ReadResult,
  type ScalarReader,
  toLeftOut,
  toProblem,
  toValue,
} from "./read-result.ts";

/** For texts whose item names no length of its own. */
const DEFAULT_MAX_LENGTH = 255;
/** Normalising joins at most four units into one, and a character outside the basic plane takes two: longer cannot fit. */
const MOST_UNITS_PER_CHARACTER = 8;
const LAST_ASCII = 127;

/** What senders write where no postcode is known (dataset section 2.1), folded. */
const POSTCODE_NULL_WORDS = new Set(["tba", "tbc", "na", "no", "valid", "novalid"]);
const POSTCODE = /^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$/;
const POSTCODE_LONGEST_WRITTEN = 16;
const INWARD_LENGTH = 3;
/** Organisation codes have three to five characters, site codes up to nine (dataset section 2.0). */
const ORGANISATION = /^[A-Z0-9]{3,9}$/;

const TEST_RANGE = [describeProblem("NHS_NUMBER_TEST_RANGE")];
const BOOLEANS: ReadonlyMap<string, ReadResult> = new Map([
  ...["true", "yes", "y", "1"].map((text) => [text, toValue(true)] as const),
  ...["false", "no", "n", "0"].map((text) => [text, toValue(false)] as const),
]);

/** Tab, line break, any C0 or C1 character, delete. */
const isControl = (code: number): boolean => code < 32 || (code >= 127 && code < 160);

/** The text in normal form C, or null where it holds a control character or half of a surrogate pair. */
function normaliseText(text: string): string | null {
  let plain = true;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (isControl(code)) return null;
    if (code > LAST_ASCII) plain = false;
  }
  if (plain) return text;
  return text.isWellFormed() ? text.normalize("NFC") : null;
}

/** Counts characters as the database does: a pair of surrogates is one. */
const isLongerThan = (text: string, max: number): boolean => text.length > max && [...text].length > max;

/** A reader for free text: trimmed, normal form C, no control characters, not longer than the item allows. */
export function createTextReader(item: CompiledItem): ScalarReader {
  const max = item.maxLength ?? DEFAULT_MAX_LENGTH;
  const tooLong = isUnconfirmed(item.status)
    ? toLeftOut(describeProblem("LENGTH_EXCEEDED", { max }))
    : toProblem("LENGTH_EXCEEDED", { max });
  return (raw) => {
    const stated = String(raw);
    if (stated.length > max * MOST_UNITS_PER_CHARACTER) return tooLong;
    const text = normaliseText(stated);
    if (text === null) return FORMAT_INVALID;
    return isLongerThan(text, max) ? tooLong : toValue(text);
  };
}

/** A reader for organisation codes: upper case; the pattern rejects unless the item itself is unconfirmed. */
export function createOrganisationReader(item: CompiledItem): ScalarReader {
  const readText = createTextReader(item);
  const lenient = isUnconfirmed(item.status);
  return (raw, today) => {
    const code = String(raw).toUpperCase();
    return lenient || ORGANISATION.test(code) ? readText(code, today) : FORMAT_INVALID;
  };
}

/** Practice codes in upper case. Their published patterns are unconfirmed, and a pattern alone never rejects, so none is asked for. */
export function createGpPracticeReader(item: CompiledItem): ScalarReader {
  const readText = createTextReader(item);
  return (raw, today) => readText(String(raw).toUpperCase(), today);
}

/** Upper case, one space before the last three characters. A null word of the page says nothing. */
export const readPostcode: ScalarReader = (raw) => {
  const stated = String(raw);
  if (stated.length > POSTCODE_LONGEST_WRITTEN) return FORMAT_INVALID;
  if (POSTCODE_NULL_WORDS.has(foldText(stated))) return ABSENT;
  const joined = stated.replaceAll(" ", "").toUpperCase();
  const postcode = `${joined.slice(0, -INWARD_LENGTH)} ${joined.slice(-INWARD_LENGTH)}`;
  return POSTCODE.test(postcode) ? toValue(postcode) : FORMAT_INVALID;
};

/** Ten digits without spacing; a number of the test range is kept with a warning. */
export const readNhsNumber: ScalarReader = (raw) => {
  const check = checkNhsNumber(String(raw));
  if (!check.ok) return toProblem(check.code);
  return toValue(check.value, isTestNhsNumber(check.value) ? TEST_RANGE : undefined);
};

/** True and false of JSON, and what files write for them: yes, no, y, n, 1, 0. */
export const readBoolean: ScalarReader = (raw) => BOOLEANS.get(String(raw).toLowerCase()) ?? FORMAT_INVALID;
