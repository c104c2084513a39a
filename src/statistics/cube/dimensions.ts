/**
 * The declared dimensions of the published cube and their categories, as data (assurance.md 4.3.2). One definition: coding, tables, the
 * attacker, look-ups and documentation follow from it.
 *
 * What is not known of a journey (its sex, age, mode or quintile) is no category: such a journey is counted in the tables without the
 * dimension. So the categories may add up to less than their total; the attacker is given the difference exactly (relations.ts).
 */

import { ETHNIC_GROUPS, EVENT_GROUPS, STAGES, TREATMENT_GROUPS } from "../../national/national-groups.ts";
import type { AssessmentValues, JourneyValues } from "../../national/to-national-rows.ts";
import type { CutJourney } from "../cut-journey.ts";
import { CHANGES, OUTCOMES } from "./outcome-change.ts";

export interface Category {
  readonly key: string;
  readonly label: string;
}
/** Several categories in one, declared. Published in its own right, never added up from published figures. */
export interface RollUp extends Category {
  readonly of: readonly string[];
}
export interface Dimension {
  readonly key: string;
  readonly label: string;
  readonly categories: readonly Category[];
  readonly rollUps: readonly RollUp[];
  /** Of a journey, null: not known. */
  readonly categoryOf: (journey: CutJourney) => string | null;
}

const toLabel = (key: string): string => `${key.charAt(0)}${key.slice(1).toLowerCase().replaceAll("_", " ")}`;
const fromKeys = (keys: readonly string[], labels: Readonly<Record<string, string>> = {}): readonly Category[] =>
  keys.map((key) => ({ key, label: labels[key] ?? toLabel(key) }));

/** Below the first, from each to the next, from the last on: six bands of ten years. */
const AGE_BOUNDS = [45, 55, 65, 75, 85] as const;
const AGE_KEYS = [
  `UNDER_${AGE_BOUNDS[0]}`,
  ...AGE_BOUNDS.map((from, index) => {
    const next = AGE_BOUNDS[index + 1];
    return next === undefined ? `FROM_${from}` : `FROM_${from}_TO_${next - 1}`;
  }),
];
const ageKey = (age: number | null): string | null =>
  age === null ? null : (AGE_KEYS[AGE_BOUNDS.filter((bound) => age >= bound).length] ?? null);

/** A journey with several treatments counts for the first of these it had: the more invasive one shapes the rehabilitation. */
const TREATMENT_PRECEDENCE = ["CABG", "VALVE", "PCI", "DEVICE"] as const;
const treatmentOf = ({ treatmentGroups }: JourneyValues): string =>
  TREATMENT_PRECEDENCE.find((group) => treatmentGroups.includes(group)) ?? "NONE_OR_OTHER";

const MODES = ["GROUP_SUPERVISED", "HOME_BASED", "SELF_MANAGED_FACILITATED", "OTHER_MODE"] as const;
const modeOf = ({ deliveryMode }: JourneyValues): string | null => {
  if (deliveryMode === null || deliveryMode === "UNKNOWN") return null;
  return MODES.find((mode) => mode === deliveryMode) ?? "OTHER_MODE";
};

const QUINTILES = [1, 2, 3, 4, 5].map((quintile) => `IMD_${quintile}`);
const QUARTERS = ["Q1", "Q2", "Q3", "Q4"] as const;
/** Of the audit year, which begins in April. */
const quarterOf = ({ eventMonth }: JourneyValues): string | null =>
  QUARTERS[Math.floor(((Number(eventMonth.slice(5, 7)) + 8) % 12) / 3)] ?? null;

const assessment = (number: number): Dimension => ({
  key: `assessment${number}`,
  label: `Assessment ${number}`,
  categories: [
    { key: "YES", label: "Done" },
    { key: "NO", label: "Not done" },
  ],
  rollUps: [],
  categoryOf: ({ assessments }) => (assessments.some((one) => one.number === number) ? "YES" : "NO"),
});

const outcome = ([key, { label, judge }]: readonly [string, (typeof OUTCOMES)[keyof typeof OUTCOMES]]): Dimension => ({
  key,
  label,
  categories: fromKeys(CHANGES),
  // What improvement is a share of.
  rollUps: [{ key: "MEASURED", label: "Measured at both", of: CHANGES.filter((change) => change !== "NOT_MEASURED") }],
  categoryOf: ({ assessments }) => {
    const of = (number: number): AssessmentValues | undefined => assessments.find((one) => one.number === number);
    const [before, after] = [of(1), of(2)];
    return before === undefined || after === undefined ? "NOT_MEASURED" : judge(before, after);
  },
});

