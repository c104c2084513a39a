/** What the format of a cell says its number is. Only the formats that change the meaning of a number are told apart (ECMA-376, 18.8.30). */

export type NumberMeaning =
  | { readonly kind: "number" }
  /** Shown as whole number of so many digits, with zeros before it. */
  | { readonly kind: "padded"; readonly digits: number }
  /** `month`: the day is not shown, `year`: neither is the month. */
  | { readonly kind: "date"; readonly precision: "day" | "month" | "year" };

const NUMBER: NumberMeaning = { kind: "number" };
const DAY: NumberMeaning = { kind: "date", precision: "day" };
const MONTH: NumberMeaning = { kind: "date", precision: "month" };
/** Built-in formats, by the identifiers that every workbook may use without declaring them. */
const BUILT_IN_DAYS: ReadonlySet<number> = new Set([14, 15, 16, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58]);
const BUILT_IN_MONTH = 17;
/** Texts in quotes, escaped characters, fill and width characters, conditions, colours and languages in brackets. */
const NO_CODE = /"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]/g;
const ZEROS_ONLY = /^0{2,}$/;
/** What separates groups of digits: `000 000 0000`. */
const SEPARATORS = /[ \-/.()]/g;
const GENERAL = /general/gi;

export function meaningOfBuiltIn(id: number): NumberMeaning {
  if (id === BUILT_IN_MONTH) return MONTH;
  return BUILT_IN_DAYS.has(id) ? DAY : NUMBER;
}

/** @param code as styles.xml has it; its first section is for positive numbers, and no other date or identifier is there */
export function meaningOfCode(code: string): NumberMeaning {
  const section = code.replaceAll(NO_CODE, "").replaceAll(GENERAL, "").split(";")[0] ?? "";
  const digits = section.replaceAll(SEPARATORS, "");
  if (ZEROS_ONLY.test(digits) && !section.includes(".")) return { kind: "padded", digits: digits.length };
  const letters = section.toLowerCase();
  if (letters.includes("d")) return DAY;
  // Without a year or a name of three letters, `m` means minutes.
  if (letters.includes("y")) return letters.includes("m") ? MONTH : { kind: "date", precision: "year" };
  return letters.includes("mmm") ? MONTH : NUMBER;
}
