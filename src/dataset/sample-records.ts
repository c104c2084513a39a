/**
 * Synthetic patients for tests, demonstrations and measurements. They are made from the dictionary's own lists and ranges, break none of
 * its rules, and carry NHS numbers of the test range, so that no sample can be taken for a person.
 */
import { addDays } from "../lib/calendar-date.ts";
import { createSeededRandom, type SeededRandom } from "../lib/seeded-random.ts";
import type { RecordTypeName, Value } from "./define.ts";
import type { CompiledItem, Dictionary } from "./dictionary.ts";
import { toTestNhsNumber } from "./nhs-number.ts";

type SampleValues = Record<string, unknown>;

const SURNAMES = ["Ashdown", "Birchall", "Coverdale", "Dunmore", "Eastwell", "Fairbourne", "Greystone", "Holloway"];
const FORENAMES = ["Alex", "Chris", "Jo", "Kim", "Lee", "Morgan", "Pat", "Sam"];
/** NHS pseudo-postcode for "no fixed abode": valid in form, nobody's address. */
const POSTCODE = "ZZ99 3VZ";
/** Every event lies in the 500 days from here; the longest journey ends within 150 more. */
const FIRST_EVENT_DATE = "2024-01-01";
const EVENT_SPAN_DAYS = 500;
const EVENT_TYPES = ["MI_STEMI", "MI_NSTEMI", "UNSTABLE_ANGINA"];
const TREATMENT_TYPES = ["PCI", "PRIMARY_PCI"];
/** Measures of an assessment that differ between the two; height and smoking are the same in both. */
const MEASURES = [
  "weightKg",
  "systolicMmHg",
  "diastolicMmHg",
  "totalCholesterol",
  "hdl",
  "iswtMetres",
  "hadsAnxiety",
  "hadsDepression",
  "employmentStatus",
];

/** What tells one sample patient from another; its values may be those of a third. Different for seeds from 0 to 899,990. */
export const sampleIds = (seed: number) => ({
  sourceRecordId: `sample-${seed}`,
  nhsNumber: toTestNhsNumber(seed),
  hospitalNumber: `SAMPLE${String(seed).padStart(6, "0")}`,
});

/**
 * One patient as `submitRecords` takes it, always the same for the same seed: patient, initiating event, treatment, rehabilitation,
 * assessments 1 and 2; six dataset records. The programme is left to the submission.
 */
export function samplePatientRecord(dictionary: Dictionary, seed: number): Record<string, unknown> {
  const random = createSeededRandom(seed);
  const sampler = new Sampler(dictionary, random);
  const eventDate = addDays(FIRST_EVENT_DATE, random.integer(0, EVENT_SPAN_DAYS));
  const { sourceRecordId, ...numbers } = sampleIds(seed);
  return {
    sourceRecordId,
    patient: samplePatient(sampler, numbers, eventDate),
    [sampler.fieldName("INITIATING_EVENT")]: [sampleEvent(sampler, eventDate)],
  };
}

/** Draws values of items, as the dictionary describes them. */
class Sampler {
  readonly random: SeededRandom;
  readonly #dictionary: Dictionary;

  constructor(dictionary: Dictionary, random: SeededRandom) {
    this.#dictionary = dictionary;
    this.random = random;
  }

  fieldName(recordType: RecordTypeName): string {
    return this.#dictionary.recordType(recordType).definition.fieldName;
  }

  /** Values for the named items, as far as the dictionary has them. */
  draw(recordType: RecordTypeName, names: readonly string[]): SampleValues {
    const { byName } = this.#dictionary.recordType(recordType);
    const items = names.flatMap((name) => byName.get(name) ?? []);
    return Object.fromEntries(items.map((item) => [item.name, this.#drawValue(item)]));
  }

  #drawValue(item: CompiledItem): Value | null {
    const { compiledList } = item;
    if (compiledList !== null) {
      return this.random.pick([...compiledList.keys].filter((key) => !compiledList.unknown.has(key)));
    }
    const range = item.expected ?? item.hard;
    return range === undefined ? null : this.#drawNumber(range, item.multipleOf ?? (item.kind === "integer" ? 1 : 0.1));
  }

  /** From the middle half of a range, where measures that must differ (upper and lower pressure) never cross. */
  #drawNumber([min, max]: readonly [number, number], step: number): number {
    const quarter = (max - min) / 4;
    const steps = this.random.integer(Math.ceil((min + quarter) / step), Math.floor((max - quarter) / step));
    return Number((steps * step).toFixed(1));
  }
}

function samplePatient(sampler: Sampler, numbers: SampleValues, eventDate: string): SampleValues {
  const { random } = sampler;
  const age = random.integer(48, 85);
  return {
    ...numbers,
    surname: random.pick(SURNAMES),
    forename: random.pick(FORENAMES),
    postcode: POSTCODE,
    dateOfBirth: addDays(eventDate, -Math.round(age * 365.25) - random.integer(0, 364)),
    ...sampler.draw("PATIENT", ["gender", "maritalStatus", "ethnicGroup"]),
  };
}

function sampleEvent(sampler: Sampler, eventDate: string): SampleValues {
  const { random } = sampler;
  const dischargeDate = addDays(eventDate, random.integer(1, 6));
  const referralDate = addDays(dischargeDate, random.integer(0, 5));
  return {
    eventType: random.pick(EVENT_TYPES),
    eventDate,
    dischargeDate,
    referralDate,
    invitedDate: addDays(referralDate, random.integer(0, 7)),
    ...sampler.draw("INITIATING_EVENT", ["referralSource", "referredBy", "riskLevel", "lvefPercent"]),
    [sampler.fieldName("TREATMENT")]: [{ type: random.pick(TREATMENT_TYPES), date: eventDate }],
    [sampler.fieldName("REHABILITATION")]: [sampleRehabilitation(sampler, referralDate)],
  };
}

function sampleRehabilitation(sampler: Sampler, referralDate: string): SampleValues {
  const { random } = sampler;
  const coreStartDate = addDays(referralDate, random.integer(14, 42));
  const coreEndDate = addDays(coreStartDate, random.integer(42, 70));
  const sessionsOffered = random.integer(8, 16);
  const steady = sampler.draw("ASSESSMENT", ["heightCm", "smokingStatus"]);
  const assess = (number: number, date: string): SampleValues => ({
    number,
    date,
    ...steady,
    ...sampler.draw("ASSESSMENT", MEASURES),
  });
  return {
    referralDate,
    agreedToTakePart: "YES",
    coreStartDate,
    coreEndDate,
    completed: "YES",
    sessionsOffered,
    sessionsAttended: random.integer(6, sessionsOffered),
    ...sampler.draw("REHABILITATION", ["deliveryMode"]),
    [sampler.fieldName("ASSESSMENT")]: [
      assess(1, addDays(coreStartDate, -random.integer(0, 14))),
      assess(2, addDays(coreEndDate, 3)),
    ],
  };
}
