/**
 * Units of measurements as they are sent (UCUM codes and what is written beside or instead of them), and how each becomes the unit of
 * the dataset. Every conversion is stated here: no unit library decides, because UCUM's own arithmetic turns an HbA1c of 7 % into
 * 70 mmol/mol, which is legal and clinically wrong (interop 1.9).
 */

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
  | "MINUTES_PER_DAY"
  | "DAYS_PER_WEEK"
  | "METABOLIC_EQUIVALENT"
  | "PERCENT"
  | "SCORE";

type Conversion = number | ((value: number) => number);

/** Cholesterol weighs 386.65 g/mol; 200 mg/dL are 5.173 mmol/L (interop 1.9). */
const MMOL_L_PER_MG_DL_OF_CHOLESTEROL = 10 / 386.65;
const CM_PER_INCH = 2.54;
const CM_PER_FOOT = 30.48;
const METRES_PER_FOOT = 0.3048;
const METRES_PER_YARD = 0.9144;
const KG_PER_POUND = 0.45359237;
const KG_PER_OUNCE = KG_PER_POUND / 16;
const POUNDS_PER_STONE = 14;
const DAYS_PER_WEEK = 7;
const MINUTES_PER_HOUR = 60;

/** DCCT per cent to IFCC mmol/mol, the master equation: 7.0 % are 53 mmol/mol. */
const fromDcctPercent = (percent: number): number => 10.929 * (percent - 2.15);

/**
 * Unit in lower case, without white space, to factor. Not here, on purpose: kPa (UK blood pressure is mmHg), drinks and grams of alcohol
 * (a UK unit is neither by the sender's word), levels of a shuttle walk.
 */
const CONVERSIONS: Readonly<Record<Dimension, ReadonlyMap<string, Conversion>>> = {
  LENGTH_CM: toMap([
    ["cm cms centimeter centimetre centimeters centimetres mdc_dim_centi_m", 1],
    ["m meter metre meters metres mtr mtrs mdc_dim_m", 100],
    ["mm millimeter millimetre millimeters millimetres", 0.1],
    ["[in_i] [in_us] in inch inches mdc_dim_inch", CM_PER_INCH],
    ["[ft_i] [ft_us] ft foot feet mdc_dim_foot", CM_PER_FOOT],
  ]),
  DISTANCE_M: toMap([
    ["m meter metre meters metres mtr mtrs mdc_dim_m", 1],
    ["km kilometer kilometre", 1000],
    ["[ft_i] [ft_us] ft foot feet mdc_dim_foot", METRES_PER_FOOT],
    ["[yd_i] [yd_us] yd yds yard yards", METRES_PER_YARD],
  ]),
  WEIGHT_KG: toMap([
    ["kg kgs kilo kilos kilogram kilograms kilogramme kilogrammes mdc_dim_kilo_g", 1],
    ["g gram grams gramme grammes mdc_dim_g", 0.001],
    ["[lb_av] lb lbs pound pounds mdc_dim_lb", KG_PER_POUND],
    ["[oz_av] oz ounce ounces", KG_PER_OUNCE],
    ["[stone_av] st stone stones", POUNDS_PER_STONE * KG_PER_POUND],
  ]),
  BODY_MASS_INDEX: toMap([
    [
      "kg/m2 kg/m^2 kg/m² kg/(m^2) kg.m-2 kg/sqm kg/m*2 kg/m**2 kilogram/(meter^2) kilogram/metre^2 kilogrampersquaremeter kilogrampersquaremetre " +
        "kilogramspersquaremetre mdc_dim_kg_per_m_sq",
      1,
    ],
  ]),
  PRESSURE_MMHG: toMap([
    [
      "mm[hg] mmhg mm/hg mm(hg) millimeterofmercury millimetreofmercury millimetersofmercury millimetresofmercury mdc_dim_mmhg",
      1,
    ],
  ]),
  RATE_PER_MINUTE: toMap([
    [
      "/min {beats}/min {beat}/min {heartbeats}/min 1/min /minute min-1 bpm b/min beats/min beats/minute beat/min heartbeatsperminute " +
        "beatsperminute beatperminute perminute permin beatspermin mdc_dim_beat_per_min",
      1,
    ],
  ]),
  CHOLESTEROL_MMOL_L: toMap([
    ["mmol/l mmoll mmol/litre mmol/liter millimoleperliter millimoleperlitre millimolesperliter millimolesperlitre", 1],
    ["mg/dl mgdl milligramperdeciliter milligramsperdeciliter milligramsperdecilitre", MMOL_L_PER_MG_DL_OF_CHOLESTEROL],
  ]),
  HBA1C_MMOL_MOL: toMap([
    ["mmol/mol mmolmol mmol/mol{hb} millimolepermole millimolespermole mmol/molhb", 1],
    ["% percent percentage {%} %{hb} %{hemoglobin} %{totalhemoglobin} %hb", fromDcctPercent],
  ]),
  UNITS_PER_WEEK: toMap([
    [
      "{unit}/wk {units}/wk {unit}/week {units}/week [arb'u]/wk /wk 1/wk /week u/wk u/week units/wk unit/wk units/week unit/week perweek " +
        "unitperweek unitsperweek unitsaweek {alcoholunits}/wk {alcoholunit}/wk alcoholunits/week",
      1,
    ],
    [
      "{unit}/d {units}/d {unit}/day {units}/day [arb'u]/d /d 1/d /day u/d u/day units/d unit/d units/day unit/day perday unitperday " +
        "unitsperday unitsaday {alcoholunits}/d {alcoholunit}/d alcoholunits/day",
      DAYS_PER_WEEK,
    ],
  ]),
  MINUTES_PER_WEEK: toMap([
    [
      "min/wk min/week mins/week mins/wk minutes/week minutes/wk min/{wk} min/{week} minuteperweek minutesperweek minutesaweek",
      1,
    ],
    ["min/d min/day mins/day minutes/day min/{day} minutesperday minutesaday", DAYS_PER_WEEK],
    ["h/wk h/week hours/week hr/wk hrs/week hoursperweek", MINUTES_PER_HOUR],
  ]),
  MINUTES_PER_DAY: toMap([
    ["min mins minute minutes min/d min/day mins/day minutes/day min/{day} minuteperday minutesperday", 1],
    ["h hr hrs hour hours h/d h/day", MINUTES_PER_HOUR],
  ]),
  DAYS_PER_WEEK: toMap([
    ["d d/wk d/week day days days/week days/wk {days}/wk {day}/wk d/{wk} daysperweek daysaweek 1 {days}", 1],
  ]),
  METABOLIC_EQUIVALENT: toMap([["{met} {mets} met mets [met] metabolicequivalent metabolicequivalents 1", 1]]),
  PERCENT: toMap([["% percent percentage mdc_dim_percent", 1]]),
  SCORE: toMap([["1 {score} (score) [score] {scoreof} scoreof score {points} points {number} {#} mdc_dim_dimless", 1]]),
};

