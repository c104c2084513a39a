/** Numbers as a profile says they are written, in the unit it names, as the item wants them. */
import type { CompiledItem } from "../../src/dataset/dictionary.ts";
import { convertToDimension, type Dimension } from "../concept-maps/measurement-units.ts";
import type { NumberRule } from "./profile-schema.ts";

/** What is measured by items of a unit. */
const DIMENSIONS: ReadonlyMap<string, Dimension> = new Map([
  ["cm", "LENGTH_CM"],
  ["m", "DISTANCE_M"],
  ["kg", "WEIGHT_KG"],
  ["kg/m2", "BODY_MASS_INDEX"],
  ["mmHg", "PRESSURE_MMHG"],
  ["bpm", "RATE_PER_MINUTE"],
  ["mmol/L", "CHOLESTEROL_MMOL_L"],
  ["mmol/mol", "HBA1C_MMOL_MOL"],
  ["units/week", "UNITS_PER_WEEK"],
  ["min/week", "MINUTES_PER_WEEK"],
  ["MET", "METABOLIC_EQUIVALENT"],
  ["%", "PERCENT"],
  ["score", "SCORE"],
]);

const DECIMALS = 2;
const WHOLE = /^[+-]?\d+$/;
const FRACTION = /^\d+$/;
/** Sign, ten digits with their separators, twenty decimals. */
const LONGEST_NUMBER = 40;

/** A rule with everything that was left out filled in. */
export type NumberForm = NumberRule & Required<Pick<NumberRule, "decimal" | "thousands">>;

const dimensionOf = (item: CompiledItem): Dimension | null => DIMENSIONS.get(item.unit ?? "") ?? null;

/** Whether an item can be sent in a unit. */
export function isConvertible(item: CompiledItem, unit: string): boolean {
  const dimension = dimensionOf(item);
  return unit === item.unit || (dimension !== null && convertToDimension(dimension, 1, unit) !== null);
}

/** The number; null: it is not written as the profile says (`<15` and `80 kg` are no numbers). */
export function readPlainNumber(text: string, { decimal, thousands }: Pick<NumberForm, "decimal" | "thousands">): number | null {
  const stated = text.trim();
  if (stated === "" || stated.length > LONGEST_NUMBER) return null;
  const [whole = "", fraction, ...rest] = stated.split(decimal);
  if (rest.length > 0) return null;
  const digits = thousands === "" ? whole : joinThousands(whole, thousands);
  if (digits === null || !WHOLE.test(digits) || (fraction !== undefined && !FRACTION.test(fraction))) return null;
  return Number(fraction === undefined ? digits : `${digits}.${fraction}`);
}

/** Groups of three behind the first; a separator elsewhere is another number's. */
function joinThousands(whole: string, separator: string): string | null {
  const [first = "", ...groups] = whole.split(separator);
  if (groups.some((group) => !/^\d{3}$/.test(group))) return null;
  return groups.length > 0 && !/^[+-]?\d{1,3}$/.test(first) ? null : first + groups.join("");
}

/** In the item's unit, rounded as the item is kept; null: it cannot be converted. */
export function toItemUnit(item: CompiledItem, number: number, unit: string): number | null {
  if (unit === item.unit) return number;
  const dimension = dimensionOf(item);
  const converted = dimension === null ? null : convertToDimension(dimension, number, unit);
  if (converted === null) return null;
  const scale = item.kind === "integer" ? 1 : 10 ** DECIMALS;
  return converted === number ? number : Math.round(converted * scale) / scale;
}
