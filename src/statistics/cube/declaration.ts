/** Which tables the cube publishes and which measures name its cells, as data (assurance.md 4.3.2). */
import { DIMENSIONS, LEVELS, type Level } from "./dimensions.ts";
import { OUTCOMES } from "./outcome-change.ts";

/** Grows with every change of dimensions, tables or rules: cubes of two versions are not compared. */
export const DECLARATION_VERSION = 1;

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

/** A measure counts journeys: all, or those of one entry of a dimension. */
export interface CountMeasure {
  readonly key: string;
  readonly label: string;
  readonly entry: { readonly dimension: string; readonly key: string } | null;
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
/** Days that cannot be right say nothing (dataset.md 6: negative or over a year is left out). */
export const MEDIAN_DAYS = { min: 0, max: 365 } as const;
