/** What is measured of a person before, after and twelve months after the core programme, and what becomes better by it. */
import type { SeededRandom } from "../lib/seeded-random.ts";
import type { Calibration } from "./calibration.ts";
import { ASSESSMENT_MODE_WEIGHTS, EMPLOYMENT_WEIGHTS } from "./clinical-weights.ts";
import { chance, clip, compileChoice, drawNormal, drawWithin } from "./draw.ts";
import type { SyntheticAssessment, SyntheticPerson } from "./synthetic-journey.ts";

/** When assessments happened, in days from the event; number 1 first. */
export type AssessmentDays = readonly [first: number, second?: number, third?: number];

const RETIREMENT_AGE = 66;
const STILL_WORKING = 1 / 12;
/** Of a person who is assessed, what has a value (own). */
const MEASURED = { body: 0.9, pressure: 0.88, scores: 0.78, iswt: 0.42, sixMinutes: 0.16, blood: 0.35, quality: 0.4 };
const CHANGE_SINCE_FIRST = 0.95;
/** Metres, and their deviation: as the shuttle walk, some do worse (own). */
const SIX_MINUTE_GAIN = [52, 65] as const;
/** Of those who smoke, and of those who had stopped since the event (own). */
const STOPS = 0.25;
const BEGINS_AGAIN = 0.12;

const chooseMode = compileChoice(ASSESSMENT_MODE_WEIGHTS);
const chooseEmployment = compileChoice(EMPLOYMENT_WEIGHTS);
const chooseSmoking = compileChoice({ NEVER: 42, EX: 39, STOPPED_SINCE_EVENT: 8, CURRENTLY_SMOKING: 9, UNKNOWN: 2 });

/** Later ones move from the first. Nothing that the dataset's default version does not have: records are sent under it. */
export function drawAssessments(
  random: SeededRandom,
  person: SyntheticPerson,
  days: AssessmentDays,
  calibration: Calibration,
): readonly SyntheticAssessment[] {
  const [firstDay, ...laterDays] = days;
  const first: SyntheticAssessment = {
    number: 1,
    day: firstDay,
    mode: chooseMode(random),
    ...drawBody(random, person),
    ...drawPressure(random),
    ...drawScores(random),
    ...drawFitness(random, person, calibration),
    ...drawBlood(random),
    ...drawQuality(random),
    ...drawHabits(random, person),
  };
  const later = laterDays.flatMap((day, index) =>
    day === undefined ? [] : [drawLater(random, first, { number: index + 2, day }, calibration)],
  );
  return [first, ...later];
}

type Measures = Partial<SyntheticAssessment>;

function drawBody(random: SeededRandom, { gender }: SyntheticPerson): Measures {
  if (!chance(random, MEASURED.body)) return {};
  const heightCm = drawWithin(random, gender === "FEMALE" ? [161, 6.5] : [174.5, 7], [140, 205]);
  const weightKg = Math.round(10 * drawWithin(random, [28.4, 4.8], [16, 55], 0.1) * (heightCm / 100) ** 2) / 10;
  return {
    heightCm,
    weightKg,
    bmi: toBmi(weightKg, heightCm),
    waistCm: drawWithin(random, gender === "FEMALE" ? [93, 12] : [101, 12], [60, 160]),
  };
}

const toBmi = (weightKg: number, heightCm: number): number => Math.round((10 * weightKg) / (heightCm / 100) ** 2) / 10;

function drawPressure(random: SeededRandom): Measures {
  if (!chance(random, MEASURED.pressure)) return {};
  const systolicMmHg = drawWithin(random, [129, 18], [90, 210]);
  return {
    systolicMmHg,
    diastolicMmHg: clip(drawWithin(random, [75, 10], [45, 120]), [45, systolicMmHg - 10]),
    restingHeartRate: drawWithin(random, [67, 11], [42, 130]),
  };
}

function drawScores(random: SeededRandom): Measures {
  if (!chance(random, MEASURED.scores)) return {};
  const scores = { hadsAnxiety: drawWithin(random, [5.9, 4.2], [0, 21]), hadsDepression: drawWithin(random, [5, 3.8], [0, 21]) };
  return chance(random, 0.2)
    ? { ...scores, phq9: drawWithin(random, [6, 5], [0, 27]), gad7: drawWithin(random, [5, 4.5], [0, 21]) }
    : scores;
}

/** Age and sex explain a quarter of the variance of a walking test [ISWT]: some 5 m a year. */
function drawFitness(random: SeededRandom, { age, gender }: SyntheticPerson, { iswt }: Calibration): Measures {
  const metresOfAge = (67 - age) * 5;
  if (chance(random, MEASURED.iswt)) {
    const [mean, deviation] = iswt[gender === "FEMALE" ? "FEMALE" : "MALE"];
    return { iswtMetres: drawWithin(random, [mean + metresOfAge, deviation * 0.85], [10, 1020], 10) };
  }
  if (chance(random, MEASURED.sixMinutes / (1 - MEASURED.iswt)))
    return { sixMinuteWalkMetres: drawWithin(random, [330 + metresOfAge, 95], [50, 700]) };
  return chance(random, 0.08) ? { mets: drawWithin(random, [5.6, 1.6], [1.5, 14], 0.1) } : {};
}

