/** Hospital FHIR servers that the gateway reads by itself: the words of the use case. */
import type { JWK } from "jose";
import type { SourceSystem } from "../records/submission-record.ts";
import type { FailureReason } from "./server-failure.ts";

/** `PROPOSED`: nothing is read from it until the guardian confirms it. */
export const SOURCE_STATES = ["PROPOSED", "CONFIRMED", "REMOVED"] as const;
export type SourceState = (typeof SOURCE_STATES)[number];
/** `CONFIGURED`: stands in the operator's file, who answers for it. */
export const SOURCE_ORIGINS = ["CONFIGURED", "REGISTERED"] as const;
export type SourceOrigin = (typeof SOURCE_ORIGINS)[number];
/** `AUTO`: an export for the first reading where the server has one, searches for what changed since. */
export const PULL_MODES = ["AUTO", "SEARCH", "BULK"] as const;
export type PullMode = (typeof PULL_MODES)[number];
/** What SMART Backend Services asks every server to accept. */
export const KEY_ALGORITHMS = ["ES384", "RS384"] as const;
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];

/** What is read where the source names nothing else: every type the mapping takes records from. */
export const DEFAULT_TYPES = [
  "Patient",
  "Encounter",
  "Condition",
  "Procedure",
  "Observation",
  "DiagnosticReport",
  "MedicationRequest",
  "MedicationStatement",
  "MedicationDispense",
  "ServiceRequest",
  "CarePlan",
  "Appointment",
  "QuestionnaireResponse",
  "EpisodeOfCare",
] as const;
/** Belong to no patient; read for those that refer to them. */
export const SHARED_TYPES = ["Organization", "PractitionerRole", "Medication"] as const;

/** SMART Backend Services: the gateway is a client of the server and proves it with its own key. */
export interface SourceAuth {
  readonly clientId: string;
  /** Null: what the server's `.well-known/smart-configuration` names, if that is on the server's own origin. */
  readonly tokenUrl: string | null;
  readonly scope: string;
  readonly algorithm: KeyAlgorithm;
}

export interface SourceSettings {
  readonly mode: PullMode;
  /** Resource types, `Patient` among them. */
  readonly types: readonly string[];
  /** Searches whose patients are meant (`Encounter?service-type=533`); empty: every patient the server shows the gateway. */
  readonly cohort: readonly string[];
  /** A FHIR Group whose members are meant. */
  readonly groupId: string | null;
  /** Other origins on which the files of an export may lie; no token is sent there. */
  readonly fileOrigins: readonly string[];
  /** Null: the server asks for none. */
  readonly auth: SourceAuth | null;
}

/** What a server said of itself. */
export interface ServerCapability {
  readonly fhirVersion: string | null;
  readonly software: string | null;
  /** `Patient/[id]/$everything`. */
  readonly everything: boolean;
  /** `$export` of the whole server or of a Group. */
  readonly export: boolean;
  /** Types that can be searched; null: it did not say. */
  readonly searchTypes: readonly string[] | null;
  /** ISO instant. */
  readonly checkedAt: string;
}

/** The latest pull of a source. */
export interface PullSummary {
  readonly submissionId: string;
  /** Written into the submission's input so far. */
  readonly resources: number;
  readonly patients: number;
  /** Patients of which everything has the version that was read before; left out. */
  readonly unchanged: number;
  /** Resources the server says it deleted. */
  readonly deleted: number;
  readonly startedAt: string;
  /** Null: being read, or waiting for its next attempt. */
  readonly finishedAt: string | null;
  readonly failure: FailureReason | null;
}

export interface FhirSource {
  readonly id: string;
  readonly ods: string;
  readonly programmeCode: string;
  readonly name: string;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly state: SourceState;
  readonly origin: SourceOrigin;
  readonly sourceSystem: SourceSystem;
  /** Mapping profile; null: the format's default. */
  readonly profile: string | null;
  readonly settings: SourceSettings;
  /** Null: only when asked. */
  readonly intervalMinutes: number | null;
  /** For the server's administrator to register; null where there is no authentication. */
  readonly publicKey: JWK | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly confirmedAt: string | null;
  readonly capability: ServerCapability | null;
  /** ISO instant: everything the server changed before was read and accepted. */
  readonly readUntil: string | null;
  /** ISO instant until which the server is left in peace because it could not be read; null or past: it may be called. */
  readonly openUntil: string | null;
  readonly lastPull: PullSummary | null;
}
