/** What the input says about one person, read but not yet made into records. */

import type { ObservationItem } from "../concept-maps/fhir-observations.ts";
import type { CodedFact } from "../support/coded-target.ts";
import type { Located } from "../support/fhir-reader.ts";
import type { ResourceEntry } from "./fhir-input.ts";
import type { ResourceUse } from "./fhir-run.ts";
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
  /** Conditions this encounter lists as its diagnoses, with their rank. */
  readonly diagnoses: ReadonlyMap<ResourceEntry, number | null>;
}

/** A coded diagnosis or procedure with the resource that states it. */
export interface FactView {
  readonly kind: "DIAGNOSIS" | "PROCEDURE";
  readonly use: ResourceUse;
  readonly coding: Located<Pick<CodedFact, "system" | "code">>;
  readonly date: Located<string> | null;
  /** The encounter it names, where the input holds it. */
  readonly encounter: ResourceEntry | null;
}

/** One number or finding of an Observation. */
export interface Measurement {
  readonly use: ResourceUse;
  readonly target: Pick<ObservationItem, "recordType" | "item">;
  /** Null: stated, and not usable; `reason` says why. */
  readonly value: number | string | null;
  readonly reason: string | null;
  /** ISO calendar date of observation, or of issue where that is all there is. */
  readonly date: Located<string>;
  readonly path: string;
}

export interface DrugStatement {
  readonly use: ResourceUse;
  readonly drugClass: string;
  readonly taking: "YES" | "NO";
  readonly from: string;
  /** Null: open end. */
  readonly to: string | null;
  readonly path: string;
  /** The class was read from the ingredient's name. */
  readonly byName: boolean;
}

/** A period in which, by the source, cardiac rehabilitation (or the plan for it) took place. */
export interface RehabilitationEvidence {
  readonly kind: "EPISODE" | "ENCOUNTER" | "CARE_PLAN";
  readonly use: ResourceUse;
  readonly start: Located<string>;
  readonly end: Located<string> | null;
}

/** The encounters of one person, found by what facts say about them. */
export interface EncounterIndex {
  readonly byEntry: Map<ResourceEntry, EncounterView>;
  /** By a Condition the encounter lists among its diagnoses. */
  readonly byDiagnosis: Map<ResourceEntry, EncounterView>;
  /** Hospital stays by the day they began. */
  readonly stayByStart: Map<string, EncounterView>;
}

export interface PatientFile {
  readonly subject: Subject;
  readonly encounters: EncounterIndex;
  readonly facts: FactView[];
  readonly measurements: Measurement[];
  readonly drugs: DrugStatement[];
  readonly rehabilitations: RehabilitationEvidence[];
  /** Every resource about the person, to be settled when the records are made. */
  readonly uses: ResourceUse[];
}

export const openPatientFile = (subject: Subject): PatientFile => ({
  subject,
  encounters: { byEntry: new Map(), byDiagnosis: new Map(), stayByStart: new Map() },
  facts: [],
  measurements: [],
  drugs: [],
  rehabilitations: [],
  uses: [],
});