/** The unit of the dataset for each dimension, as the tables above spell it. */
const OWN_UNITS: Readonly<Record<Dimension, string>> = {
  LENGTH_CM: "cm",
  DISTANCE_M: "m",
  WEIGHT_KG: "kg",
  BODY_MASS_INDEX: "kg/m2",
  PRESSURE_MMHG: "mm[Hg]",
  RATE_PER_MINUTE: "/min",
  CHOLESTEROL_MMOL_L: "mmol/L",
  HBA1C_MMOL_MOL: "mmol/mol",
  UNITS_PER_WEEK: "{unit}/wk",
  MINUTES_PER_WEEK: "min/wk",
  MINUTES_PER_DAY: "min/d",
  DAYS_PER_WEEK: "d/wk",
  METABOLIC_EQUIVALENT: "{MET}",
  PERCENT: "%",
  SCORE: "{score}",
};

/** Dimensions whose numbers stand alone. */
const WITHOUT_UNIT: ReadonlySet<Dimension> = new Set(["SCORE", "DAYS_PER_WEEK", "METABOLIC_EQUIVALENT"]);

/** Rows of unit spellings, divided by spaces. */
function toMap(rows: readonly (readonly [units: string, conversion: Conversion])[]): ReadonlyMap<string, Conversion> {
  return new Map(rows.flatMap(([units, conversion]) => units.split(" ").map((unit) => [unit, conversion] as const)));
}

const toKey = (unit: string): string => unit.replace(/\s+/g, "").toLowerCase();

/** The value in the unit of the dimension, unrounded; null where the unit is not one of it. */
export function convertToDimension(dimension: Dimension, value: number, unit: string): number | null {
  const conversion = CONVERSIONS[dimension].get(toKey(unit));
  if (conversion === undefined) return null;
  return typeof conversion === "number" ? value * conversion : conversion(value);
}

/** The dataset's own unit, for a source that says that its numbers are in it. */
export const ownUnitOf = (dimension: Dimension): string => OWN_UNITS[dimension];

/** Whether the unit is the dataset's own, so that nothing was computed. */
export const isOwnUnit = (dimension: Dimension, unit: string): boolean => CONVERSIONS[dimension].get(toKey(unit)) === 1;

/** Whether a number of this dimension says all without a unit. */
export const needsNoUnit = (dimension: Dimension): boolean => WITHOUT_UNIT.has(dimension);

/** Whether the unit means anything in the tables: a known unit of another dimension contradicts, an unknown one only says nothing. */
export const isKnownUnit = (unit: string): boolean => Object.values(CONVERSIONS).some((units) => units.has(toKey(unit)));