function drawBlood(random: SeededRandom): Measures {
  if (!chance(random, MEASURED.blood)) return {};
  const hdl = drawWithin(random, [1.2, 0.3], [0.5, 3], 0.1);
  const ldl = drawWithin(random, [2.1, 0.8], [0.6, 6], 0.1);
  const totalCholesterol = Math.round(10 * (hdl + ldl + 0.7)) / 10;
  return { totalCholesterol, hdl, ldl, hba1cMmolMol: drawWithin(random, [43, 12], [28, 120]) };
}

function drawQuality(random: SeededRandom): Measures {
  if (!chance(random, MEASURED.quality)) return {};
  const chart = (): number => drawWithin(random, [2.6, 1], [1, 5]);
  return {
    coopPhysicalFitness: drawWithin(random, [3.4, 1], [1, 5]),
    coopFeelings: chart(),
    coopDailyActivities: chart(),
    coopSocialActivities: chart(),
    coopPain: chart(),
    coopChangeInHealth: chart(),
    coopOverallHealth: chart(),
    coopSocialSupport: chart(),
    coopQualityOfLife: chart(),
  };
}

function drawHabits(random: SeededRandom, { age }: SyntheticPerson): Measures {
  const isActive = chance(random, 0.42);
  return {
    smokingStatus: chooseSmoking(random),
    activity150: chance(random, 0.06) ? "UNKNOWN" : isActive ? "YES" : "NO",
    moderateMinutesPerWeek: drawMinutes(random, isActive),
    vigorousMinutesPerWeek: isActive && chance(random, 0.2) ? drawWithin(random, [45, 25], [5, 300], 5) : 0,
    alcoholUnitsPerWeek: chance(random, 0.35) ? 0 : drawWithin(random, [8, 8], [1, 80]),
    employmentStatus: age >= RETIREMENT_AGE && !chance(random, STILL_WORKING) ? "RETIRED" : chooseEmployment(random),
  };
}

/** Who says yes to 150 minutes a week has them, and who says no has not: the gateway compares the two. */
const drawMinutes = (random: SeededRandom, isActive: boolean): number =>
  drawWithin(random, isActive ? [215, 60] : [65, 35], isActive ? [150, 900] : [0, 145], 5);

/** Whoever had a value has one again, but for one in twenty. Whatever did not move stands as it was. */
function drawLater(
  random: SeededRandom,
  first: SyntheticAssessment,
  when: { readonly number: number; readonly day: number },
  { iswt }: Calibration,
): SyntheticAssessment {
  if (!chance(random, CHANGE_SINCE_FIRST)) return { ...when, mode: chooseMode(random) };
  const moved = (
    value: number | null | undefined,
    change: readonly [number, number],
    bounds: readonly [number, number],
    step = 1,
  ) =>
    value === undefined || value === null
      ? null
      : clip(Math.round((value + drawNormal(random, ...change)) / step) * step, bounds);
  const systolicMmHg = moved(first.systolicMmHg, [-2, 13], [90, 210]);
  const weightKg = tenth(moved(first.weightKg, [-1.1, 2.6], [35, 250], 0.1));
  return {
    ...first,
    ...when,
    mode: chooseMode(random),
    weightKg,
    bmi: weightKg === null || typeof first.heightCm !== "number" ? null : toBmi(weightKg, first.heightCm),
    systolicMmHg,
    diastolicMmHg: moved(first.diastolicMmHg, [-1, 7], [45, (systolicMmHg ?? 0) - 10]),
    iswtMetres: moved(first.iswtMetres, iswt.gain, [10, 1020], 10),
    sixMinuteWalkMetres: moved(first.sixMinuteWalkMetres, SIX_MINUTE_GAIN, [50, 700]),
    hadsAnxiety: moved(first.hadsAnxiety, [-0.9, 2.6], [0, 21]),
    hadsDepression: moved(first.hadsDepression, [-1, 2.5], [0, 21]),
    phq9: moved(first.phq9, [-1.5, 2.8], [0, 27]),
    gad7: moved(first.gad7, [-1.2, 2.6], [0, 21]),
    ...laterHabits(random, first),
  };
}

const tenth = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10);

function laterHabits(random: SeededRandom, first: SyntheticAssessment): Measures {
  const isActive = first.activity150 === "YES" ? chance(random, 0.92) : chance(random, 0.45);
  return {
    activity150: isActive ? "YES" : "NO",
    moderateMinutesPerWeek: drawMinutes(random, isActive),
    vigorousMinutesPerWeek: isActive ? (first.vigorousMinutesPerWeek ?? 0) : 0,
    smokingStatus: laterSmoking(random, first.smokingStatus ?? null),
  };
}

function laterSmoking(random: SeededRandom, first: SyntheticAssessment["smokingStatus"]): SyntheticAssessment["smokingStatus"] {
  if (first === "CURRENTLY_SMOKING" && chance(random, STOPS)) return "STOPPED_SINCE_EVENT";
  if (first === "STOPPED_SINCE_EVENT" && chance(random, BEGINS_AGAIN)) return "CURRENTLY_SMOKING";
  return first;
}
