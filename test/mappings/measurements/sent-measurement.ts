/** Observed values for tests: what is not named is not said. */
import type { SentMeasurement } from "../../../mappings/support/measurement.ts";
import type { SentCode } from "../../../mappings/support/observation-code.ts";

const NOTHING: SentMeasurement = {
  codes: [],
  label: null,
  context: [],
  number: null,
  text: null,
  comparator: null,
  units: [],
  answers: [],
  answerText: null,
  isTrue: null,
};

export const sentMeasurement = (said: Partial<SentMeasurement>): SentMeasurement => ({ ...NOTHING, ...said });

/** `SNOMED|27113001`. */
export function sentCode(key: string): SentCode {
  const bar = key.indexOf("|");
  return { system: key.slice(0, bar), code: key.slice(bar + 1) };
}
