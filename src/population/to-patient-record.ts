/** A synthetic journey as a patient record of `submitRecords`, with a number of the NHS test range. */
import { toTestNhsNumber } from "../dataset/nhs-number.ts";
import { addDays } from "../lib/calendar-date.ts";
import type { SyntheticAssessment, SyntheticDrug, SyntheticJourney } from "./synthetic-journey.ts";
import { syntheticPostcode } from "./synthetic-postcodes.ts";

/** Fields by the names of `PatientRecordInput`. */
export type PatientRecord = Readonly<Record<string, unknown>>;

/** So many numbers has the test range; one more would be somebody else's. */
export const MOST_PATIENT_RECORDS = 899_991;

/** @param seed of the population. @throws RangeError past the end of the test range */
export function toPatientRecord(journey: SyntheticJourney, seed: number): PatientRecord {
  if (journey.index >= MOST_PATIENT_RECORDS) throw new RangeError("the test range has no more NHS numbers");
  const { comorbidities } = journey.person;
  return {
    sourceRecordId: `population-${seed}-${journey.index}`,
    patient: toPatient(journey),
    initiatingEvents: [toEvent(journey)],
    ...(comorbidities.length === 0 ? {} : { comorbidities: comorbidities.map((type) => ({ type })) }),
  };
}

function toPatient({ index, person, programme, eventDate }: SyntheticJourney): PatientRecord {
  const { age, gender, ethnicGroup, quintile } = person;
  const month = String((index % 12) + 1).padStart(2, "0");
  const day = String((index % 28) + 1).padStart(2, "0");
  const postcode = quintile === null ? null : syntheticPostcode(programme, quintile, index);
  return {
    nhsNumber: toTestNhsNumber(index),
    hospitalNumber: `P-${index}`,
    dateOfBirth: `${Number(eventDate.slice(0, 4)) - age}-${month}-${day}`,
    gender,
    ethnicGroup,
    ...(postcode === null ? {} : { postcode }),
  };
}

function toEvent(journey: SyntheticJourney): PatientRecord {
  const { eventType, eventDate, treatments, rehabilitation, programme } = journey;
  const on = (day: number | null): string | undefined => (day === null ? undefined : addDays(eventDate, day));
  const { referralDay, startDay, endDay, components, ...answers } = rehabilitation;
  return {
    eventType,
    eventDate,
    treatments: treatments.map((type) => ({ type, date: eventDate })),
    rehabilitations: [
      {
        programmeCode: programme.code,
        referralDate: on(referralDay),
        coreStartDate: on(startDay),
        coreEndDate: on(endDay),
        ...withoutNulls(answers),
        components,
        assessments: journey.assessments.map((assessment) => toAssessment(assessment, on(assessment.day), journey.drugs)),
        acuteEvents: journey.acuteEvents.map(({ type, day }) => ({ type, date: on(day) })),
      },
    ],
  };
}

function toAssessment(
  { number, day: _day, ...measures }: SyntheticAssessment,
  date: string | undefined,
  drugs: readonly SyntheticDrug[],
): PatientRecord {
  const told = drugs.filter(({ assessment }) => assessment === number);
  return {
    number,
    date,
    ...withoutNulls(measures),
    ...(told.length === 0 ? {} : { drugs: told.map(({ drugClass, taking }) => ({ class: drugClass, taking })) }),
  };
}

const withoutNulls = (fields: Readonly<Record<string, unknown>>): PatientRecord =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