/** The categories of dimensions.ts, in declared order: it is the order of every table and of every answer. */
export const DIMENSIONS: readonly Dimension[] = [
  {
    key: "sex",
    label: "Sex",
    categories: fromKeys(["MALE", "FEMALE"]),
    rollUps: [],
    categoryOf: ({ row }) => row.gender,
  },
  {
    key: "age",
    label: "Age in the year of the event",
    categories: fromKeys(AGE_KEYS),
    rollUps: [],
    categoryOf: ({ row }) => ageKey(row.age),
  },
  {
    key: "ethnicGroup",
    label: "Ethnic group",
    categories: fromKeys(ETHNIC_GROUPS),
    rollUps: [],
    categoryOf: ({ row }) => row.ethnicGroup ?? "NOT_STATED",
  },
  {
    key: "eventGroup",
    label: "Initiating event",
    categories: fromKeys(EVENT_GROUPS, { MI: "Myocardial infarction" }),
    rollUps: [],
    categoryOf: ({ row }) => row.eventGroup,
  },
  {
    key: "treatment",
    label: "Treatment",
    categories: fromKeys(TREATMENT_GROUPS, { PCI: "PCI", CABG: "CABG" }),
    rollUps: [],
    categoryOf: ({ row }) => treatmentOf(row),
  },
  { key: "mode", label: "Mode of delivery", categories: fromKeys(MODES), rollUps: [], categoryOf: ({ row }) => modeOf(row) },
  {
    key: "imdQuintile",
    label: "Deprivation quintile, 1 the most deprived",
    categories: fromKeys(QUINTILES, Object.fromEntries(QUINTILES.map((key) => [key, `Quintile ${key.slice(-1)}`]))),
    rollUps: [],
    categoryOf: ({ row }) => (row.imdQuintile === null ? null : `IMD_${row.imdQuintile}`),
  },
  {
    key: "quarter",
    label: "Quarter of the audit year, of the event",
    categories: fromKeys(QUARTERS),
    rollUps: [],
    categoryOf: ({ row }) => quarterOf(row),
  },
  {
    key: "stage",
    label: "Stage reached",
    categories: fromKeys(STAGES),
    rollUps: [
      { key: "STARTED", label: "Started", of: ["STARTED_NOT_COMPLETED", "COMPLETED"] },
      { key: "REFERRED", label: "Referred", of: [...STAGES] },
    ],
    // A programme that no register knows is none: the journey is unassigned, whatever its rehabilitation says.
    categoryOf: ({ row }) => (row.programme === null ? null : (row.stage ?? "REFERRED_ONLY")),
  },
  ...[1, 2, 3].map(assessment),
  ...Object.entries(OUTCOMES).map(outcome),
];

/** Published entries of a dimension: its categories, then its roll-ups. */
export const entriesOf = ({ categories, rollUps }: Pick<Dimension, "categories" | "rollUps">): readonly Category[] => [
  ...categories,
  ...rollUps,
];

const INDEX_OF = new Map(DIMENSIONS.map(({ key }, index) => [key, index]));
/** @throws Error: only declared dimensions have an index */
export function dimensionIndex(key: string): number {
  const index = INDEX_OF.get(key);
  if (index === undefined) throw new Error("No such dimension");
  return index;
}
/** @returns -1 for what is not declared */
export const entryIndex = (dimension: number, key: string): number => {
  const declared = DIMENSIONS[dimension];
  return declared === undefined ? -1 : entriesOf(declared).findIndex((entry) => entry.key === key);
};
/** Codes of the categories that an entry counts: itself, or those of the roll-up. */
export function membersOf(dimension: number, entry: number): readonly number[] {
  const { categories = [], rollUps = [] } = DIMENSIONS[dimension] ?? {};
  const rollUp = rollUps[entry - categories.length];
  return rollUp === undefined ? [entry] : categories.flatMap(({ key }, code) => (rollUp.of.includes(key) ? [code] : []));
}

/** Where a figure is of, from wide to narrow. `UNITED_KINGDOM` is no dimension: it is the table without a place. */
export const LEVELS = ["UNITED_KINGDOM", "nation", "region", "trust", "programme"] as const;
export type Level = (typeof LEVELS)[number];
export const PLACE_LABELS: Readonly<Record<Level, string>> = {
  UNITED_KINGDOM: "United Kingdom",
  nation: "Nation",
  region: "Region",
  trust: "Trust",
  programme: "Programme",
};
/** A figure of a trust or a programme is about an organisation: stricter rules, and it knows its own patients. */
export const isOrganisation = (level: Level): boolean => level === "trust" || level === "programme";
