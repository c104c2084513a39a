/**
 * Synthetic people of an audit the size of NACR: invented, calibrated to its published figures, the same for the same seed. For the demo, the
 * measurements and the attacks on what is published; nothing of it comes from a patient.
 */
import type { CutJourney } from "../statistics/cut-journey.ts";
import { drawJourneys } from "./draw-journey.ts";
import { type PopulationOptions, planPopulation } from "./plan-population.ts";
import type { SyntheticJourney } from "./synthetic-journey.ts";
import { toCutJourney } from "./to-cut-journey.ts";
import { type PatientRecord, toPatientRecord } from "./to-patient-record.ts";

/** One after the other, never all in memory. @throws RangeError for options that make no population */
export function* generatePopulation(options: PopulationOptions): Generator<SyntheticJourney, void> {
  const plan = planPopulation(options);
  if (plan.journeys === 0) return;
  for (const journey of drawJourneys(plan)) {
    yield journey;
    if (journey.index + 1 === plan.journeys) return;
  }
}

/** The same people as the rows of a cut. */
export function* generateCutJourneys(options: PopulationOptions): Generator<CutJourney, void> {
  for (const journey of generatePopulation(options)) yield toCutJourney(journey, options.seed);
}

/** The same people as the records of a submission. @throws RangeError also past the end of the NHS test range */
export function* generatePatientRecords(options: PopulationOptions): Generator<PatientRecord, void> {
  for (const journey of generatePopulation(options)) yield toPatientRecord(journey, options.seed);
}
