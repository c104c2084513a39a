/** Draws one journey after the other: who, what happened, how far the rehabilitation came. */
import type { CodeKey } from "../../schema/nacr/gw-1.0/index.ts";
import { daysInMonth } from "../lib/calendar-date.ts";
import { createSeededRandom, type SeededRandom } from "../lib/seeded-random.ts";
import { EVENT_GROUP_OF, EVENT_GROUPS, type EventGroup, TREATMENT_GROUP_OF } from "../national/national-groups.ts";
import { type Quintile, readQuintile } from "../national/national-values.ts";
import { ETHNIC_WEIGHTS, EVENT_WEIGHTS, MONTHLY_ARRIVALS, QUINTILE_WEIGHTS, WITHOUT_QUINTILE } from "./calibration.ts";
import {
  ACUTE_EVENT_SHARE,
  ACUTE_EVENT_WEIGHTS,
  COMORBIDITIES_ASKED,
  COMORBIDITY_SHARES,
  SECOND_TREATMENT,
  TREATMENT_WEIGHTS,
} from "./clinical-weights.ts";
import { type Choice, chance, clip, compileChoice, drawNormal, firstAbove, thinOut, type Weights } from "./draw.ts";
import { type AssessmentDays, drawAssessments } from "./draw-assessments.ts";
import { drawDrugs, drawEach } from "./draw-lists.ts";
import { drawRehabilitation, type Likelihood } from "./draw-rehabilitation.ts";
import type { PopulationPlan } from "./plan-population.ts";
import type { PopulationProgramme } from "./programmes.ts";
import type { SyntheticJourney, SyntheticPerson, SyntheticRehabilitation } from "./synthetic-journey.ts";

/** What a programme's people are drawn from. */
interface Choices {
  readonly gender: Choice<CodeKey<"Gender">>;
  readonly ethnicGroup: Choice<CodeKey<"EthnicGroup">>;
  readonly quintile: Choice<`${Quintile}`>;
  readonly event: Choice<CodeKey<"EventType">>;
  readonly treatment: Readonly<Record<EventGroup, Choice<CodeKey<"TreatmentType">>>>;
  readonly mode: Choice<CodeKey<"DeliveryMode">>;
}

/** Ever drawn, where nothing else is left: an event of which nobody has a treatment any more. */
const NO_TREATMENT = { UNKNOWN: 1 } as const;
const MINORITY_FREE = new Set<string>(["WHITE_BRITISH", "WHITE_IRISH", "NOT_STATED", "NOT_KNOWN"]);
const chooseAcuteEvent = compileChoice(ACUTE_EVENT_WEIGHTS);

/** Never ends; the same plan gives the same journeys, and a longer one begins with those of a shorter one. */
export function* drawJourneys(plan: PopulationPlan): Generator<SyntheticJourney, never> {
  const random = createSeededRandom(plan.seed);
  const choices = plan.programmes.map((programme) => compileChoices(plan, programme, random));
  const sizes = addUp(plan.programmes.map(({ weight }) => weight));
  const months = addUp(MONTHLY_ARRIVALS);
  for (let index = 0; ; index += 1) {
    const position = firstAbove(sizes, random.next() * (sizes.at(-1) ?? 0));
    const programme = plan.programmes[position];
    const chosen = choices[position];
    if (programme === undefined || chosen === undefined) throw new RangeError("a population has a programme");
    yield drawJourney(random, { plan, programme, choices: chosen, months, index });
  }
}

const addUp = (weights: readonly number[]): readonly number[] => {
  let total = 0;
  return weights.map((weight) => {
    total += weight;
    return total;
  });
};

function compileChoices(plan: PopulationPlan, programme: PopulationProgramme, random: SeededRandom): Choices {
  const compile = <Code extends string>(weights: Weights<Code>): Choice<Code> =>
    plan.zeroShare === 0
      ? compileChoice(weights, plan.without)
      : compileChoice(thinOut(random, weights, plan.zeroShare, plan.without), plan.without);
  const { maleShare, mode } = plan.calibration;
  const treatments = EVENT_GROUPS.map((group) => {
    const weights = TREATMENT_WEIGHTS[group];
    const left = Object.keys(weights).some((code) => !plan.without.has(code));
    return [group, compile<CodeKey<"TreatmentType">>(left ? weights : NO_TREATMENT)] as const;
  });
  return {
    gender: compile<CodeKey<"Gender">>({ MALE: maleShare * 0.998, FEMALE: (1 - maleShare) * 0.998, NOT_KNOWN: 0.002 }),
    ethnicGroup: compile(toEthnicWeights(programme)),
    quintile: compile(toQuintileWeights(programme)),
    event: compile(EVENT_WEIGHTS),
    // The compiler does not see that the groups are all of them.
    treatment: Object.fromEntries(treatments) as Choices["treatment"],
    mode: compile(mode),
  };
}

