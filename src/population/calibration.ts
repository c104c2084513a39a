/**
 * What the population is calibrated to. Published figures are those of dataset.md section 7, by its source tags; what is marked `own` is no
 * published figure but a plausible one, chosen so that every column of the national side has a spread to work on.
 */
import type { CodeKey } from "../../schema/nacr/gw-1.0/index.ts";
import type { Weights } from "./draw.ts";

type Range = readonly [number, number];

/** Shares are of 1, waits and durations medians in days, `spread` the deviation of the logarithm. */
export interface Calibration {
  readonly age: Range;
  readonly ageBounds: Range;
  readonly maleShare: number;
  /** Of those who are referred. */
  readonly startShare: number;
  readonly completionShare: number;
  readonly firstAssessmentShare: number;
  readonly secondAssessmentShare: number;
  readonly thirdAssessmentShare: number;
  readonly startWait: { readonly CABG: number; readonly MEDICAL: number; readonly others: number; readonly spread: number };
  readonly referralWait: { readonly median: number; readonly spread: number };
  readonly duration: { readonly median: number; readonly spread: number };
  readonly iswt: { readonly MALE: Range; readonly FEMALE: Range; readonly gain: Range };
  readonly mode: Weights<CodeKey<"DeliveryMode">>;
  /** Odds of starting, against the middle. */
  readonly startOdds: {
    readonly perYearOfAge: number;
    readonly cabg: number;
    readonly medical: number;
    /** Most deprived first. */
    readonly byQuintile: readonly [number, number, number, number, number];
  };
}

/** Starters in an audit year [BHF2]. */
export const STARTERS_A_YEAR = 90_000;
/** Programmes that send electronically, as assurance.md 4.2 counts them. */
export const PROGRAMMES = 230;

export const CALIBRATION: Calibration = {
  age: [67, 12], // [TANG]
  ageBounds: [18, 95],
  maleShare: 0.7, // [TANG]
  startShare: 0.61, // 50 % of the eligible start [BHF1], 81.5 % of them are referred [UTIL]
  completionShare: 0.76, // [BHF1]
  firstAssessmentShare: 0.8,
  secondAssessmentShare: 0.57,
  thirdAssessmentShare: 0.12, // own
  // 33 days over all: those who have neither CABG nor medical management wait shorter than that.
  startWait: { CABG: 46, MEDICAL: 40, others: 29, spread: 0.6 }, // [FELL] 40
  referralWait: { median: 8, spread: 0.8 }, // own
  // 56 days over all starters: those who complete take longer, as those who leave early take shorter.
  duration: { median: 60, spread: 0.25 },
  // [ISWT-REF]; +80 to +110. From 352 (169) to 463 (198) m [DEP]: the gain itself spreads by 102 m, so some in twenty lose 70 m.
  iswt: { MALE: [395, 165], FEMALE: [269, 118], gain: [95, 102] },
  mode: {
    GROUP_SUPERVISED: 82,
    HOME_BASED: 10,
    SELF_MANAGED_FACILITATED: 4,
    DIGITAL_WEB_APP: 2,
    HYBRID: 1.5,
    TELEPHONE: 0.5,
  }, // 82/10/8 [BHF1][MODE]
  startOdds: {
    perYearOfAge: 0.98,
    cabg: 1.64,
    medical: 0.57,
    // 40 % of the most deprived start, 54 % of the least [BHF1]: as odds against the middle.
    byQuintile: [0.62, 0.79, 1, 1.22, 1.5],
  }, // [UTIL]
};

/** How journeys spread over the months of a year, January first: fewer in August and December (own). */
export const MONTHLY_ARRIVALS = [9.1, 8.2, 8.9, 8.3, 8.5, 8.3, 8.5, 7.8, 8.2, 8.7, 8.4, 7.1];

/** Infarctions lead, heart failure is a tenth (own, after the groups of [UTIL] and [AR2010]). */
export const EVENT_WEIGHTS: Weights<CodeKey<"EventType">> = {
  MI_STEMI: 20,
  MI_NSTEMI: 28,
  MI_UNKNOWN: 3,
  SCAD: 0.7,
  MI_WITH_HEART_FAILURE: 3,
  HEART_FAILURE: 9,
  CARDIOMYOPATHY: 1,
  UNSTABLE_ANGINA: 5,
  ANGINA: 10,
  ARRHYTHMIA: 2,
  CARDIAC_ARREST: 1,
  VALVE_DISEASE: 8,
  CONGENITAL_HEART: 0.5,
  USE_TREATMENT: 6,
  PERIPHERAL_ARTERIAL_DISEASE: 0.5,
  HIGH_RISK: 1,
  OTHER: 1.5,
  UNKNOWN: 0.8,
};

/** Own; the first level of the 2001 census, as older people have it, with a tenth who did not say. */
export const ETHNIC_WEIGHTS: Weights<CodeKey<"EthnicGroup">> = {
  WHITE_BRITISH: 76,
  WHITE_IRISH: 1,
  WHITE_OTHER: 3,
  WHITE_BLACK_CARIBBEAN: 0.3,
  WHITE_BLACK_AFRICAN: 0.1,
  WHITE_ASIAN: 0.2,
  ANY_OTHER_MIXED: 0.3,
  INDIAN: 2.5,
  PAKISTANI: 1.8,
  BANGLADESHI: 0.6,
  OTHER_ASIAN: 1.2,
  BLACK_CARIBBEAN: 0.9,
  BLACK_AFRICAN: 0.7,
  BLACK_OTHER: 0.3,
  CHINESE: 0.3,
  OTHER_ETHNIC_GROUP: 1.2,
  NOT_STATED: 6,
  NOT_KNOWN: 3.6,
};

/** Of patients, most deprived first: heart disease is commoner where people are poorer (own). */
export const QUINTILE_WEIGHTS = [22.5, 21, 20, 19, 17.5] as const;
/** Of patients, whose postcode nobody sent or no directory knows (own). */
export const WITHOUT_QUINTILE = 0.03;
