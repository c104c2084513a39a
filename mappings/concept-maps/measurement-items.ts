/**
 * The items of the dataset that are measured, with the public codes of each (interop 1.8). The table is data; a sender's own codes are
 * added by its profile (`LocalCodes`). Marks: `V` read in the source named, `W` one weak source, `D` domain knowledge.
 */
import type { RecordTypeName, StatusMark } from "../../src/dataset/define.ts";
import type { Dimension } from "./measurement-units.ts";

/** Where a value goes: an item of the dataset, or a part of one that is computed from several. */
export interface MeasurementTarget {
  readonly recordType: Extract<RecordTypeName, "ASSESSMENT" | "INITIATING_EVENT">;
  /** An item of the record type, or a `MeasurementPart`. */
  readonly item: string;
}

/** Values that are no item by themselves: days a week times minutes a day decide `activity150`. */
export const MEASUREMENT_PARTS = { days: "activityDaysPerWeek", minutes: "activityMinutesPerDay" } as const;
/** Minutes of moderate and vigorous activity together: they decide `activity150`, and are neither of the two items of minutes. */
export const ACTIVITY_MINUTES = "activityMinutesPerWeek";

export interface MeasurementItem extends MeasurementTarget {
  readonly dimension: Dimension;
  /** Decimal places kept. */
  readonly decimals: number;
  /** Decimal places of a value that had to be converted, where they are fewer. */
  readonly convertedDecimals?: number;
  readonly snomed: readonly string[];
  readonly loinc: readonly string[];
  /** IEEE 11073 codes and their reference identifiers, as bedside monitors send them. */
  readonly mdc: readonly string[];
  readonly status: StatusMark;
  /** Where the codes were read. */
  readonly source: string;
}

type Row = Partial<Pick<MeasurementItem, "snomed" | "loinc" | "mdc" | "recordType" | "convertedDecimals">> &
  Pick<MeasurementItem, "dimension" | "decimals" | "source" | "status">;

const measure = (item: string, row: Row): MeasurementItem => ({
  recordType: "ASSESSMENT",
  snomed: [],
  loinc: [],
  mdc: [],
  item,
  ...row,
});

const COOP =
  "physicalFitness feelings dailyActivities socialActivities pain changeInHealth overallHealth socialSupport qualityOfLife"
    .split(" ")
    .map((chart) => `coop${chart.charAt(0).toUpperCase()}${chart.slice(1)}`);

