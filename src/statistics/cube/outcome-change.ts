/**
 * Improved, same or worse, from assessment 1 to assessment 2, by declared cut points: what an analyst asks for is this, never a score
 * (assurance.md 4.3.0). Status as in the dictionary: `S` has a source, `I` is our decision.
 */
import type { AssessmentValues } from "../../national/to-national-rows.ts";

export const CHANGES = ["IMPROVED", "SAME", "WORSE", "NOT_MEASURED"] as const;
export type Change = (typeof CHANGES)[number];

interface Outcome {
  readonly label: string;
  readonly status: "S" | "I";
  readonly source: string;
  readonly judge: (before: AssessmentValues, after: AssessmentValues) => Change;
}

type NumberItem = "hadsAnxiety" | "hadsDepression" | "iswtMetres" | "sixMinuteWalkMetres" | "bmi" | "systolicMmHg";

/** @param least smallest difference that counts, in the item's unit */
const byDifference =
  (item: NumberItem, better: "HIGHER" | "LOWER", least: number): Outcome["judge"] =>
  (before, after) => {
    const [from, to] = [before[item], after[item]];
    if (from === null || to === null) return "NOT_MEASURED";
    const gain = better === "HIGHER" ? to - from : from - to;
    if (gain >= least) return "IMPROVED";
    return gain <= -least ? "WORSE" : "SAME";
  };

/** @param isGood null: the code says nothing */
const byState =
  (isGood: (assessment: AssessmentValues) => boolean | null): Outcome["judge"] =>
  (before, after) => {
    const [was, is] = [isGood(before), isGood(after)];
    if (was === null || is === null) return "NOT_MEASURED";
    if (was === is) return "SAME";
    return is ? "IMPROVED" : "WORSE";
  };

const isActive = ({ activity150 }: AssessmentValues): boolean | null =>
  activity150 === "YES" || activity150 === "NO" ? activity150 === "YES" : null;
const isNoSmoker = ({ smokingStatus }: AssessmentValues): boolean | null =>
  smokingStatus === null || smokingStatus === "UNKNOWN" ? null : smokingStatus !== "CURRENTLY_SMOKING";

const HADS_SOURCE =
  "minimal important difference 1.7 in cardiovascular disease, scores are whole (Lemay et al., JCRP 2019;39:E6)";

export const OUTCOMES = {
  hadsAnxiety: {
    label: "Change of HADS anxiety, 2 points",
    status: "S",
    source: HADS_SOURCE,
    judge: byDifference("hadsAnxiety", "LOWER", 2),
  },
  hadsDepression: {
    label: "Change of HADS depression, 2 points",
    status: "S",
    source: HADS_SOURCE,
    judge: byDifference("hadsDepression", "LOWER", 2),
  },
  activity150: {
    label: "Change of being active 150 minutes a week",
    status: "I",
    source: "reached or lost",
    judge: byState(isActive),
  },
  iswt: {
    label: "Change of shuttle walk, 70 m",
    status: "S",
    source: "minimum important improvement after cardiac rehabilitation (Houchen-Wolloff et al., EJPC 2015;22:972)",
    judge: byDifference("iswtMetres", "HIGHER", 70),
  },
  sixMinuteWalk: {
    label: "Change of six-minute walk, 25 m",
    status: "S",
    source: "minimal important difference after acute coronary syndrome (Gremeaux et al., APMR 2011;92:611)",
    judge: byDifference("sixMinuteWalkMetres", "HIGHER", 25),
  },
  bmi: { label: "Change of BMI, 1 kg/m²", status: "I", source: "less is better", judge: byDifference("bmi", "LOWER", 1) },
  systolic: {
    label: "Change of systolic blood pressure, 5 mmHg",
    status: "S",
    source: "5 mmHg less means a tenth fewer major events (BPLTTC, Lancet 2021;397:1625)",
    judge: byDifference("systolicMmHg", "LOWER", 5),
  },
  smoking: {
    label: "Change of smoking",
    status: "I",
    source: "stopped or began; any status but smoking now counts as not smoking",
    judge: byState(isNoSmoker),
  },
} as const satisfies Readonly<Record<string, Outcome>>;
