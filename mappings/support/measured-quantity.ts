/** Reads a number with its unit into the unit of an item: comparators, missing, unknown and contradicting units included. */
import { COUNTED_UNITS, CUSTOMARY_UNIT_OF_CODE, STATED_UNIT_OF_CODE, UNIT_OF_CODE } from "../concept-maps/measurement-codes.ts";
import { ACTIVITY_MINUTES, MEASUREMENT_PARTS, type MeasurementItem } from "../concept-maps/measurement-items.ts";
import { convertToDimension, isKnownUnit, isOwnUnit, needsNoUnit } from "../concept-maps/measurement-units.ts";
import { reachesActivityGoal } from "./activity-goal.ts";
import type { MeasurementOutcome } from "./measurement-outcome.ts";

/** The number of a measurement, in whichever form it was sent. */
export interface SentQuantity {
  readonly number: number | null;
  /** A value sent as text: `142`, `<15`, `5.2 mmol/L`. */
  readonly text: string | null;
  /** `<`, `<=`, `>`, `>=`, `ad`; null where the number is exact. */
  readonly comparator: string | null;
  /** The unit's code first, then its words. */
  readonly units: readonly string[];
}

interface StatedNumber {
  readonly number: number;
  readonly comparator: string | null;
  readonly units: readonly string[];
}

/** A comparator, a decimal number, and a unit that begins with no digit. */
const NUMBER_IN_TEXT = /^(<=|>=|<|>|≤|≥|~)?\s*(-?\d{1,9}(?:\.\d{1,9})?)\s*([^\d\s].{0,40})?$/;
const COMPARATORS: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "ad", "≤", "≥", "~"]);
/** Two spellings of one unit give the same number but for rounding. */
const SAME = 1e-9;
const PARTS: ReadonlySet<string> = new Set(Object.values(MEASUREMENT_PARTS));

type ValueOutcome = Extract<MeasurementOutcome, { readonly kind: "VALUE" }>;

/** @param assumedUnit the unit the sender's profile gives a local code, where the message states none */
export function readQuantity(
  sent: SentQuantity,
  item: MeasurementItem,
  keys: readonly string[],
  assumedUnit: string | null,
): MeasurementOutcome {
  const target = { recordType: item.recordType, item: item.item };
  const stated = toStatedNumber(sent);
  if (stated === null) return { kind: "DROPPED", reason: "NO_READABLE_VALUE", target };
  if (stated.comparator !== null) {
    const sign = COMPARATORS.has(stated.comparator) ? stated.comparator : "?";
    return { kind: "REFUSED", target, code: "SOURCE_DROPPED", reason: "COMPARATOR", stated: `${sign}${stated.number}` };
  }
  const units = toUnits(stated.units, keys, assumedUnit);
  const converted = units.length === 0 && needsNoUnit(item.dimension) ? stated.number : convert(stated.number, units, item);
  if (typeof converted === "string") return { kind: "REFUSED", target, code: "UNIT_NOT_CONVERTIBLE", reason: converted };
  const isOwn = units.length === 0 || units.some((unit) => isOwnUnit(item.dimension, unit));
  const decimals = isOwn ? item.decimals : (item.convertedDecimals ?? item.decimals);
  const warning = contradictsCode(units, keys) ? { code: "DERIVED_VALUE_INCONSISTENT", reason: "UNIT_CONTRADICTS_CODE" } : null;
  return toOutcome(item, Number(converted.toFixed(decimals)), warning);
}

/** Halves of an item wait for the other one; minutes of both kinds of activity together answer the question about the goal. */
function toOutcome(item: MeasurementItem, value: number, warning: ValueOutcome["warning"]): MeasurementOutcome {
  if (PARTS.has(item.item)) return { kind: "DROPPED", reason: "NEEDS_DAYS_AND_MINUTES", part: { item: item.item, value } };
  if (item.item === ACTIVITY_MINUTES) {
    const target = { recordType: item.recordType, item: "activity150" };
    return { kind: "VALUE", target, value: reachesActivityGoal(value), warning, note: "MINUTES_COMPARED_WITH_GOAL" };
  }
  return { kind: "VALUE", target: { recordType: item.recordType, item: item.item }, value, warning, note: null };
}

function toStatedNumber({ number, text, comparator, units }: SentQuantity): StatedNumber | null {
  if (number !== null) return { number, comparator, units };
  const parts = text === null ? null : NUMBER_IN_TEXT.exec(text.trim());
  if (parts === null) return null;
  const [, sign, digits, unit] = parts;
  const written = unit === undefined ? [] : [unit.trim()];
  return { number: Number(digits), comparator: comparator ?? sign ?? null, units: [...units, ...written] };
}

/**
 * What the sender says, else what the code means or is recorded in, else what the profile says. A unit that lies in the code's meaning is
 * compared with the stated one; `units` beside a code per week names only what is counted.
 */
function toUnits(stated: readonly string[], keys: readonly string[], assumed: string | null): readonly string[] {
  const meant = findByKey(UNIT_OF_CODE, keys);
  const custom = meant ?? findByKey(CUSTOMARY_UNIT_OF_CODE, keys);
  const units = stated.filter((unit) => unit !== "" && !(custom !== undefined && isCountOnly(unit)));
  if (meant !== undefined) return [...units, meant];
  if (units.length > 0) return units;
  return [custom ?? assumed].filter((unit) => unit !== null);
}

const findByKey = <T>(map: ReadonlyMap<string, T>, keys: readonly string[]): T | undefined =>
  keys.map((key) => map.get(key)).find((value) => value !== undefined);

const isCountOnly = (unit: string): boolean => COUNTED_UNITS.has(unit.replace(/\s+/g, "").toLowerCase());

/** The converted number, or why there is none. */
function convert(number: number, units: readonly string[], { dimension }: MeasurementItem): number | string {
  if (units.length === 0) return "UNIT_MISSING";
  const results = units.map((unit) => convertToDimension(dimension, number, unit));
  const [first, ...others] = results.filter((result) => result !== null);
  if (first === undefined) return "UNIT_UNKNOWN";
  const disagrees = others.some((other) => Math.abs(other - first) > SAME * Math.max(1, Math.abs(first)));
  const isForeign = units.some((unit, at) => results[at] === null && isKnownUnit(unit));
  return disagrees || isForeign ? "UNITS_CONTRADICT" : first;
}

/** A code that names its unit beside the other one: the unit decides, and the sender is told (interop 1.8). */
const contradictsCode = (units: readonly string[], keys: readonly string[]): boolean => {
  const expected = findByKey(STATED_UNIT_OF_CODE, keys);
  return expected !== undefined && units.length > 0 && !units.some((unit) => unit.includes("%") === (expected === "%"));
};
