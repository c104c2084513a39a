/** The check's answer: the numbers that may be used, one a line, each followed by a comma (dataset.md 9.3). */
import { checkNhsNumber } from "../dataset/nhs-number.ts";

/** A file of more is none of ours: it would take this many lines of twelve characters. */
export const ANSWER_BYTES = 8 * 1024 * 1024;

/** Null where a line is anything else: an error report, or another file. */
export function readAnswer(text: string): readonly string[] | null {
  const numbers: string[] = [];
  for (const line of text.split("\n")) {
    const number = line.trim().replace(/,$/, "");
    if (number === "") continue;
    const checked = checkNhsNumber(number);
    if (!checked.ok) return null;
    numbers.push(checked.value);
  }
  return numbers;
}

/** The question, in the same form: LF line ends, a comma after each number. */
export const renderQuestion = (nhsNumbers: readonly string[]): string => nhsNumbers.map((number) => `${number},\n`).join("");
