/**
 * What an Observation code means for NACR (interop 1.8). The table is data; a sender's own codes are added by its profile.
 * `V`: read in the source named there; `W` one weak source; `D` domain knowledge.
 */
import type { RecordTypeName, StatusMark } from "../../src/dataset/define.ts";
import type { Dimension } from "./fhir-units.ts";

const SNOMED = "http://snomed.info/sct";
const LOINC = "http://loinc.org";

export interface ObservationItem {
  readonly recordType: Extract<RecordTypeName, "ASSESSMENT" | "INITIATING_EVENT">;
  readonly item: string;
  readonly dimension: Dimension;
  readonly decimals: number;
  readonly snomed: readonly string[];
  readonly loinc: readonly string[];
  readonly status: StatusMark;
}

const measure = (
  item: string,
  dimension: Dimension,
  decimals: number,
  snomed: readonly string[],
  loinc: readonly string[],
  status: StatusMark = "V",
): ObservationItem => ({ recordType: "ASSESSMENT", item, dimension, decimals, snomed, loinc, status });

/** Items with a number. Every code of a row means the same quantity, so the unit alone decides the conversion. */
const OBSERVATION_ITEMS: readonly ObservationItem[] = [
  measure("heightCm", "LENGTH_CM", 1, ["50373000", "1153637007", "248333004"], ["8302-2"]),
  measure("weightKg", "WEIGHT_KG", 1, ["27113001", "363808001", "735395000", "784399000"], ["29463-7"]),
  measure("bmi", "BODY_MASS_INDEX", 1, ["60621009"], ["39156-5"]),
  measure("waistCm", "LENGTH_CM", 1, ["276361009"], ["56115-9", "8280-0"], "W"),
  measure("systolicMmHg", "PRESSURE_MMHG", 0, ["271649006", "72313002", "407554009", "1162737008"], ["8480-6"]),
  measure("diastolicMmHg", "PRESSURE_MMHG", 0, ["271650006", "1091811000000102", "407555005", "1162735000"], ["8462-4"]),
  measure("restingHeartRate", "RATE_PER_MINUTE", 0, ["364075005"], ["8867-4"]),
  measure(
    "totalCholesterol",
    "CHOLESTEROL_MMOL_L",
    2,
    ["1005671000000105", "1106541000000101"],
    ["14647-2", "35200-5", "2093-3"],
  ),
  measure("hdl", "CHOLESTEROL_MMOL_L", 2, ["1005681000000107", "1107681000000108", "1010581000000101"], ["14646-4", "2085-9"]),
  measure(
    "ldl",
    "CHOLESTEROL_MMOL_L",
    2,
    ["1022191000000100", "1108551000000102", "1014501000000104"],
    ["18262-6", "2089-1", "22748-8"],
  ),
  measure(
    "hba1cMmolMol",
    "HBA1C_MMOL_MOL",
    0,
    ["999791000000106", "1049301000000100", "1049321000000109", "1107481000000106", "1019431000000105", "1003671000000109"],
    ["59261-8", "4548-4"],
  ),
  measure("alcoholUnitsPerWeek", "UNITS_PER_WEEK", 0, ["1082641000000106", "1082631000000102", "160573003", "228958009"], []),
  measure("moderateMinutesPerWeek", "MINUTES_PER_WEEK", 0, [], ["77592-4"]),
  measure("vigorousMinutesPerWeek", "MINUTES_PER_WEEK", 0, [], ["77593-2"]),
  measure("hadsAnxiety", "SCORE", 0, ["401319005"], []),
  measure("hadsDepression", "SCORE", 0, ["401320004"], []),
  measure("phq9", "SCORE", 0, [], ["44261-6"], "D"),
  measure("gad7", "SCORE", 0, [], ["70274-6"], "D"),
  measure("sixMinuteWalkMetres", "DISTANCE_M", 0, ["165263003"], ["64098-7"]),
  {
    recordType: "INITIATING_EVENT",
    item: "lvefPercent",
    dimension: "PERCENT",
    decimals: 0,
    snomed: ["250908004"],
    loinc: ["10230-1"],
    status: "D",
  },
];

/** Codes whose units are per week or per day by meaning: taken where the value has no unit of its own. */
export const UNIT_OF_CODE: ReadonlyMap<string, string> = new Map([
  [`${SNOMED}|1082641000000106`, "/wk"],
  [`${SNOMED}|1082631000000102`, "/d"],
  [`${SNOMED}|160573003`, "/wk"],
]);

/** HbA1c codes that name their unit: a value in the other one is kept, by its unit, and warned about. */
export const HBA1C_UNIT_OF_CODE: ReadonlyMap<string, "mmol/mol" | "%"> = new Map([
  [`${SNOMED}|999791000000106`, "mmol/mol"],
  [`${SNOMED}|1049301000000100`, "mmol/mol"],
  [`${SNOMED}|1049321000000109`, "mmol/mol"],
  [`${SNOMED}|1107481000000106`, "mmol/mol"],
  [`${SNOMED}|1019431000000105`, "%"],
  [`${LOINC}|59261-8`, "mmol/mol"],
  [`${LOINC}|4548-4`, "%"],
]);

