/** Which tables the cube publishes and which measures name its cells, as data (assurance.md 4.3.2). */
import { DIMENSIONS, LEVELS, type Level } from "./dimensions.ts";
import { OUTCOMES } from "./outcome-change.ts";

/** Grows with every change of dimensions, tables or rules: cubes of two versions are not compared. */
export const DECLARATION_VERSION = 2;

/** Dimensions in declared order. */
export interface TableDeclaration {
  readonly level: Level;
  readonly dimensions: readonly string[];
}

const CORE = ["sex", "age", "ethnicGroup", "eventGroup", "imdQuintile", "stage"] as const;
/** A table has at most one of them. */
const SINGLES = ["quarter", "mode", "treatment"] as const;
const OF_PROGRAMMES = ["sex", "age", "eventGroup", "quarter", "stage"] as const;
/** Each with those below only: with the others they would double the cube. Who has not started has no outcome, so not with the stage either. */
const FOLLOW_UP = ["assessment1", "assessment2", "assessment3", ...Object.keys(OUTCOMES)] as const;

/** Who has not started has no mode: these cells are nobody by definition, which no rule can hide. */
const IMPOSSIBLE_TOGETHER = ["mode", "stage"] as const;

/** Dimensions beside the place. */
const MOST: Readonly<Record<Level, number>> = { UNITED_KINGDOM: 3, nation: 2, region: 2, trust: 1, programme: 2 };

const subsets = (keys: readonly string[], most: number): readonly (readonly string[])[] =>
  most === 0
    ? [[]]
    : [[], ...keys.flatMap((key, index) => subsets(keys.slice(index + 1), most - 1).map((rest) => [key, ...rest] as const))];

const ORDER = new Map(DIMENSIONS.map(({ key }, index) => [key, index]));
export const inDeclaredOrder = (keys: readonly string[]): readonly string[] =>
  keys.toSorted((a, b) => (ORDER.get(a) ?? 0) - (ORDER.get(b) ?? 0));

function setsOf(level: Level): readonly (readonly string[])[] {
  const most = MOST[level];
  if (level === "programme") return [...subsets(OF_PROGRAMMES, most), ...FOLLOW_UP.map((key) => [key])];
  const withOne = (ones: readonly string[], others: readonly string[]): readonly (readonly string[])[] =>
    ones.flatMap((key) => subsets(others, most - 1).map((rest) => [key, ...rest]));
  const withoutStage = CORE.filter((key) => key !== "stage");
  return [
    ...subsets(CORE, most),
    ...withOne(SINGLES, CORE).filter((keys) => !IMPOSSIBLE_TOGETHER.every((key) => keys.includes(key))),
    ...withOne(FOLLOW_UP, withoutStage),
  ];
}

/** In a fixed order: wide places first, few dimensions first. */
export const TABLES: readonly TableDeclaration[] = LEVELS.flatMap((level) =>
  setsOf(level)
    .map((keys) => ({ level, dimensions: inDeclaredOrder(keys) }))
    .toSorted((a, b) => a.dimensions.length - b.dimensions.length),
);

export const tableKey = ({ level, dimensions }: TableDeclaration): string => [level, ...dimensions].join(" ");

/** An entry of a dimension that a measure itself says. */
export interface MeasuredEntry {
  readonly dimension: string;
  readonly key: string;
}
/** A measure counts journeys: all, or those of one entry of a dimension. */
export interface CountMeasure {
  readonly key: string;
  readonly label: string;
  readonly entry: MeasuredEntry | null;
}
const count = (key: string, label: string, dimension: string, entry: string): CountMeasure => ({
  key,
  label,
  entry: { dimension, key: entry },
});

