/**
 * NHS numbers: ten digits, the last a check digit modulo 11 (NHS Data Dictionary; dataset section 4.2). Senders write "not known" as
 * numbers that pass the check digit, so those are told apart as placeholders before the check digit is looked at.
 */
import { isDigitsOnly } from "../lib/fold-text.ts";

/** Why a text is no NHS number. */
export type NhsNumberFault = "FORMAT_INVALID" | "NHS_NUMBER_PLACEHOLDER" | "NHS_NUMBER_CHECKSUM";

/** `value` is the ten digits without spacing. */
export type NhsNumberCheck =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly code: NhsNumberFault };

const LENGTH = 10;
/** Ten digits in five pairs with spaces and hyphens between them; anything longer is not looked at. */
const LONGEST_WRITTEN = 40;
/** Ascending digits pass the check digit and are typed as a filler; the other sentinels are repeated digits. */
const ASCENDING = "0123456789";
const TEST_RANGE_PREFIX = "999";
const TEST_NUMBERS_PER_BLOCK = 9;
/** One block short of 100,000 keeps the range clear of 9999999999, which means "several matches". */
const TEST_BLOCKS = 99_999;

/** Strips spaces and hyphens, nothing else, and judges what remains. The text itself is never part of the answer to a fault. */
export function checkNhsNumber(text: string): NhsNumberCheck {
  const value = text.length === LENGTH || text.length > LONGEST_WRITTEN ? text : text.replaceAll(" ", "").replaceAll("-", "");
  if (value.length !== LENGTH || !isDigitsOnly(value)) return { ok: false, code: "FORMAT_INVALID" };
  if (isPlaceholder(value)) return { ok: false, code: "NHS_NUMBER_PLACEHOLDER" };
  if (toCheckDigit(value) !== value[LENGTH - 1]) return { ok: false, code: "NHS_NUMBER_CHECKSUM" };
  return { ok: true, value };
}

function isPlaceholder(value: string): boolean {
  if (value === ASCENDING) return true;
  const first = value.charCodeAt(0);
  for (let i = 1; i < LENGTH; i += 1) if (value.charCodeAt(i) !== first) return false;
  return true;
}

/**
 * The check digit of the first nine digits: 11 less the sum of digits weighted 10 to 2, modulo 11, where 11 counts as 0.
 * Null where it would be 10: such a number is never issued.
 */
export function toCheckDigit(digits: string): string | null {
  let sum = 0;
  for (let i = 0; i < LENGTH - 1; i += 1) sum += (digits.charCodeAt(i) - 48) * (LENGTH - i);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? null : String(check);
}

/** 999 000 0000 to 999 999 9999: kept for tests, never issued to a person. */
export const isTestNhsNumber = (value: string): boolean => value.startsWith(TEST_RANGE_PREFIX);

/**
 * A valid number of the test range, another one for every index below 899,991.
 * Ten numbers in a row have ten different check digits, so nine of each ten are taken: none of them is the invalid one.
 */
export function toTestNhsNumber(index: number): string {
  const block = Math.floor(index / TEST_NUMBERS_PER_BLOCK) % TEST_BLOCKS;
  let position = index % TEST_NUMBERS_PER_BLOCK;
  const stem = TEST_RANGE_PREFIX + String(block).padStart(5, "0");
  for (let last = 0; last <= 9; last += 1) {
    const check = toCheckDigit(stem + last);
    if (check === null) continue;
    if (position === 0) return stem + last + check;
    position -= 1;
  }
  throw new RangeError("a block of ten has nine valid numbers");
}
