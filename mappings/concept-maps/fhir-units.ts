/** Units of measurements as they are sent (UCUM codes and what is written beside them), and how they become the unit of the item. */

/** What is measured; each has one NACR unit. */
export type Dimension =
  | "LENGTH_CM"
  | "DISTANCE_M"
  | "WEIGHT_KG"
  | "BODY_MASS_INDEX"
  | "PRESSURE_MMHG"
  | "RATE_PER_MINUTE"
  | "CHOLESTEROL_MMOL_L"
  | "HBA1C_MMOL_MOL"
  | "UNITS_PER_WEEK"
  | "MINUTES_PER_WEEK"
  | "PERCENT"
  | "SCORE";

type Conversion = number | ((value: number) => number);

/** Cholesterol weighs 386.65 g/mol; 200 mg/dL are 5.173 mmol/L (interop 1.9). */
const MMOL_L_PER_MG_DL_OF_CHOLESTEROL = 10 / 386.65;
const CM_PER_INCH = 2.54;
const CM_PER_FOOT = 30.48;
const METRES_PER_FOOT = 0.3048;
const KG_PER_POUND = 0.45359237;
const POUNDS_PER_STONE = 14;
const DAYS_PER_WEEK = 7;

/** DCCT per cent to IFCC mmol/mol. UCUM's own conversion (7 % = 70 mmol/mol) is legal as arithmetic and wrong in the clinic. */
const fromDcctPercent = (percent: number): number => 10.929 * (percent - 2.15);

/** Unit text in lower case, without white space, to factor. Blood pressure in kPa is refused on purpose: UK blood pressure is mmHg. */
const CONVERSIONS: Readonly<Record<Dimension, ReadonlyMap<string, Conversion>>> = {
  LENGTH_CM: toMap([
    [["cm", "centimeter", "centimetre", "centimeters", "centimetres"], 1],
    [["m", "meter", "metre", "meters", "metres"], 100],
    [["mm", "millimeter", "millimetre"], 0.1],
    [["[in_i]", "[in_us]", "in", "inch", "inches"], CM_PER_INCH],
    [["[ft_i]", "[ft_us]", "ft", "foot", "feet"], CM_PER_FOOT],
  ]),
  DISTANCE_M: toMap([
    [["m", "meter", "metre", "meters", "metres"], 1],
    [["[ft_i]", "[ft_us]", "ft", "feet"], METRES_PER_FOOT],
  ]),
  WEIGHT_KG: toMap([
    [["kg", "kilogram", "kilograms", "kgs"], 1],
    [["g", "gram", "grams"], 0.001],
    [["[lb_av]", "lb", "lbs", "pound", "pounds"], KG_PER_POUND],
    [["[stone_av]", "st", "stone"], POUNDS_PER_STONE * KG_PER_POUND],
  ]),
  BODY_MASS_INDEX: toMap([[["kg/m2", "kg/m^2", "kg/m²", "kilogram/(meter^2)"], 1]]),
  PRESSURE_MMHG: toMap([[["mm[hg]", "mmhg", "millimeterofmercury", "millimetreofmercury"], 1]]),
  RATE_PER_MINUTE: toMap([
    [
      ["/min", "{beats}/min", "{beat}/min", "1/min", "bpm", "beats/min", "beats/minute", "heartbeatsperminute", "beatsperminute"],
      1,
    ],
  ]),
  CHOLESTEROL_MMOL_L: toMap([
    [["mmol/l", "millimoleperliter"], 1],
    [["mg/dl", "milligramsperdeciliter"], MMOL_L_PER_MG_DL_OF_CHOLESTEROL],
  ]),
  HBA1C_MMOL_MOL: toMap([
    [["mmol/mol"], 1],
    [["%", "percent", "{%}", "%{hb}"], fromDcctPercent],
  ]),
  UNITS_PER_WEEK: toMap([
    [
      [
        "{unit}/wk",
        "{units}/wk",
        "{unit}/week",
        "{units}/week",
        "/wk",
        "/week",
        "units/week",
        "unit/week",
        "perweek",
        "unitsperweek",
      ],
      1,
    ],
    [
      ["{unit}/d", "{units}/d", "{unit}/day", "{units}/day", "/d", "/day", "units/day", "unit/day", "perday", "unitsperday"],
      DAYS_PER_WEEK,
    ],
  ]),
  MINUTES_PER_WEEK: toMap([[["min/wk", "min/week", "minutes/week", "min/{wk}", "minutesperweek"], 1]]),
  PERCENT: toMap([[["%", "percent"], 1]]),
  SCORE: toMap([[["", "1", "{score}", "(score)", "{scoreof}", "score", "{points}"], 1]]),
};

function toMap(rows: readonly (readonly [units: readonly string[], conversion: Conversion])[]): ReadonlyMap<string, Conversion> {
  return new Map(rows.flatMap(([units, conversion]) => units.map((unit) => [unit, conversion] as const)));
}

/** The value in the unit of the dimension, unrounded; null where the unit is not one of it. */
export function convertToDimension(dimension: Dimension, value: number, unit: string): number | null {
  const conversion = CONVERSIONS[dimension].get(unit.replace(/\s+/g, "").toLowerCase());
  if (conversion === undefined) return null;
  return typeof conversion === "number" ? value * conversion : conversion(value);
}