/**
 * Codes near a measurement that are none: baselines, targets, averages over a day, centiles, ratios, questionnaire scores
 * about the same habit. An Observation that carries one of them is never a value, whatever else it carries.
 */
export const NOT_A_MEASUREMENT: ReadonlySet<string> = new Set(
  [
    ["400967004", "846931000000101", "715456008"],
    ["314440001", "198081000000101", "315612005", "315613000", "716579001", "716632005"],
    ["1107741000000108", "1015681000000109", "1006191000000106", "12021000237106"],
    ["763256006", "442547005", "443315005", "230058003"],
  ].flatMap((group) => group.map((code) => `${SNOMED}|${code}`)),
);

/** Observables whose value is a coded smoking finding. */
export const SMOKING_OBSERVABLES: ReadonlySet<string> = new Set([
  `${LOINC}|72166-2`,
  `${SNOMED}|229819007`,
  `${SNOMED}|365981007`,
]);

const SMOKING_CODES: Readonly<Record<string, readonly string[]>> = {
  NEVER: [`${SNOMED}|266919005`, `${SNOMED}|221000119102`, `${LOINC}|LA18978-9`],
  EX: [
    ...[
      "8517006 53896009 160617001 160620009 160621008 266922007 266923002 266924008 266925009 266928006 281018007 360890004",
      "360900008 449369001 735128000 48031000119106 492191000000103 517211000000106 1092031000000108 1092041000000104",
      "1092071000000105 1092091000000109 1092111000000104",
    ].flatMap((codes) => codes.split(" ").map((code) => `${SNOMED}|${code}`)),
    `${LOINC}|LA15920-4`,
  ],
  CURRENTLY_SMOKING: [
    ...[
      "56578002 56771006 59978006 65568007 77176002 82302008 160603005 160604004 160605003 160606002 160612007 160616005",
      "160619003 230060001 230062009 230063004 230064005 230065006 266929003 308438006 394872000 394873005 446172000 449868002",
      "698289004 203191000000107 428041000124106 428061000124105 428071000124103",
    ].flatMap((codes) => codes.split(" ").map((code) => `${SNOMED}|${code}`)),
    ...["LA18976-3", "LA18977-1", "LA18979-7", "LA18981-3", "LA18982-1"].map((code) => `${LOINC}|${code}`),
  ],
  UNKNOWN: [`${SNOMED}|1098881000000103`, `${SNOMED}|266927001`, `${LOINC}|LA18980-5`],
};

/** Smoking findings, as the value of an observable or as the code itself. 160613002 and 864091000000103 say nothing about status. */
export const SMOKING_BY_FINDING: ReadonlyMap<string, string> = new Map(
  Object.entries(SMOKING_CODES).flatMap(([key, codes]) => codes.map((code) => [code, key] as const)),
);

/** Non-smoker, past unknown: neither Never nor Ex. */
export const NON_SMOKER_FINDINGS: ReadonlySet<string> = new Set([`${SNOMED}|8392000`, `${SNOMED}|405746006`]);

/** Findings that are a statement of no alcohol at all. */
export const TEETOTAL_FINDINGS: ReadonlySet<string> = new Set([`${SNOMED}|105542008`, `${SNOMED}|228274009`]);

const ITEM_BY_NAME = new Map(OBSERVATION_ITEMS.map((item) => [item.item, item] as const));
const ITEM_BY_CODE: ReadonlyMap<string, ObservationItem> = new Map(
  OBSERVATION_ITEMS.flatMap((item) => [
    ...item.snomed.map((code) => [`${SNOMED}|${code}`, item] as const),
    ...item.loinc.map((code) => [`${LOINC}|${code}`, item] as const),
  ]),
);

/** The numeric item of a code; `localCodes` (`system|code` to item name) are the sender's own and win. */
export function lookUpObservationItem(
  codeKey: string,
  localCodes: Readonly<Record<string, string>>,
): ObservationItem | undefined {
  const own = Object.hasOwn(localCodes, codeKey) ? localCodes[codeKey] : undefined;
  return own === undefined ? ITEM_BY_CODE.get(codeKey) : (ITEM_BY_NAME.get(own) ?? toLocalItem(own));
}

/** Items no public code was found for (interop 1.8): shuttle walk, Dartmouth COOP charts, Minnesota, METs. */
function toLocalItem(item: string): ObservationItem | undefined {
  if (item === "iswtMetres") return measure(item, "DISTANCE_M", 0, [], [], "D");
  if (item === "mets") return measure(item, "SCORE", 1, [], [], "D");
  return item === "mlhfq" || item.startsWith("coop") ? measure(item, "SCORE", 0, [], [], "D") : undefined;
}