/** Items with a number. Every code of a row means the same quantity, so the unit alone decides the conversion. */
export const MEASUREMENT_ITEMS: readonly MeasurementItem[] = [
  measure("heightCm", {
    dimension: "LENGTH_CM",
    decimals: 1,
    // Body height (1153637007), measure, standing, self reported.
    snomed: ["50373000", "1153637007", "248333004", "1162419008"],
    loinc: ["8302-2", "3137-7", "3138-5", "8308-9"],
    mdc: ["188740", "MDC_LEN_BODY_ACTUAL"],
    status: "V",
    source: "UK Core BodyHeightMeasurements; LOINC 3137-7, 3138-5 (stated), 8308-9 and MDC are D",
  }),
  measure("weightKg", {
    dimension: "WEIGHT_KG",
    decimals: 1,
    // Body weight, measure, current, self reported, without and with shoes.
    snomed: ["27113001", "363808001", "735395000", "784399000", "425024002", "424927000"],
    loinc: ["29463-7", "3141-9", "3142-7", "8350-1", "8351-9"],
    mdc: ["188736", "MDC_MASS_BODY_ACTUAL"],
    status: "V",
    source:
      "UK Core BodyWeightMeasurements; LOINC 3141-9, 3142-7 (stated), 8350-1, 8351-9 (with and without clothes) and MDC are D",
  }),
  measure("bmi", {
    dimension: "BODY_MASS_INDEX",
    decimals: 1,
    snomed: ["60621009"],
    loinc: ["39156-5"],
    mdc: ["188752", "MDC_RATIO_MASS_BODY_LEN_SQ"],
    status: "V",
    source: "UK Core BMI; MDC is D",
  }),
  measure("waistCm", {
    dimension: "LENGTH_CM",
    decimals: 1,
    snomed: ["276361009"],
    loinc: ["56115-9", "8280-0", "56086-2"],
    status: "W",
    source: "NHS Health Check; LOINC from one weak source, 56086-2 is D",
  }),
  measure("systolicMmHg", {
    dimension: "PRESSURE_MMHG",
    decimals: 0,
    // Plain, arterial, sitting, self reported, on examination, non-invasive arterial.
    snomed: ["271649006", "72313002", "407554009", "1162737008", "163030003", "251070002"],
    loinc: ["8480-6", "8459-0", "76534-7"],
    mdc: ["150021", "MDC_PRESS_BLD_NONINV_SYS"],
    status: "V",
    source: "UK Core BloodPressure-Systolic, GP Connect; LOINC 8459-0, 76534-7 and MDC are D",
  }),
  measure("diastolicMmHg", {
    dimension: "PRESSURE_MMHG",
    decimals: 0,
    snomed: ["271650006", "1091811000000102", "407555005", "1162735000", "163031004", "174255007"],
    loinc: ["8462-4", "8453-3", "76535-4"],
    mdc: ["150022", "MDC_PRESS_BLD_NONINV_DIA"],
    status: "V",
    source: "UK Core BloodPressure-Diastolic, GP Connect; LOINC 8453-3, 76535-4 and MDC are D",
  }),
  measure("restingHeartRate", {
    dimension: "RATE_PER_MINUTE",
    decimals: 0,
    // Heart rate, resting, pulse rate, radial pulse rate, at the apex.
    snomed: ["364075005", "444981005", "78564009", "843941000000100", "1089491000000108"],
    loinc: ["8867-4", "40443-4", "69000-8", "8889-8", "8893-0", "76282-3"],
    mdc: ["149546", "MDC_PULS_RATE_NON_INV", "149530", "MDC_PULS_OXIM_PULS_RATE", "147842", "MDC_ECG_HEART_RATE"],
    status: "V",
    source:
      "UK Core HeartRate; that a pulse not called resting was taken at rest is I; LOINC 69000-8, 8889-8, 8893-0, 76282-3 and MDC are D",
  }),
  measure("totalCholesterol", {
    dimension: "CHOLESTEROL_MMOL_L",
    decimals: 2,
    // Serum and plasma, total and not named so, level and substance concentration.
    snomed: [
      ..."1005671000000105 1106541000000101 994351000000103 1017161000000104 1083761000000106 1106531000000105 850981000000101".split(
        " ",
      ),
      ..."853681000000104 412808005".split(" "),
    ],
    loinc: ["14647-2", "35200-5", "2093-3"],
    status: "V",
    source: "gm-idcr, NHS pathology, NHS Health Check, BHFDSC (CCU008 and its list of cholesterol codes)",
  }),
  measure("hdl", {
    dimension: "CHOLESTEROL_MMOL_L",
    decimals: 2,
    // Serum and plasma, fasting and random, level and substance concentration.
    snomed: [
      ..."1005681000000107 1107681000000108 1010581000000101 1026461000000104 1026451000000102 1028831000000106".split(" "),
      ..."1028841000000102 1107661000000104".split(" "),
    ],
    loinc: ["14646-4", "2085-9"],
    status: "V",
    source: "gm-idcr, NHS pathology, BHFDSC; AU Core, HL7 Lithuania (14646-4)",
  }),
  measure("ldl", {
    dimension: "CHOLESTEROL_MMOL_L",
    decimals: 2,
    snomed: [
      ..."1022191000000100 1108551000000102 1014501000000104 1010591000000104 1026471000000106 1026481000000108".split(" "),
      ..."1028851000000104 1028861000000101 1108541000000100".split(" "),
    ],
    loinc: ["18262-6", "2089-1", "22748-8", "13457-7", "39469-2", "69419-0", "96258-9", "35198-1"],
    status: "V",
    source:
      "gm-idcr, NHS pathology, BHFDSC (CCU008); AU Core, HL7 Lithuania (22748-8, 39469-2, 69419-0, 96258-9); 13457-7 is D, 35198-1 is W",
  }),
  measure("hba1cMmolMol", {
    dimension: "HBA1C_MMOL_MOL",
    decimals: 1,
    convertedDecimals: 0,
    snomed: [
      "999791000000106",
      "1049301000000100",
      "1049321000000109",
      "1107481000000106",
      "1019431000000105",
      "1003671000000109",
    ],
    loinc: ["59261-8", "4548-4", "17856-6"],
    status: "V",
    source: "gm-idcr, NHS pathology; LOINC 59261-8 is W, 17856-6 is D",
  }),
  measure("alcoholUnitsPerWeek", {
    dimension: "UNITS_PER_WEEK",
    decimals: 0,
    snomed: ["1082641000000106", "1082631000000102", "160573003", "228958009", "228957004"],
    status: "V",
    source: "UK Core AlcoholConsumption, GP2GP; 228957004 (units a day) is W",
  }),
  measure("moderateMinutesPerWeek", {
    dimension: "MINUTES_PER_WEEK",
    decimals: 0,
    loinc: ["77592-4"],
    status: "V",
    source: "NHS Frameworks plan",
  }),
  measure("vigorousMinutesPerWeek", {
    dimension: "MINUTES_PER_WEEK",
    decimals: 0,
    loinc: ["77593-2"],
    status: "V",
    source: "NHS Frameworks plan",
  }),
  measure(ACTIVITY_MINUTES, {
    dimension: "MINUTES_PER_WEEK",
    decimals: 0,
    loinc: ["82290-8"],
    status: "V",
    source: "HL7 Physical Activity guide, Exercise Vital Sign",
  }),
  measure(MEASUREMENT_PARTS.days, {
    dimension: "DAYS_PER_WEEK",
    // An average of days is not rounded before it is multiplied.
    decimals: 1,
    loinc: ["89555-7", "68515-6"],
    status: "V",
    source: "HL7 Physical Activity guide; 68515-6 is D",
  }),
  measure(MEASUREMENT_PARTS.minutes, {
    dimension: "MINUTES_PER_DAY",
    decimals: 0,
    loinc: ["68516-4"],
    status: "V",
    source: "NHS ClinicalObservations, HL7 Physical Activity guide",
  }),
  measure("hadsAnxiety", { dimension: "SCORE", decimals: 0, snomed: ["401319005"], status: "V", source: "opencodecounts" }),
  measure("hadsDepression", { dimension: "SCORE", decimals: 0, snomed: ["401320004"], status: "V", source: "opencodecounts" }),
  measure("phq9", {
    dimension: "SCORE",
    decimals: 0,
    snomed: ["720433000"],
    loinc: ["44261-6"],
    status: "V",
    source: "opencodecounts; LOINC is D",
  }),
  measure("gad7", {
    dimension: "SCORE",
    decimals: 0,
    snomed: ["445455005"],
    loinc: ["70274-6"],
    status: "V",
    source: "opencodecounts; LOINC PHQ panels",
  }),
  measure("sixMinuteWalkMetres", {
    dimension: "DISTANCE_M",
    decimals: 0,
    snomed: ["1144649008", "165263003", "252478000"],
    loinc: ["64098-7"],
    status: "V",
    source: "Danish KL guide, both versions; 252478000 (the test) is W and counts with a distance only",
  }),
  measure("lvefPercent", {
    recordType: "INITIATING_EVENT",
    dimension: "PERCENT",
    decimals: 0,
    snomed: ["250908004"],
    loinc: ["10230-1", "8806-2", "18043-0", "8808-8", "8810-4", "8811-2"],
    status: "V",
    source: "Synthea; DICOM context groups 12202, 3467, 3833 (by ultrasound, angiography, CT, MR); SNOMED CT and 8806-2 are D",
  }),
  // No public code was found for these (interop 1.8): they are reached by local codes and questionnaires only.
  measure("iswtMetres", { dimension: "DISTANCE_M", decimals: 0, status: "R", source: "no public code found" }),
  measure("mets", { dimension: "METABOLIC_EQUIVALENT", decimals: 1, status: "R", source: "no public code found" }),
  measure("mlhfq", { dimension: "SCORE", decimals: 0, status: "R", source: "no public code found" }),
  ...COOP.map((item) => measure(item, { dimension: "SCORE", decimals: 0, status: "R", source: "no public code found" })),
];
