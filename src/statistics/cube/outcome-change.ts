/**
 * Improved, same or worse, from assessment 1 to assessment 2, by declared cut points: what an analyst asks for is this, never a score
 * (assurance.md 4.3.0). Which way is better, what counts as a change and where that comes from is what programmes' reports show
 * (src/standards/outcome-measures.ts).
 */
import type { AssessmentValues } from "../../national/to-national-rows.ts";
import { gainOf, type OutcomeItem, outcomeMeasure, scoreOf } from "../../standards/outcome-measures.ts";

export const CHANGES = ["IMPROVED", "SAME", "WORSE", "NOT_MEASURED"] as const;
export type Change = (typeof CHANGES)[number];

interface Outcome {
  readonly item: OutcomeItem;
  readonly label: string;
  readonly judge: (before: AssessmentValues, after: AssessmentValues) => Change;
}

/** @param name and unit of the difference that counts; of a coded item there is none */
function outcomeOf(item: OutcomeItem & keyof AssessmentValues, name: string, unit = ""): Outcome {
  const measure = outcomeMeasure(item);
  const { least } = measure;
  return {
    item,
    label: `Change of ${name}${least === null ? "" : `, ${least.value} ${unit}`}`,
    judge: (before, after) => {
      const [from, to] = [scoreOf(measure, before[item]), scoreOf(measure, after[item])];
      if (from === null || to === null) return "NOT_MEASURED";
      const gain = gainOf(measure, to - from);
      if (gain === 0) return "SAME";
      return gain > 0 ? "IMPROVED" : "WORSE";
    },
  };
}

export const OUTCOMES = {
  hadsAnxiety: outcomeOf("hadsAnxiety", "HADS anxiety", "points"),
  hadsDepression: outcomeOf("hadsDepression", "HADS depression", "points"),
  activity150: outcomeOf("activity150", "being active 150 minutes a week"),
  iswt: outcomeOf("iswtMetres", "shuttle walk", "m"),
  sixMinuteWalk: outcomeOf("sixMinuteWalkMetres", "six-minute walk", "m"),
  bmi: outcomeOf("bmi", "BMI", "kg/m²"),
  systolic: outcomeOf("systolicMmHg", "systolic blood pressure", "mmHg"),
  smoking: outcomeOf("smokingStatus", "smoking"),
} as const satisfies Readonly<Record<string, Outcome>>;
