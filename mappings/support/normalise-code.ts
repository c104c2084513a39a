/** Brings the ways a clinical code is written to one form (interop 1.7 item 1), or says why it is none. */
import type { CodeSystem } from "./coded-target.ts";

/**
 * Why a text is not a code of its system. `DESCRIPTION_ID`: a SNOMED CT description (a term), which means no concept by itself;
 * `NOT_A_CONCEPT`: another kind of SNOMED CT component; `CHECK_DIGIT`: the Verhoeff digit does not fit; `MALFORMED`: not the shape of a code.
 */
export type CodeFault = "MALFORMED" | "CHECK_DIGIT" | "DESCRIPTION_ID" | "NOT_A_CONCEPT";

/** The code in the one form the maps use, or why the text is none. */
export type NormalisedCode = { readonly ok: true; readonly code: string } | { readonly ok: false; readonly reason: CodeFault };

/**
 * ICD-10 as UK systems write it: category, optional dot, fourth character (`X` where HES pads a category without one),
 * a fifth character (site), and the dagger or asterisk mark (as a letter D or A, or as the sign).
 */
const ICD10 = /^([A-Z]\d\d)\.?([\dX]?)[\dA-Z]?[DA*+†]?$/;
const OPCS4 = /^([A-Z]\d\d)\.?(\d?)$/;
/** Six to eighteen digits; the two before the check digit name the kind of component. */
const SNOMED = /^[1-9]\d{2,14}(\d\d)\d$/;

const CONCEPT_PARTITIONS: ReadonlySet<string> = new Set(["00", "10"]);
const DESCRIPTION_PARTITIONS: ReadonlySet<string> = new Set(["01", "11"]);

/** Multiplication in the dihedral group D5, written out: the digits 0-4 are rotations, 5-9 reflections. */
const multiply = (a: number, b: number): number => {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5);
  return b < 5 ? 5 + ((a - b + 5) % 5) : (a - b + 5) % 5;
};
/** Verhoeff's permutation; position `n` of a number uses its n-th power. */
const PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4] as const;

const permute = (digit: number, times: number): number => {
  let result = digit;
  for (let i = 0; i < times % 8; i++) result = PERMUTATION[result] ?? 0;
  return result;
};

/**
 * Whether the last digit is the Verhoeff check digit of the digits before it, as SNOMED CT identifiers have it.
 * Source: SNOMED International, Release File Specification, "Check-digit computation".
 */
export const isVerhoeffValid = (digits: string): boolean => {
  let check = 0;
  for (let i = 0; i < digits.length; i++) check = multiply(check, permute(Number(digits[digits.length - 1 - i]), i));
  return check === 0;
};

const normaliseIcd10 = (text: string): NormalisedCode => {
  const [, category, fourth] = ICD10.exec(text) ?? [];
  if (category === undefined) return { ok: false, reason: "MALFORMED" };
  return { ok: true, code: fourth === undefined || fourth === "X" ? category : category + fourth };
};

const normaliseOpcs4 = (text: string): NormalisedCode => {
  const [, category, fourth] = OPCS4.exec(text) ?? [];
  return category === undefined ? { ok: false, reason: "MALFORMED" } : { ok: true, code: category + (fourth ?? "") };
};

const normaliseSnomed = (text: string): NormalisedCode => {
  const partition = SNOMED.exec(text)?.[1];
  if (partition === undefined) return { ok: false, reason: "MALFORMED" };
  if (!isVerhoeffValid(text)) return { ok: false, reason: "CHECK_DIGIT" };
  if (DESCRIPTION_PARTITIONS.has(partition)) return { ok: false, reason: "DESCRIPTION_ID" };
  return CONCEPT_PARTITIONS.has(partition) ? { ok: true, code: text } : { ok: false, reason: "NOT_A_CONCEPT" };
};

const NORMALISERS: Readonly<Record<CodeSystem, (text: string) => NormalisedCode>> = {
  ICD10: normaliseIcd10,
  OPCS4: normaliseOpcs4,
  SNOMED: normaliseSnomed,
};

/**
 * The one spelling under which the concept maps know a code: `i21.0` and `I2100` are `I210`, `I64X` is `I64`, `K75.1` is `K751`.
 * A code that merely is not in our maps is well formed; only a text that cannot be a code of its system has a fault.
 */
export const normaliseCode = (system: CodeSystem, text: string): NormalisedCode =>
  NORMALISERS[system](text.replace(/\s/g, "").toUpperCase());
