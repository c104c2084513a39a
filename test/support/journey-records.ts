/** Invented patient records as `submitRecords` takes them. Numbers are of the NHS test range; the same seed gives the same person. */
import { toTestNhsNumber } from "../../src/dataset/nhs-number.ts";

export type Input = Readonly<Record<string, unknown>>;

export const person = (seed: number, more: Input = {}): Input => ({
  nhsNumber: toTestNhsNumber(seed),
  hospitalNumber: `H-${seed}`,
  dateOfBirth: "1951-03-14",
  gender: "MALE",
  ...more,
});

/** Just enough to name a known patient. */
export const named = (seed: number, more: Input = {}): Input => ({ nhsNumber: toTestNhsNumber(seed), ...more });

export const event = (more: Input = {}): Input => ({ eventType: "MI_STEMI", eventDate: "2026-01-02", ...more });

export const rehabilitation = (more: Input = {}): Input => ({
  referralDate: "2026-01-08",
  coreStartDate: "2026-02-01",
  assessments: [{ number: 1, date: "2026-01-28", weightKg: 82 }],
  ...more,
});

/** One patient's record; `patient` is the person of the seed unless another one is given. */
export const recordOf = (seed: number, more: Input = {}): Input => ({
  sourceRecordId: `rec-${seed}`,
  patient: person(seed),
  ...more,
});

/** Patient, event, treatment, rehabilitation, assessment: five dataset records. */
export const journey = (seed: number, more: Input = {}): Input =>
  recordOf(seed, {
    initiatingEvents: [event({ treatments: [{ type: "PCI", date: "2026-01-02" }], rehabilitations: [rehabilitation()] })],
    ...more,
  });
