/** One invented journey, in the dataset's own words: both the national rows and the records of a submission are made of it. */
import type { CodeKey } from "../../schema/nacr/gw-1.0/index.ts";
import type { Quintile } from "../national/national-values.ts";
import type { AssessmentValues } from "../national/to-national-rows.ts";
import type { PopulationProgramme } from "./programmes.ts";

export interface SyntheticPerson {
  readonly gender: CodeKey<"Gender">;
  readonly ethnicGroup: CodeKey<"EthnicGroup">;
  /** Years reached in the year of the event. */
  readonly age: number;
  /** Null: no postcode. */
  readonly quintile: Quintile | null;
  /** Empty: not asked. */
  readonly comorbidities: readonly CodeKey<"ComorbidityType">[];
}

/** Measures by the dataset's names, which are those of the national columns. `day` counts from the event. */
export type SyntheticAssessment = Partial<AssessmentValues> & { readonly number: number; readonly day: number };

export interface SyntheticDrug {
  readonly assessment: number;
  readonly drugClass: CodeKey<"DrugClass">;
  readonly taking: CodeKey<"Taking">;
}

/** Days count from the event; null: it did not happen. */
export interface SyntheticRehabilitation {
  readonly referralDay: number;
  readonly startDay: number | null;
  readonly endDay: number | null;
  readonly agreedToTakePart: CodeKey<"YesNoUnknown">;
  readonly reasonNotTakingPart: CodeKey<"ReasonNotTakingPart"> | null;
  readonly completed: CodeKey<"YesNoUnknown"> | null;
  readonly reasonNotCompleting: CodeKey<"ReasonNotCompleting"> | null;
  readonly deliveryMode: CodeKey<"DeliveryMode"> | null;
  readonly components: readonly CodeKey<"RehabilitationComponent">[];
}

export interface SyntheticJourney {
  /** From 0, within its population. */
  readonly index: number;
  readonly programme: PopulationProgramme;
  readonly person: SyntheticPerson;
  readonly eventType: CodeKey<"EventType">;
  /** ISO date. */
  readonly eventDate: string;
  readonly treatments: readonly CodeKey<"TreatmentType">[];
  readonly rehabilitation: SyntheticRehabilitation;
  readonly assessments: readonly SyntheticAssessment[];
  readonly acuteEvents: readonly { readonly type: CodeKey<"AcuteEventType">; readonly day: number }[];
  readonly drugs: readonly SyntheticDrug[];
}