function toEthnicWeights({ diversity }: PopulationProgramme): Weights<CodeKey<"EthnicGroup">> {
  const scaled = Object.entries(ETHNIC_WEIGHTS).map(([code, weight]) => [
    code,
    MINORITY_FREE.has(code) ? weight : weight * diversity,
  ]);
  // As above: the codes are those of the weights.
  return Object.fromEntries(scaled) as Weights<CodeKey<"EthnicGroup">>;
}

function toQuintileWeights({ deprivation }: PopulationProgramme): Weights<`${Quintile}`> {
  const [q1, q2, q3, q4, q5] = QUINTILE_WEIGHTS;
  const lean = (steps: number): number => Math.exp(deprivation * steps);
  return { 1: q1 * lean(2), 2: q2 * lean(1), 3: q3, 4: q4 * lean(-1), 5: q5 * lean(-2) };
}

interface Setting {
  readonly plan: PopulationPlan;
  readonly programme: PopulationProgramme;
  readonly choices: Choices;
  /** Sums of the monthly weights. */
  readonly months: readonly number[];
  readonly index: number;
}

function drawJourney(random: SeededRandom, setting: Setting): SyntheticJourney {
  const { plan, programme, choices, index } = setting;
  const person = drawPerson(random, setting);
  const eventType = choices.event(random);
  const treatments = drawTreatments(random, choices.treatment[EVENT_GROUP_OF[eventType]]);
  const likelihood: Likelihood = {
    person,
    treatments: new Set(treatments.map((type) => TREATMENT_GROUP_OF[type])),
    isManaged: treatments.includes("MEDICAL_MANAGEMENT"),
  };
  const rehabilitation = drawRehabilitation(random, likelihood, choices.mode, plan);
  const days = drawAssessmentDays(random, rehabilitation, plan);
  const assessments = days === null ? [] : drawAssessments(random, person, days, plan.calibration);
  return {
    index,
    programme,
    person,
    eventType,
    eventDate: drawEventDate(random, setting),
    treatments,
    rehabilitation,
    assessments,
    acuteEvents: drawAcuteEvents(random, rehabilitation),
    drugs: drawDrugs(random, assessments, eventType),
  };
}

function drawPerson(random: SeededRandom, { plan, choices }: Setting): SyntheticPerson {
  const { age, ageBounds } = plan.calibration;
  const quintile = choices.quintile(random);
  return {
    age: clip(Math.round(drawNormal(random, ...age)), ageBounds),
    gender: choices.gender(random),
    ethnicGroup: choices.ethnicGroup(random),
    quintile: chance(random, WITHOUT_QUINTILE) ? null : readQuintile(Number(quintile)),
    comorbidities: chance(random, COMORBIDITIES_ASKED) ? drawComorbidities(random) : [],
  };
}

function drawComorbidities(random: SeededRandom): SyntheticPerson["comorbidities"] {
  const drawn = drawEach(random, COMORBIDITY_SHARES);
  return drawn.length === 0 ? ["NONE"] : drawn;
}

function drawTreatments(random: SeededRandom, choose: Choice<CodeKey<"TreatmentType">>): readonly CodeKey<"TreatmentType">[] {
  const first = choose(random);
  if (!chance(random, SECOND_TREATMENT)) return [first];
  const second = choose(random);
  return second === first ? [first] : [first, second];
}

function drawEventDate(random: SeededRandom, { plan, months }: Setting): string {
  const year = plan.firstYear + random.integer(0, plan.years - 1);
  const month = firstAbove(months, random.next() * (months.at(-1) ?? 0)) + 1;
  const day = random.integer(1, daysInMonth(year, month));
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/** The first before the start, the second after the end, the third a year later; null: nobody was assessed. */
function drawAssessmentDays(
  random: SeededRandom,
  { startDay, endDay, completed }: SyntheticRehabilitation,
  { calibration }: PopulationPlan,
): AssessmentDays | null {
  const { firstAssessmentShare, secondAssessmentShare, thirdAssessmentShare, completionShare } = calibration;
  if (startDay === null || endDay === null || !chance(random, firstAssessmentShare)) return null;
  const first = Math.max(0, startDay - random.integer(0, 10));
  // Of all starters; only who completed and had the first one has it.
  const hasSecond = completed === "YES" && chance(random, secondAssessmentShare / (completionShare * firstAssessmentShare));
  if (!hasSecond) return [first];
  const second = endDay + random.integer(0, 14);
  const hasThird = chance(random, thirdAssessmentShare / secondAssessmentShare);
  return hasThird ? [first, second, startDay + random.integer(330, 400)] : [first, second];
}

function drawAcuteEvents(random: SeededRandom, { startDay, endDay }: SyntheticRehabilitation): SyntheticJourney["acuteEvents"] {
  if (startDay === null || endDay === null || !chance(random, ACUTE_EVENT_SHARE)) return [];
  return [{ type: chooseAcuteEvent(random), day: random.integer(startDay, endDay) }];
}
