/** What a cut keeps of one resolved journey: the rows of the national side (src/national/national-columns.ts), without the person's number. */
import type { AcuteEventValues, AssessmentValues, DrugClassValues, JourneyValues } from "../national/to-national-rows.ts";

/** One journey with what hangs off it. The cube counts these; an extract flattens them. */
export interface CutJourney {
  readonly row: JourneyValues;
  /** Numbers 1 to 3, each at most once. */
  readonly assessments: readonly AssessmentValues[];
  readonly acuteEvents: readonly AcuteEventValues[];
  readonly drugs: readonly DrugClassValues[];
}
