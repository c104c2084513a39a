/** What a clinical code means for NACR: the answer of a concept map. */

/** The code systems a concept map knows. */
export type CodeSystem = "ICD10" | "OPCS4" | "SNOMED";

/**
 * `INDEX`: may open an initiating event. `PREVIOUS_EVENT`: a history code. `COMORBIDITY`. `TREATMENT`: a new procedure.
 * `SUPPORT`: supports another code, never a record by itself. `REVIEW`: a person must look. `REHABILITATION`: evidence of cardiac rehabilitation.
 * `NOT_AN_EVENT`: known, and by its nature no event: a renewal, removal, revision or test. `NO_OPTION`: known, and NACR has no option for it.
 */
export type CodeRole =
  | "INDEX"
  | "PREVIOUS_EVENT"
  | "COMORBIDITY"
  | "TREATMENT"
  | "SUPPORT"
  | "REVIEW"
  | "REHABILITATION"
  | "NOT_AN_EVENT"
  | "NO_OPTION";

export interface CodedTarget {
  readonly role: CodeRole;
  /** Key of the NACR code list that belongs to the role (event type, previous event type, comorbidity type, treatment type); null where there is none. */
  readonly key: string | null;
  /** Group of the concept map, for the mapping report: `MI_STEMI`, `DIAGNOSTIC_CORONARY`. */
  readonly group: string;
}

/** A diagnosis or procedure as a source states it. */
export interface CodedFact {
  readonly system: CodeSystem;
  readonly code: string;
  /** The sender's own words for the code, where there are any: never stored, only compared with labels of the maps. */
  readonly display?: string;
  /** What the organisation has said that the code means, with the entry that says so: the tables are then not asked. */
  readonly siteMeaning?: { readonly targets: readonly CodedTarget[]; readonly reason: `SITE_CODE_MAP/${number}` };
  /** Where the code stands in the sender's input. */
  readonly expression: string;
  /** The same place without positions. */
  readonly sourceField: string;
  /** ISO calendar date of onset, performance or recording; null where the source gives none. */
  readonly date: string | null;
  /** Year or month, where that is all the source says of its time; `date` is then null. */
  readonly partialDate?: string;
  /** When the source says that the state began, for a history code: not when somebody recorded it. */
  readonly since?: string;
  /** Stands on a problem list: it tells what the patient has had and opens no event. */
  readonly listed?: boolean;
  /** Position among the diagnoses of its spell; 1 is the primary one. Null where the source does not rank. */
  readonly rank: number | null;
  /** The sender's id of the statement (FHIR `Condition/123`); null where there is none (HL7 v2). */
  readonly sourceRecordId: string | null;
  /** Expression of the record it would become (a resource or a segment). */
  readonly recordExpression: string;
}

/** One hospital stay, or one contact: what a single event is derived from. Without `id` and `start` its facts stand alone. */
export interface Spell {
  /** The sender's visit or encounter id, null where there is none. */
  readonly id: string | null;
  readonly start: string | null;
  readonly end: string | null;
  readonly closed: boolean;
  /** The patient died in it: no event is made. */
  readonly died: boolean;
  readonly diagnoses: readonly CodedFact[];
  readonly procedures: readonly CodedFact[];
}
