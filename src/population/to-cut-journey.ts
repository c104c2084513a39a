/** A synthetic journey as a cut holds it: groups instead of codes, months and days instead of dates, as `toNationalRows` makes them. */
import { createHash } from "node:crypto";
import { ASSESSMENT_COLUMNS, JOURNEY_COLUMNS } from "../national/national-columns.ts";
import { ETHNIC_GROUP_OF, EVENT_GROUP_OF, TREATMENT_GROUP_OF, TREATMENT_GROUPS } from "../national/national-groups.ts";
import { readPseudonym, toMonth } from "../national/national-values.ts";
import { codesIn, readMeasures } from "../national/read-columns.ts";
import type { CutJourney } from "../statistics/cut-journey.ts";
import { toRegistered } from "./programmes.ts";
import type { SyntheticAssessment, SyntheticJourney, SyntheticRehabilitation } from "./synthetic-journey.ts";

const OLDEST_AGE = 90;

/** @param seed of the population: what pseudonyms are made of together with the index */
export function toCutJourney(journey: SyntheticJourney, seed: number): CutJourney {
  const { person, programme, rehabilitation, treatments } = journey;
  const groups = new Set(treatments.map((type) => TREATMENT_GROUP_OF[type]));
  return {
    row: {
      pseudonym: readPseudonym(createHash("sha256").update(`${seed}/${journey.index}`).digest("hex")),
      keyVersion: 1,
      nation: programme.nation,
      region: programme.region === null ? null : toRegistered(programme.region),
      programme: toRegistered(programme.code),
      trust: toRegistered(programme.trust),
      age: Math.min(person.age, OLDEST_AGE),
      gender: person.gender,
      ethnicGroup: ETHNIC_GROUP_OF[person.ethnicGroup],
      imdQuintile: person.quintile,
      eventGroup: EVENT_GROUP_OF[journey.eventType],
      eventMonth: toMonth(journey.eventDate),
      treatmentGroups: TREATMENT_GROUPS.filter((group) => groups.has(group)),
      ...toRehabilitationColumns(rehabilitation),
      comorbidities: codesIn(JOURNEY_COLUMNS.comorbidities.codes, person.comorbidities),
    },
    assessments: journey.assessments.map(toAssessmentRow),
    acuteEvents: journey.acuteEvents.map(({ type, day }, index) => ({ number: index + 1, type, day })),
    drugs: journey.drugs,
  };
}

function toRehabilitationColumns(rehabilitation: SyntheticRehabilitation) {
  const { referralDay, startDay, endDay, completed } = rehabilitation;
  return {
    referralWaitDays: referralDay,
    startWaitDays: startDay === null ? null : startDay - referralDay,
    durationDays: startDay === null || endDay === null ? null : endDay - startDay,
    agreedToTakePart: rehabilitation.agreedToTakePart,
    reasonNotTakingPart: rehabilitation.reasonNotTakingPart,
    stage: completed === "YES" ? "COMPLETED" : startDay === null ? "REFERRED_ONLY" : "STARTED_NOT_COMPLETED",
    reasonNotCompleting: rehabilitation.reasonNotCompleting,
    deliveryMode: rehabilitation.deliveryMode,
    components: codesIn(JOURNEY_COLUMNS.components.codes, rehabilitation.components),
  } as const;
}

/** Every column is there; what was not measured is null. */
const NOTHING_MEASURED = readMeasures(ASSESSMENT_COLUMNS, {});

const toAssessmentRow = (assessment: SyntheticAssessment): CutJourney["assessments"][number] => ({
  ...NOTHING_MEASURED,
  ...assessment,
});
