/** What the input says about one person, read but not yet made into records. */

import type { DrugSubstances } from "../concept-maps/fhir-drugs.ts";
import type { CodedFact } from "../support/coded-target.ts";
import type { Located } from "../support/fhir-reader.ts";
import type { SiteCodeReason } from "../support/site-codes.ts";
import type { ResourceUse } from "./fhir-run.ts";
import { type Measurement, MeasurementFates } from "./measured-value.ts";
import type { OrganisationCode } from "./organisation-code.ts";
import type { ResourceEntry } from "./resource-entry.ts";
import type { Subject } from "./subject-registry.ts";

export interface EncounterView {
  readonly use: ResourceUse;
  /** ISO calendar dates with the paths they were read at. */
  readonly start: Located<string> | null;
  /** Null also where the end is no discharge. */
  readonly discharge: Located<string> | null;
  readonly end: string | null;
  readonly closed: boolean;
  readonly died: boolean;
  readonly isRehabilitation: boolean;
  /** A stay in hospital, by its class. */
  readonly inpatient: boolean;
  /** An attendance at an emergency department, by its class. */
  readonly emergency: boolean;
  /** The encounter it is a part of: the spell of a consultant episode. */
  readonly partOf: ResourceEntry | null;
  /** Conditions and procedures this encounter lists as its diagnoses, with their rank; 1 is the primary diagnosis. */
  readonly diagnoses: ReadonlyMap<ResourceEntry, number | null>;
}

/** A coded diagnosis or procedure with the resource that states it. */
export interface FactView {
  readonly kind: "DIAGNOSIS" | "PROCEDURE";
  readonly use: ResourceUse;
  readonly coding: Located<Pick<CodedFact, "system" | "code">>;
  readonly date: Located<string> | null;
  /** Year or month, where the source says no more of when it was. */
  readonly partial: Located<string> | null;
  /** Stands on the patient's problem list. */
  readonly listed: boolean;
  /** The encounter it names, where the input holds it. */
  readonly encounter: ResourceEntry | null;
}

export interface DrugStatement {
  readonly use: ResourceUse;
  readonly drugClass: string;
  readonly substances: DrugSubstances;
  readonly taking: "YES" | "NO";
  readonly from: string;
  /** Null: open end. */
  readonly to: string | null;
  readonly path: string;
  /** The class was read from the ingredient's name. */
  readonly byName: boolean;
  /** The organisation's own translation that told the class. */
  readonly siteCode: SiteCodeReason | null;
}

/**
 * How the service was recognised: by a code, or by the words beside a code we do not know. No code for the referral, or for the
 * procedure, is published for the UK (interop 4), so the words are a declared fallback that warns.
 */
export type Recognition = "CODE" | "NAME";

/** A diagnosis or procedure that a referral or rehabilitation says it is for. */
export interface EventReason {
  /** In the input; null where only its id is known. */
  readonly entry: ResourceEntry | null;
  /** `Condition/123`, sent before or elsewhere. */
  readonly id: string | null;
  readonly path: string;
}

/** Who referred. */
export interface Referrer {
  readonly organisation: OrganisationCode | null;
  /** Key of the list of referrers. */
  readonly profession: string | null;
  readonly role: ResourceEntry | null;
  readonly path: string;
}

/** What the source says of cardiac rehabilitation, or the plan for it. */
export interface RehabilitationEvidence {
  /** `PLAN`: of cardiac rehabilitation; `CARE_PLAN`: of cardiac care at large; `ENCOUNTER`: a visit; `REFERRAL`: dated by its start. */
  readonly kind: "EPISODE" | "ENCOUNTER" | "CARE_PLAN" | "PLAN" | "REFERRAL";
  readonly use: ResourceUse;
  readonly start: Located<string>;
  readonly end: Located<string> | null;
  /** Whether the programme was completed, where the source says so. */
  readonly completed: Located<"YES" | "NO"> | null;
  readonly recognition: Recognition;
  readonly about: readonly EventReason[];
  /** Referrals it says it follows from. */
  readonly basedOn: readonly ResourceEntry[];
  readonly referrer?: Referrer | null;
}

/** The encounters of one person, found by what facts say about them. */
export interface EncounterIndex {
  readonly byEntry: Map<ResourceEntry, EncounterView>;
  /** By a Condition or Procedure the encounter lists among its diagnoses. */
  readonly byDiagnosis: Map<ResourceEntry, EncounterView>;
  /** Hospital stays that are over, with both dates. */
  readonly stays: EncounterView[];
}

export interface PatientFile {
  readonly subject: Subject;
  readonly encounters: EncounterIndex;
  readonly facts: FactView[];
  readonly measurements: Measurement[];
  /** Values that are half of an item. */
  readonly activityParts: Measurement[];
  readonly fates: MeasurementFates;
  readonly drugs: DrugStatement[];
  readonly rehabilitations: RehabilitationEvidence[];
  /** Every resource about the person, to be settled when the records are made. */
  readonly uses: ResourceUse[];
}

export const openPatientFile = (subject: Subject): PatientFile => ({
  subject,
  encounters: { byEntry: new Map(), byDiagnosis: new Map(), stays: [] },
  facts: [],
  measurements: [],
  activityParts: [],
  fates: new MeasurementFates(),
  drugs: [],
  rehabilitations: [],
  uses: [],
});
