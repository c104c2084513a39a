/** The colour of a programme in an audit year, what it rests on, and what would change it. */
import type { Nation } from "../access/registration-ports.ts";
import type { StandardName } from "../records/standard-movement.ts";
import type { Survey } from "../standards/programme-survey.ts";
import { STANDARDS } from "../standards/standards-data.ts";
import { type ChosenThreshold, chooseThreshold } from "./choose-threshold.ts";
import { figureOf, type StandardFigure, type StandardValues } from "./standard-figures.ts";
import { isReached, type Threshold } from "./threshold.ts";

export const VERDICTS = ["MET", "NOT_MET", "NO_DATA"] as const;
export type Verdict = (typeof VERDICTS)[number];

export const COLOURS = ["GREEN", "AMBER", "RED", "FAIL"] as const;
export type Colour = (typeof COLOURS)[number];

/** From how many standards met each colour begins (dataset Decision 53). */
const COLOUR_FROM: readonly (readonly [Colour, number])[] = [
  ["GREEN", 7],
  ["AMBER", 4],
  ["RED", 1],
  ["FAIL", 0],
];

export const PROVISIONAL_CODES = ["NO_DATA", "NO_THRESHOLD", "UNCONFIRMED_THRESHOLD", "EARLIER_THRESHOLD", "WITHHELD"] as const;

export interface ProvisionalReason {
  readonly standard: StandardName;
  readonly code: (typeof PROVISIONAL_CODES)[number];
  /** What is missing. */
  readonly text: string;
}

/** What would meet a standard that is not met. */
export interface Shortfall {
  /** Assessments, days of the median, professions or groups. */
  readonly amount: number;
  readonly text: string;
}

export interface CertificationResult extends StandardFigure {
  readonly kpi: number;
  readonly label: string;
  readonly threshold: ChosenThreshold | null;
  readonly verdict: Verdict;
  /** Null where it is met, or nobody can say for want of data. */
  readonly shortfall: Shortfall | null;
  /** Figures that are there and are not shown to whoever is not of the programme. */
  readonly isWithheld: boolean;
}

export interface Certification {
  readonly auditYear: number;
  readonly nation: Nation;
  readonly standards: readonly CertificationResult[];
  readonly met: number;
  readonly colour: Colour;
  /** Empty: the colour is final as far as the gateway knows. */
  readonly provisional: readonly ProvisionalReason[];
  /** Null at green. */
  readonly next: { readonly colour: Colour; readonly standards: number } | null;
}

export interface CertificationInput {
  readonly auditYear: number;
  readonly nation: Nation;
  readonly values: StandardValues;
  readonly survey: Survey | null;
  /** Of the site, the latest first. */
  readonly thresholds: readonly Threshold[];
}

/** Pure: the same rows, the same colour. */
export function certify({ auditYear, nation, values, survey, thresholds }: CertificationInput): Certification {
  const standards = STANDARDS.map((standard): CertificationResult => {
    const threshold = chooseThreshold(thresholds, { standard: standard.name, nation, auditYear });
    const figure = figureOf(standard, values.get(standard.name) ?? [], { survey, threshold });
    const verdict = judge(figure, threshold);
    const { kpi, label } = standard;
    const shortfall = verdict === "NOT_MET" ? shortfallOf(figure, threshold) : null;
    return { ...figure, kpi, label, threshold, verdict, shortfall, isWithheld: false };
  });
  return recolour({ auditYear, nation, standards, provisional: standards.flatMap(reasonsOf) });
}

/** By the verdicts as they stand. */
export function recolour(judged: Omit<Certification, "met" | "colour" | "next">): Certification {
  const met = judged.standards.filter(({ verdict }) => verdict === "MET").length;
  return { ...judged, met, colour: colourOf(met), next: nextColour(met) };
}

export const colourOf = (met: number): Colour => COLOUR_FROM.find(([, from]) => met >= from)?.[0] ?? "FAIL";

function nextColour(met: number): Certification["next"] {
  const above = COLOUR_FROM.filter(([, from]) => from > met).at(-1);
  return above === undefined ? null : { colour: above[0], standards: above[1] - met };
}

/** A standard without data is not met, and says so (Decision 53). */
function judge({ unit, numerator, denominator, value }: StandardFigure, threshold: Threshold | null): Verdict {
  if (value === null || threshold === null) return "NO_DATA";
  if (unit !== "PERCENT") return isReached(threshold, value) ? "MET" : "NOT_MET";
  // By the counts: 4 of 5 are 80 per cent, whatever the division makes of it.
  const share = { ...threshold, value: threshold.value * (denominator ?? 0) };
  return isReached(share, 100 * (numerator ?? 0)) ? "MET" : "NOT_MET";
}

function shortfallOf(
  { standard, unit, numerator, denominator, value }: StandardFigure,
  threshold: Threshold | null,
): Shortfall | null {
  if (threshold === null || value === null) return null;
  switch (unit) {
    case "PERCENT": {
      const amount = Math.ceil((threshold.value * (denominator ?? 0)) / 100 - 1e-9) - (numerator ?? 0);
      const number = standard === "ASSESSMENT_1" ? 1 : 2;
      return { amount, text: `${amount} more of the ${denominator ?? 0} need a recorded assessment ${number}.` };
    }
    case "DAYS": {
      const amount = Math.abs(value - threshold.value);
      return { amount, text: `The median is ${amount} days too ${threshold.operator === "AT_MOST" ? "long" : "short"}.` };
    }
    case "PROFESSIONS": {
      const amount = threshold.value - value;
      return { amount, text: `${amount} more professions regularly in the team.` };
    }
    case "GROUPS": {
      const amount = threshold.value - value;
      return { amount, text: `${amount} more of the priority groups to be offered the programme.` };
    }
  }
}

function reasonsOf({ standard, unit, value, threshold }: CertificationResult): ProvisionalReason[] {
  const reasons: ProvisionalReason[] = [];
  if (value === null) reasons.push({ standard, code: "NO_DATA", text: missingOf(unit) });
  if (threshold === null)
    reasons.push({ standard, code: "NO_THRESHOLD", text: "No threshold of this nation is recorded for the year or before." });
  else {
    if (threshold.status === "UNCONFIRMED")
      reasons.push({ standard, code: "UNCONFIRMED_THRESHOLD", text: `The threshold is not confirmed: ${threshold.source}.` });
    if (threshold.isEarlier)
      reasons.push({
        standard,
        code: "EARLIER_THRESHOLD",
        text: `The threshold is that of ${threshold.auditYear}; none is recorded for the year.`,
      });
  }
  return reasons;
}

const missingOf = (unit: StandardFigure["unit"]): string =>
  unit === "PROFESSIONS" || unit === "GROUPS"
    ? "The programme's staffing survey of the year is not recorded (recordProgrammeSurvey, or a file staffing_*.csv)."
    : "No rehabilitation that began in the year has what the standard is worked out from.";
