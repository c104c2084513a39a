/** Referral, start and end of a rehabilitation: who starts, after how long, and who completes. */
import type { CodeKey } from "../../schema/nacr/gw-1.0/index.ts";
import type { SeededRandom } from "../lib/seeded-random.ts";
import type { TreatmentGroup } from "../national/national-groups.ts";
import type { Calibration } from "./calibration.ts";
import { COMPONENT_SHARES, REASONS_NOT_COMPLETING, REASONS_NOT_TAKING_PART, REFUSED } from "./clinical-weights.ts";
import { type Choice, chance, clip, compileChoice, drawLogNormal } from "./draw.ts";
import { drawEach } from "./draw-lists.ts";
import type { PopulationPlan } from "./plan-population.ts";
import type { SyntheticPerson, SyntheticRehabilitation } from "./synthetic-journey.ts";

/** What starting and waiting depend on. */
export interface Likelihood {
  readonly person: SyntheticPerson;
  readonly treatments: ReadonlySet<TreatmentGroup | null>;
  /** By drugs, with no procedure or beside one. */
  readonly isManaged: boolean;
}

/** The odds of the groups are against the middle, which starts likelier than the average does: measured, so that the average is as declared. */
const ODDS_OF_THE_MIDDLE = 1.14;
const MIDDLE_AGE = 67;
const LONGEST_WAIT = 400;
const SHORTEST_PROGRAMME = 7;
const LONGEST_PROGRAMME = 300;

const chooseReasonNotTakingPart = compileChoice(REASONS_NOT_TAKING_PART);
const chooseReasonNotCompleting = compileChoice(REASONS_NOT_COMPLETING);

export function drawRehabilitation(
  random: SeededRandom,
  likelihood: Likelihood,
  chooseMode: Choice<CodeKey<"DeliveryMode">>,
  { calibration }: PopulationPlan,
): SyntheticRehabilitation {
  const { referralWait, duration, completionShare } = calibration;
  const referralDay = Math.round(drawLogNormal(random, referralWait.median, referralWait.spread));
  if (!chance(random, startProbability(likelihood, calibration))) return neverStarted(random, referralDay);
  const startDay = referralDay + drawWait(random, likelihood, calibration);
  const isCompleted = chance(random, completionShare);
  const whole = Math.round(drawLogNormal(random, duration.median, duration.spread));
  // Who leaves early leaves at any time.
  const days = isCompleted ? whole : Math.round(whole * random.next());
  const deliveryMode = chooseMode(random);
  return {
    referralDay,
    startDay,
    endDay: startDay + clip(days, [isCompleted ? SHORTEST_PROGRAMME : 1, LONGEST_PROGRAMME]),
    agreedToTakePart: "YES",
    reasonNotTakingPart: null,
    completed: isCompleted ? "YES" : "NO",
    reasonNotCompleting: isCompleted ? null : chooseReasonNotCompleting(random),
    deliveryMode,
    components: [deliveryMode === "GROUP_SUPERVISED" ? "EXERCISE_GROUP" : "EXERCISE_HOME", ...drawEach(random, COMPONENT_SHARES)],
  };
}

function startProbability({ person, treatments, isManaged }: Likelihood, { startShare, startOdds }: Calibration): number {
  const { perYearOfAge, cabg, medical, byQuintile } = startOdds;
  const odds =
    (startShare / (1 - startShare)) *
    ODDS_OF_THE_MIDDLE *
    perYearOfAge ** (person.age - MIDDLE_AGE) *
    (treatments.has("CABG") ? cabg : isManaged ? medical : 1) *
    (person.quintile === null ? 1 : (byQuintile[person.quintile - 1] ?? 1));
  return odds / (1 + odds);
}

function drawWait(random: SeededRandom, { treatments, isManaged }: Likelihood, { startWait }: Calibration): number {
  const median = treatments.has("CABG") ? startWait.CABG : isManaged ? startWait.MEDICAL : startWait.others;
  return clip(Math.round(drawLogNormal(random, median, startWait.spread)), [0, LONGEST_WAIT]);
}

function neverStarted(random: SeededRandom, referralDay: number): SyntheticRehabilitation {
  const isRefused = chance(random, REFUSED);
  return {
    referralDay,
    startDay: null,
    endDay: null,
    agreedToTakePart: isRefused ? "NO" : chance(random, 0.7) ? "YES" : "UNKNOWN",
    reasonNotTakingPart: isRefused ? chooseReasonNotTakingPart(random) : null,
    completed: null,
    reasonNotCompleting: null,
    deliveryMode: null,
    components: [],
  };
}
