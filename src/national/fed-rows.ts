/** Hospitals' rows as far as the national side is made of them: what the role `nacr_feed` may read, and no more. */
import type { LinkedRef } from "../episodes/link-words.ts";
import type { JourneyEvent, JourneyPatient, JourneyTreatment } from "../episodes/resolve-journey.ts";

export interface FedPatient extends JourneyPatient {
  readonly yearOfBirth: number | null;
  /** Keyed digest of the NHS number, the same in every organisation; null: the patient has none. */
  readonly nhsDigest: string | null;
  /** Null: the patient is linked with nobody. */
  readonly personId: string | null;
}

export interface FedEvent extends JourneyEvent {
  readonly episodeId: string | null;
  readonly referralDate: string | null;
}

export interface FedComorbidity {
  readonly ods: string;
  readonly patientId: string;
  readonly type: string | null;
}

/** A programme that is in no register is none: `programme`, `trust` and `nation` are the register's. */
export interface FedRehabilitation extends LinkedRef {
  readonly eventId: string;
  readonly programme: string | null;
  readonly trust: string | null;
  readonly nation: string | null;
  /** Of NHS England; null: no file of a site names one for the trust, or the nation has none. */
  readonly region: string | null;
  readonly referralDate: string | null;
  readonly coreStartDate: string | null;
  readonly coreEndDate: string | null;
  readonly agreedToTakePart: string | null;
  readonly reasonNotTakingPart: string | null;
  readonly completed: string | null;
  readonly reasonNotCompleting: string | null;
  readonly deliveryMode: string | null;
  readonly components: readonly string[];
}

export interface FedAssessment extends LinkedRef {
  readonly rehabilitationId: string;
  readonly number: number;
  readonly date: string | null;
  /** By the name of the national column. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface FedAcuteEvent extends LinkedRef {
  readonly rehabilitationId: string;
  readonly type: string | null;
  readonly date: string | null;
}

export interface FedDrug {
  readonly ods: string;
  readonly assessmentId: string;
  readonly class: string | null;
  readonly taking: string | null;
}

/** Everything below some patients. */
export interface FedRows {
  readonly events: readonly FedEvent[];
  readonly treatments: readonly JourneyTreatment[];
  readonly comorbidities: readonly FedComorbidity[];
  readonly rehabilitations: readonly FedRehabilitation[];
  readonly assessments: readonly FedAssessment[];
  readonly acuteEvents: readonly FedAcuteEvent[];
  readonly drugs: readonly FedDrug[];
}
