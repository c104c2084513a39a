/** What patients decided, as far as a submission has to know: of the acting organisation only (dataset.md decision 36a). */

/** `NATIONAL`: rows stay the organisation's own. `ALL`: nothing of the patient is stored there. */
export const OBJECTION_SCOPES = ["NATIONAL", "ALL"] as const;
export type ObjectionScope = (typeof OBJECTION_SCOPES)[number];

/** By what a patient may be known to have objected. */
export interface ObjectionSubject {
  /** Ids of the patient's rows, those merged with it among them. */
  readonly patientIds: readonly string[];
  /** Numbers that name the patient. */
  readonly keys: readonly { readonly nhsNumber: string | null; readonly hospitalNumber: string | null }[];
}

/** The widest objection that stands for the subject at this position. */
export interface FoundObjection {
  readonly id: string;
  readonly position: number;
  readonly scope: ObjectionScope;
}

/** An objection that stands, and by what its patient is known from now on: numbers change, and rows come and go. */
export interface Objector {
  readonly objectionId: string;
  readonly subject: ObjectionSubject;
}

/** A record said that its patient objects: the same as `recordObjection(NATIONAL)`. */
export interface ObjectionToRecord {
  readonly id: string;
  readonly patientId: string;
  readonly subject: ObjectionSubject;
  /** Calendar date; null: the record did not say. */
  readonly statedOn: string | null;
}
