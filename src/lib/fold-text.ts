/** Brings texts that differ only in case, spacing or punctuation to one form. */

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLowerLetter = (code: number): boolean => code >= 97 && code <= 122;
const isUpperLetter = (code: number): boolean => code >= 65 && code <= 90;

/** Lower-case letters and digits only; letters outside ASCII stay as they are, so `Ménière` and `Mnire` remain two words. */
export function foldText(text: string): string {
  let folded = "";
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (isLowerLetter(code) || isDigit(code) || code > 127) folded += text[i];
    else if (isUpperLetter(code)) folded += String.fromCharCode(code + 32);
  }
  return folded;
}

/** True for a non-empty text of ASCII digits. */
export function isDigitsOnly(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (!isDigit(text.charCodeAt(i))) return false;
  return text !== "";
}
