/** Reads whole and decimal numbers, in the unit the dictionary names. */
import type { CompiledItem } from "./dictionary.ts";
import {
  describeProblem,
  FORMAT_INVALID,
  isUnconfirmed,
  type Problem,
  type ScalarReader,
  toLeftOut,
  toProblem,
  toValue,
} from "./read-result.ts";

/** No measure of the dataset is near it; it keeps what has no limit of its own within a four-byte column. */
const LARGEST_MAGNITUDE = 2_147_483_647;
/** Sign, ten digits, point and twenty decimals. */
const LONGEST_WRITTEN = 32;
const UNLIMITED = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;
const PLAIN_NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)$/;
/** Rounding error allowed when a decimal is compared with a multiple. */
const MULTIPLE_TOLERANCE = 1e-9;

/** Digits with at most one point; NaN for everything else, so no exponent, hexadecimal, comma or unit is guessed at. */
const parsePlainNumber = (text: string): number =>
  text.length <= LONGEST_WRITTEN && PLAIN_NUMBER.test(text) ? Number(text) : Number.NaN;

/**
 * A reader for `integer` and `decimal` items. Numbers may come as text; whole numbers may be written `7.0`.
 * Outside the hard range a value is a problem; where nobody confirmed the range it is left out with a warning.
 */
export function createNumberReader(item: CompiledItem): ScalarReader {
  const whole = item.kind === "integer";
  const warns = createWarnings(item);
  const [min, max] = item.hard ?? UNLIMITED;
  const outside = describeProblem("OUT_OF_HARD_RANGE", rangeParams(min, max, item.unit));
  const outOfHardRange = isUnconfirmed(item.status) ? toLeftOut(outside) : toProblem(outside.code, outside.params);
  return (raw) => {
    const number = typeof raw === "number" ? raw : typeof raw === "string" ? parsePlainNumber(raw) : Number.NaN;
    if (!Number.isFinite(number) || (whole && !Number.isInteger(number))) return FORMAT_INVALID;
    if (number < min || number > max) return outOfHardRange;
    if (Math.abs(number) > LARGEST_MAGNITUDE) return FORMAT_INVALID;
    const value = number + 0; // Minus zero becomes zero.
    return toValue(value, warns(value));
  };
}

/** Warnings of a usable number: outside the expected range, or not a multiple of the instrument's step. */
function createWarnings(item: CompiledItem): (value: number) => readonly Problem[] | undefined {
  const { expected, multipleOf } = item;
  if (expected === undefined && multipleOf === undefined) return () => undefined;
  const [min, max] = expected ?? item.hard ?? UNLIMITED;
  const unusual = describeProblem("OUT_OF_EXPECTED_RANGE", rangeParams(min, max, item.unit));
  const steps = `${item.unit ?? ""} in steps of ${multipleOf}`.trimStart();
  const uneven = describeProblem("OUT_OF_EXPECTED_RANGE", rangeParams(min, max, steps));
  return (value) => {
    if (value < min || value > max) return [unusual];
    return multipleOf !== undefined && !isMultiple(value, multipleOf) ? [uneven] : undefined;
  };
}

function isMultiple(value: number, step: number): boolean {
  const steps = value / step;
  return Math.abs(steps - Math.round(steps)) <= MULTIPLE_TOLERANCE;
}

/** Limits for the catalogue text; `unit` is empty where the item has none. */
const rangeParams = (min: number, max: number, unit: string | undefined): Record<string, string | number> => ({
  min,
  max,
  unit: unit ?? "",
});
