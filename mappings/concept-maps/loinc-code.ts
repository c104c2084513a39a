/** Whether a text can be a LOINC code: up to seven digits, a hyphen, and a check digit (LOINC Users' Guide, appendix C: modulus 10). */

const LOINC = /^(\d{1,7})-(\d)$/;

/** Digits in odd places from the right count twice, and a doubled digit counts as the sum of its digits. */
export function isLoincCode(text: string): boolean {
  const [, digits, check] = LOINC.exec(text) ?? [];
  if (digits === undefined) return false;
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const counted = place % 2 === 0 ? digit * 2 : digit;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return (10 - (sum % 10)) % 10 === Number(check);
}
