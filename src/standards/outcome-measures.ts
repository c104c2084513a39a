/**
 * The measures by which a programme's outcomes, a patient's progress and the published cube are shown: which way is better, what a value
 * means by itself, from where a change counts as one. Items of an assessment, by the dictionary's names. Marks are those of the dictionary:
 * `S` somebody else's figure, with where it stands; `I` the gateway's own choice.
 */
import type { Provenance } from "../dataset/define.ts";

export interface Band {
  /** The first value above the band; null: it has no end. */
  readonly below: number | null;
  readonly label: string;
}

export interface OutcomeMeasure {
  readonly item: string;
  readonly better: "LOWER" | "HIGHER";
  /** The smallest change that counts as one, in the item's unit; null: none is known. */
  readonly least: (Provenance & { readonly value: number }) | null;
  /** In rising order; null: a value means nothing by itself. */
  readonly bands: (Provenance & { readonly list: readonly Band[] }) | null;
  /** Of a coded item: codes that count as yes. Null: it is a number. */
  readonly yes: (Provenance & { readonly codes: readonly string[] }) | null;
}

/** The word of the lists behind coded measures for what nobody knows; it is neither yes nor no. */
export const NOT_KNOWN = "UNKNOWN";

const bands = (provenance: Provenance, ends: readonly (readonly [below: number, label: string])[], last: string) => ({
  ...provenance,
  list: [...ends.map(([below, label]) => ({ below, label })), { below: null, label: last }],
});

const HADS = {
  better: "LOWER",
  least: {
    value: 2,
    status: "S",
    source:
      "minimal clinically important difference 1.7 in cardiac rehabilitation; scores are whole (Lemay et al., J Cardiopulm Rehabil Prev 2019;39:E6)",
  },
  bands: bands(
    { status: "S", source: "[HADS]" },
    [
      [8, "normal"],
      [11, "borderline"],
    ],
    "case",
  ),
  yes: null,
} as const;

const NICE: Provenance = { status: "S", source: "clinic targets of NICE NG136, below 80 years" };

const MEASURES = [
  { item: "hadsAnxiety", ...HADS },
  { item: "hadsDepression", ...HADS },
  {
    item: "phq9",
    better: "LOWER",
    least: {
      value: 5,
      status: "S",
      source: "minimal clinically important difference of one person (Löwe et al., Med Care 2004;42:1194)",
    },
    bands: bands(
      { status: "S", source: "Kroenke et al., J Gen Intern Med 2001;16:606" },
      [
        [5, "minimal"],
        [10, "mild"],
        [15, "moderate"],
        [20, "moderately severe"],
      ],
      "severe",
    ),
    yes: null,
  },
  {
    item: "gad7",
    better: "LOWER",
    least: {
      value: 4,
      status: "S",
      source: "minimal clinically important difference (Toussaint et al., J Affect Disord 2020;265:395)",
    },
    bands: bands(
      { status: "S", source: "Spitzer et al., Arch Intern Med 2006;166:1092" },
      [
        [5, "minimal"],
        [10, "mild"],
        [15, "moderate"],
      ],
      "severe",
    ),
    yes: null,
  },
  {
    item: "activity150",
    better: "HIGHER",
    least: null,
    bands: null,
    yes: { codes: ["YES"], status: "S", source: "[FELL] 150 minutes of moderate activity a week, patient-reported" },
  },
  {
    item: "iswtMetres",
    better: "HIGHER",
    least: {
      value: 70,
      status: "S",
      source:
        "minimum clinically important improvement after cardiac rehabilitation (Houchen-Wolloff et al., Eur J Prev Cardiol 2015;22:972)",
    },
    bands: null,
    yes: null,
  },
  {
    item: "sixMinuteWalkMetres",
    better: "HIGHER",
    least: {
      value: 25,
      status: "S",
      source:
        "minimal clinically important difference after acute coronary syndrome (Gremeaux et al., Arch Phys Med Rehabil 2011;92:611)",
    },
    bands: null,
    yes: null,
  },
  {
    item: "bmi",
    better: "LOWER",
    least: {
      value: 1,
      status: "I",
      source:
        "about 3 % of the weight at a BMI of 30, which a study of cardiac rehabilitation counts as loss (Am J Cardiol 2022, S0002-9149(22)00580-X)",
    },
    bands: bands(
      { status: "S", source: "World Health Organization, Technical Report 894" },
      [
        [18.5, "underweight"],
        [25, "healthy weight"],
        [30, "overweight"],
      ],
      "obese",
    ),
    yes: null,
  },
  {
    item: "systolicMmHg",
    better: "LOWER",
    least: {
      value: 5,
      status: "S",
      source: "5 mmHg less means a tenth fewer major events, with and without earlier disease (BPLTTC, Lancet 2021;397:1625)",
    },
    bands: bands(NICE, [[140, "below 140"]], "raised"),
    yes: null,
  },
  { item: "diastolicMmHg", better: "LOWER", least: null, bands: bands(NICE, [[90, "below 90"]], "raised"), yes: null },
  {
    item: "smokingStatus",
    better: "LOWER",
    least: null,
    bands: null,
    yes: { codes: ["CURRENTLY_SMOKING"], status: "I", source: "[MDS] has the item; any other status counts as not smoking" },
  },
] as const satisfies readonly OutcomeMeasure[];

export type OutcomeItem = (typeof MEASURES)[number]["item"];

/** In the order in which they are shown. */
export const OUTCOME_MEASURES: readonly (OutcomeMeasure & { readonly item: OutcomeItem })[] = MEASURES;

/** Null: the measure has no bands. */
export const bandOf = ({ bands: known }: OutcomeMeasure, value: number): string | null =>
  known?.list.find(({ below }) => below === null || value < below)?.label ?? null;

/** What is compared and counted: a number as it is, of a coded item 1 and 0, so that a mean is a share. Null: nothing is known. */
export function scoreOf({ yes }: OutcomeMeasure, value: string | number | null): number | null {
  if (value === null || typeof value === "number") return value;
  return yes === null || value === NOT_KNOWN ? null : Number(yes.codes.includes(value));
}

/** How far a change went the better way: positive better, negative worse, 0 too little to count. Of a coded item reached or lost. */
export function gainOf({ better, least }: OutcomeMeasure, change: number): number {
  const gain = better === "HIGHER" ? change : -change;
  return Math.abs(gain) < (least?.value ?? Number.MIN_VALUE) ? 0 : gain;
}

/** @throws Error for an item that is no measure: a mistake in the code */
export function outcomeMeasure(item: OutcomeItem): OutcomeMeasure {
  const found = OUTCOME_MEASURES.find((measure) => measure.item === item);
  if (found === undefined) throw new Error(`${item} is no outcome measure`);
  return found;
}
