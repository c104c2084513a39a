/**
 * The measures by which a programme's outcomes and a patient's progress are shown: which way is better, what a value means, from where a
 * change is one that a patient notices. Items of an assessment, by the dictionary's names.
 */

export interface Band {
  /** The first value above the band; null: it has no end. */
  readonly below: number | null;
  readonly label: string;
}

export interface OutcomeMeasure {
  readonly item: string;
  readonly better: "LOWER" | "HIGHER";
  /** The smallest change that matters to a patient, in the item's unit; null: none was found. */
  readonly meaningful: number | null;
  /** In rising order; empty: a value means nothing by itself. */
  readonly bands: readonly Band[];
  /** Of a coded item: codes that count as yes. Null: it is a number. */
  readonly yes: readonly string[] | null;
  readonly source: string;
}

const HADS: readonly Band[] = [
  { below: 8, label: "normal" },
  { below: 11, label: "borderline" },
  { below: null, label: "case" },
];

const number = (
  item: string,
  better: OutcomeMeasure["better"],
  more: Partial<Pick<OutcomeMeasure, "meaningful" | "bands">> & Pick<OutcomeMeasure, "source">,
): OutcomeMeasure => ({ item, better, meaningful: null, bands: [], yes: null, ...more });

const coded = (
  item: string,
  better: OutcomeMeasure["better"],
  { yes, source }: { readonly yes: readonly string[]; readonly source: string },
): OutcomeMeasure => ({ item, better, meaningful: null, bands: [], yes, source });

export const OUTCOME_MEASURES: readonly OutcomeMeasure[] = [
  number("hadsAnxiety", "LOWER", { meaningful: 1.7, bands: HADS, source: "bands [HADS]; change Lemay 2019" }),
  number("hadsDepression", "LOWER", { meaningful: 1.7, bands: HADS, source: "bands [HADS]; change Lemay 2019" }),
  number("phq9", "LOWER", {
    meaningful: 5,
    bands: [
      { below: 5, label: "minimal" },
      { below: 10, label: "mild" },
      { below: 15, label: "moderate" },
      { below: 20, label: "moderately severe" },
      { below: null, label: "severe" },
    ],
    source: "Kroenke 2001",
  }),
  number("gad7", "LOWER", {
    meaningful: 4,
    bands: [
      { below: 5, label: "minimal" },
      { below: 10, label: "mild" },
      { below: 15, label: "moderate" },
      { below: null, label: "severe" },
    ],
    source: "bands Spitzer 2006; change Toussaint 2020",
  }),
  coded("activity150", "HIGHER", { yes: ["YES"], source: "[FELL]" }),
  number("iswtMetres", "HIGHER", { meaningful: 70, source: "Houchen-Wolloff 2015" }),
  number("sixMinuteWalkMetres", "HIGHER", { meaningful: 25, source: "Gremeaux 2011" }),
  number("bmi", "LOWER", {
    bands: [
      { below: 18.5, label: "underweight" },
      { below: 25, label: "healthy weight" },
      { below: 30, label: "overweight" },
      { below: null, label: "obese" },
    ],
    source: "World Health Organization bands",
  }),
  number("systolicMmHg", "LOWER", {
    bands: [
      { below: 140, label: "below 140" },
      { below: null, label: "raised" },
    ],
    source: "NICE NG136",
  }),
  number("diastolicMmHg", "LOWER", {
    bands: [
      { below: 90, label: "below 90" },
      { below: null, label: "raised" },
    ],
    source: "NICE NG136",
  }),
  coded("smokingStatus", "LOWER", { yes: ["CURRENTLY_SMOKING"], source: "[MDS]" }),
];

/** Null: the measure has no bands. */
export const bandOf = ({ bands }: OutcomeMeasure, value: number): string | null =>
  bands.find(({ below }) => below === null || value < below)?.label ?? null;
