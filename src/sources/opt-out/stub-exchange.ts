/** A check of this process that answers at once: for demo mode and tests, where nobody's choice is asked for. */
import type { OptOutExchange, OptOutQuestion } from "../../consent/opt-out-ports.ts";

/** @param isOptedOut of which numbers it says that they may not be used */
export function createStubExchange(isOptedOut: (nhsNumber: string) => boolean): OptOutExchange {
  const questions = new Map<string, OptOutQuestion>();
  return {
    send: async (question) => void questions.set(question.reference, question),
    receive: async () =>
      [...questions.values()].map(({ reference, nhsNumbers }) => ({
        reference,
        nhsNumbers: nhsNumbers.filter((number) => !isOptedOut(number)),
        discard: async () => void questions.delete(reference),
      })),
    withdraw: async (reference) => void questions.delete(reference),
  };
}

const ONE_IN = 20;
const DIGITS_BEFORE_CHECK = 9;

/** Invented patients of demo mode: about one in twenty, which is near what England has. */
export const optedOutInDemo = (nhsNumber: string): boolean => Number(nhsNumber.slice(0, DIGITS_BEFORE_CHECK)) % ONE_IN === 0;
