/** What the rules say of two patients. Nothing that identifies a person can come in here: only digests under the national link key. */
import { keyOf, type LinkedRef, type Verdict } from "./link-words.ts";
import type { BIRTH_AGREEMENTS, NUMBER_AGREEMENTS, PersonAction, PersonRules } from "./person-rules.ts";

declare const digest: unique symbol;
/** An HMAC-SHA-256 as hexadecimal text. Made by `readDigest` only: an NHS number, a date or a name is no digest to the compiler. */
export type Digest = string & { readonly [digest]: true };

/** @throws RangeError for every text that is not 64 hexadecimal digits; the text itself is not repeated */
export function readDigest(text: string): Digest {
  if (!isDigest(text)) throw new RangeError("not a digest");
  return text;
}

const isDigest = (text: string): text is Digest => /^[0-9a-f]{64}$/.test(text);

/** A patient of one organisation as `identity.match_key` knows it. */
export interface PersonKeys extends LinkedRef {
  readonly nhsNumber: Digest | null;
  /** Numbers that were replaced by `nhsNumber`. */
  readonly formerNhsNumbers: readonly Digest[];
  readonly dateOfBirth: Digest | null;
  /** Of surname, forename and postcode together, folded before they are digested; null where one of them is missing or nobody digests them. */
  readonly nameAndPostcode: Digest | null;
}

export type PersonVerdict = Verdict<PersonAction>;

/** Symmetric. Null: the rules say nothing of the two, or both are the same patient. */
export function judgePersons(a: PersonKeys, b: PersonKeys, rules: PersonRules): PersonVerdict | null {
  if (keyOf(a) === keyOf(b)) return null;
  const nhsNumber = compareNumbers(a, b);
  const dateOfBirth = compareBirths(a, b);
  const sameName = a.nameAndPostcode !== null && a.nameAndPostcode === b.nameAndPostcode;
  const rule = rules.find(
    ({ when }) =>
      (when.nhsNumber?.includes(nhsNumber) ?? true) &&
      when.dateOfBirth.includes(dateOfBirth) &&
      (when.nameAndPostcode === undefined || sameName),
  );
  return rule === undefined ? null : { rule: rule.name, action: rule.action, confidence: rule.confidence };
}

function compareNumbers(a: PersonKeys, b: PersonKeys): (typeof NUMBER_AGREEMENTS)[number] {
  if (a.nhsNumber !== null && a.nhsNumber === b.nhsNumber) return "SAME";
  if (hadFormerly(a, b.nhsNumber) || hadFormerly(b, a.nhsNumber)) return "SUPERSEDED";
  return a.nhsNumber === null || b.nhsNumber === null ? "UNKNOWN" : "DIFFERENT";
}

const hadFormerly = ({ formerNhsNumbers }: PersonKeys, number: Digest | null): boolean =>
  number !== null && formerNhsNumbers.includes(number);

function compareBirths(a: PersonKeys, b: PersonKeys): (typeof BIRTH_AGREEMENTS)[number] {
  if (a.dateOfBirth === null || b.dateOfBirth === null) return "UNKNOWN";
  return a.dateOfBirth === b.dateOfBirth ? "SAME" : "DIFFERENT";
}