export const COUNT_MEASURES: readonly CountMeasure[] = [
  { key: "JOURNEYS", label: "Journeys", entry: null },
  count("REFERRED", "Patients referred", "stage", "REFERRED"),
  count("STARTED", "Patients started", "stage", "STARTED"),
  count("COMPLETED", "Patients completed", "stage", "COMPLETED"),
  ...[1, 2, 3].map((n) => count(`WITH_ASSESSMENT_${n}`, `Patients with assessment ${n}`, `assessment${n}`, "YES")),
];

/** A median in days of the journeys of a cell for which it is known, published beside the count measure `of`. */
export interface MedianMeasure {
  readonly key: string;
  readonly label: string;
  readonly item: "referralWaitDays" | "startWaitDays" | "durationDays";
  readonly of: string;
}
export const MEDIAN_MEASURES: readonly MedianMeasure[] = [
  { key: "MEDIAN_REFERRAL_WAIT", label: "Median days from event to referral", item: "referralWaitDays", of: "REFERRED" },
  { key: "MEDIAN_START_WAIT", label: "Median days from referral to start", item: "startWaitDays", of: "STARTED" },
  { key: "MEDIAN_DURATION", label: "Median days of the programme", item: "durationDays", of: "COMPLETED" },
];
/** One published count as a whole percent of another by the same dimensions: calculated from two figures of the cube, never counted. */
export interface PercentMeasure {
  readonly key: string;
  readonly label: string;
  readonly part: MeasuredEntry;
  readonly whole: MeasuredEntry;
}
const STARTED: MeasuredEntry = { dimension: "stage", key: "STARTED" };

/** As measures are called, in place of the dimensions' keys. */
const OUTCOME_NAMES: Readonly<Record<keyof typeof OUTCOMES, string>> = {
  hadsAnxiety: "HADS_ANXIETY",
  hadsDepression: "HADS_DEPRESSION",
  activity150: "ACTIVITY",
  iswt: "SHUTTLE_WALK",
  sixMinuteWalk: "SIX_MINUTE_WALK",
  bmi: "BMI",
  systolic: "BLOOD_PRESSURE",
  smoking: "SMOKING",
};

export const PERCENT_MEASURES: readonly PercentMeasure[] = [
  {
    key: "PERCENT_STARTED",
    label: "Percent of patients referred who started",
    part: STARTED,
    whole: { dimension: "stage", key: "REFERRED" },
  },
  {
    key: "PERCENT_COMPLETED",
    label: "Percent of patients started who completed",
    part: { dimension: "stage", key: "COMPLETED" },
    whole: STARTED,
  },
  ...[1, 2, 3].map((n) => ({
    key: `PERCENT_WITH_ASSESSMENT_${n}`,
    label: `Patients with assessment ${n} as percent of patients started`,
    part: { dimension: `assessment${n}`, key: "YES" },
    whole: STARTED,
  })),
  ...Object.entries(OUTCOME_NAMES).map(([dimension, name]) => ({
    key: `PERCENT_IMPROVED_${name}`,
    label: `${DIMENSIONS.find(({ key }) => key === dimension)?.label}: percent improved of those measured at both assessments`,
    part: { dimension, key: "IMPROVED" },
    whole: { dimension, key: "MEASURED" },
  })),
];

export const MEASURE_UNITS = ["JOURNEYS", "DAYS", "PERCENT"] as const;
export interface Measure {
  readonly key: string;
  readonly label: string;
  readonly unit: (typeof MEASURE_UNITS)[number];
}
/** All that can be asked, in declared order. */
export const MEASURES: readonly Measure[] = [
  ...COUNT_MEASURES.map(({ key, label }) => ({ key, label, unit: "JOURNEYS" as const })),
  ...MEDIAN_MEASURES.map(({ key, label }) => ({ key, label, unit: "DAYS" as const })),
  ...PERCENT_MEASURES.map(({ key, label }) => ({ key, label, unit: "PERCENT" as const })),
];

/** Days that cannot be right say nothing (dataset.md 6: negative or over a year is left out). */
export const MEDIAN_DAYS = { min: 0, max: 365 } as const;
