/** Values of the national side that are no codes of a list: what each may be is said once, where it is read. */

declare const isPseudonym: unique symbol;
declare const isRegistered: unique symbol;

/** HMAC-SHA-256 under the key of the national pseudonyms, as hexadecimal text. */
export type Pseudonym = string & { readonly [isPseudonym]: true };
/** The code of an organisation, a programme or a region, as the register of organisations has it: no patient has one. */
export type RegisteredCode = string & { readonly [isRegistered]: true };
/** The first day of a month, as an ISO date. */
export type Month = `${string}-${string}-01`;

const PSEUDONYM = /^[0-9a-f]{64}$/;
/** A letter is in each of them, and in no number of a patient. */
const REGISTERED = /^(?=.*[A-Z])[A-Z0-9_-]{1,32}$/;

const isPseudonymText = (text: string): text is Pseudonym => PSEUDONYM.test(text);
const isRegisteredText = (text: string): text is RegisteredCode => REGISTERED.test(text);

/** @throws Error: what is no digest is never stored as one */
export function readPseudonym(text: string): Pseudonym {
  if (!isPseudonymText(text)) throw new Error("A pseudonym is no digest");
  return text;
}

/** Null for what does not look like a code. */
export const readRegisteredCode = (text: string | null): RegisteredCode | null =>
  text !== null && isRegisteredText(text) ? text : null;

/** Of an ISO date. */
export const toMonth = (date: string): Month => `${date.slice(0, 4)}-${date.slice(5, 7)}-01`;

/** Of a nation's small areas: 1 is the most deprived fifth. */
export type Quintile = 1 | 2 | 3 | 4 | 5;
const QUINTILES: readonly Quintile[] = [1, 2, 3, 4, 5];

/** Null for anything else. */
export const readQuintile = (value: unknown): Quintile | null => QUINTILES.find((quintile) => quintile === value) ?? null;
