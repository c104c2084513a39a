/** What pulling needs from outside: a place for sources and for pulls, a way to read a server, and an upload to write into. */
import type { JWK } from "jose";
import type { OrganisationActor } from "../records/actor.ts";
import type { SubmissionHeader } from "../records/submission-record.ts";
import type { FhirSource, ServerCapability, SourceAuth, SourceSettings } from "./fhir-source.ts";
import type { FailureReason } from "./server-failure.ts";

export type NewSource = Pick<
  FhirSource,
  | "id"
  | "programmeCode"
  | "name"
  | "baseUrl"
  | "state"
  | "origin"
  | "sourceSystem"
  | "profile"
  | "settings"
  | "intervalMinutes"
  | "publicKey"
  | "createdAt"
> & {
  /** The gateway's key as the server's client. Sealed where it is stored, shown to nobody. */
  readonly secret: JWK | null;
};

export type ConfiguredSource = NewSource & { readonly ods: string };

/** Sources, under the actor's row-level security: those of its organisation and programmes. Null: there is no such source. */
export interface SourceStore {
  /** Null where the organisation has `most` that are not removed. */
  register(actor: OrganisationActor, source: NewSource, most: number): Promise<FhirSource | null>;
  /** Those not removed, oldest first. */
  list(actor: OrganisationActor): Promise<readonly FhirSource[]>;
  find(actor: OrganisationActor, id: string): Promise<FhirSource | null>;
  /** A proposed one; of any other: as it is. */
  confirm(actor: OrganisationActor, id: string, at: string): Promise<FhirSource | null>;
  /** Nothing is read from it any more; a pull that is reading it ends. */
  remove(actor: OrganisationActor, id: string): Promise<FhirSource | null>;
  /** Makes the configured sources what the operator's file says: new ones are added, changed ones replaced, absent ones removed. */
  adopt(sources: readonly ConfiguredSource[]): Promise<void>;
}

/** A pull that this process holds until its lease runs out. */
export interface HeldPull {
  readonly ods: string;
  readonly programmeCode: string;
  readonly submissionId: string;
  readonly sourceId: string;
  /** A holder whose number is not the latest any more writes nothing. */
  readonly attempt: number;
}

/** A file of an export. */
export interface ExportFile {
  readonly type: string;
  readonly url: string;
}

export interface ExportManifest {
  /** ISO instant. */
  readonly transactionTime: string;
  readonly output: readonly ExportFile[];
  readonly deleted: readonly ExportFile[];
  /** Resources the export itself reports as its errors. */
  readonly errors: number;
}

/** What a pull is going to read, decided with its first turn. `until`: what the cursor is afterwards. */
export type PullPlan =
  | {
      readonly kind: "SEARCH";
      readonly until: string;
      readonly patients: readonly string[];
      readonly everything: boolean;
      /** Types that are asked for, those the server does not have, and those it did not give. */
      readonly types: readonly string[];
      readonly missing: readonly string[];
      readonly refused: readonly string[];
    }
  | { readonly kind: "BULK"; readonly statusUrl: string; readonly manifest: ExportManifest | null };

/** How far a pull is. `done`: patients or files of the plan that are in the upload, which ends there at `uploadBytes`. */
export interface PullPlace {
  readonly done: number;
  readonly uploadId: string | null;
  readonly uploadBytes: number;
  readonly resources: number;
  readonly patients: number;
  readonly unchanged: number;
  readonly deleted: number;
}

export interface OpenPull {
  readonly held: HeldPull;
  readonly source: FhirSource;
  readonly secret: JWK | null;
  /** ISO instant: only what changed since; null: everything. */
  readonly since: string | null;
  readonly header: SubmissionHeader;
  readonly plan: PullPlan | null;
  readonly place: PullPlace;
  /** Turns of this pull, and turns in a row at this source, that failed. */
  readonly failures: number;
  readonly sourceFailures: number;
}

/** One digest (hexadecimal SHA-256) of the versions of everything of a patient. The server's id is stored as a keyed digest. */
export interface PatientVersions {
  readonly patient: string;
  readonly versions: string;
}

/** Everything is read. `upload` null: there was nothing to read, and the header is that of the finished submission. */
export interface ReadPull {
  readonly header: SubmissionHeader;
  readonly place: PullPlace;
  readonly upload: { readonly id: string; readonly bytes: number; readonly keepUntil: string } | null;
  readonly readUntil: string;
  readonly patients: readonly PatientVersions[];
}

/** Somebody else has the pull, or its submission was cancelled: this one stops without a word. */
export class PullLost extends Error {}

export interface DueSource {
  readonly ods: string;
  readonly programmeCode: string;
  readonly sourceId: string;
}

/** Pulls, of every organisation. Times are the database's own. Writers throw PullLost where the pull is not theirs any more. */
export interface PullStore {
  take(most: number): Promise<readonly HeldPull[]>;
  /** Holds it longer; false where it is lost. */
  hold(held: HeldPull): Promise<boolean>;
  /** Null where it is lost, or its source was removed. */
  open(held: HeldPull): Promise<OpenPull | null>;
  saveCapability(held: HeldPull, capability: ServerCapability | null): Promise<void>;
  savePlan(held: HeldPull, plan: PullPlan): Promise<void>;
  savePlace(held: HeldPull, place: PullPlace): Promise<void>;
  /** Whether everything of the patient was accepted with just these versions by an earlier pull. */
  isKnown(held: HeldPull, patient: PatientVersions): Promise<boolean>;
  /** Gives it up for now; the next attempt is due after `afterMs`. Nothing where it is lost. */
  release(held: HeldPull, afterMs: number): Promise<void>;
  /** As `release`, because the server could not be read: until then no other pull of the source begins either. */
  postpone(held: HeldPull, afterMs: number): Promise<void>;
  /** One transaction: the upload is the submission's input, its job is in the queue, and the source's cursor stands behind it. */
  finish(held: HeldPull, read: ReadPull): Promise<void>;
  /** `header` is that of the finished submission; `openForMs`: how long the source is left in peace, null where it answered. */
  fail(held: HeldPull, header: SubmissionHeader, failure: FailureReason, openForMs: number | null): Promise<void>;
  /** The submission of the source's pull that has not ended. */
  openPullOf(actor: OrganisationActor, sourceId: string): Promise<string | null>;
  /** Sources whose interval is over and that nobody is reading. */
  dueSources(): Promise<readonly DueSource[]>;
}

export interface ServerAccess {
  readonly baseUrl: string;
  readonly auth: SourceAuth | null;
  readonly secret: JWK | null;
  readonly fileOrigins: readonly string[];
  /** It could not be read the last time: one failure is enough to leave it in peace again. */
  readonly isOnTrial: boolean;
  readonly signal: AbortSignal;
}

export type Resource = Readonly<Record<string, unknown>>;

export interface FoundPatients {
  readonly ids: readonly string[];
  /** Types the server did not give. */
  readonly refused: readonly string[];
}

export interface PatientResources {
  /** The patient's own, each once. */
  readonly own: readonly Resource[];
  readonly shared: readonly Resource[];
  readonly refused: readonly string[];
}

export type ExportState =
  | { readonly state: "RUNNING"; readonly retryAfterMs: number }
  | { readonly state: "DONE"; readonly manifest: ExportManifest }
  /** The server knows it no more. */
  | { readonly state: "GONE" };

/** A session with one server. Everything throws ServerFailure, and the reason of the signal it was opened with. */
export interface FhirServer {
  /** Null: the server has no readable CapabilityStatement. */
  readCapability(): Promise<ServerCapability | null>;
  /** The server's own time where it says one, else ours. ISO instant. */
  now(): string;
  /** Patients of the cohort that anything was changed of since. */
  findPatients(settings: SourceSettings, types: readonly string[], since: string | null): Promise<FoundPatients>;
  /** Null: the server has no such patient any more. */
  readPatient(id: string, types: readonly string[], everything: boolean): Promise<PatientResources | null>;
  /** @returns the address to ask how far it is */
  startExport(settings: SourceSettings, since: string | null): Promise<string>;
  pollExport(statusUrl: string): Promise<ExportState>;
  /** The lines of a file of an export, without their ends. */
  readFile(file: ExportFile): AsyncIterable<Buffer>;
  endExport(statusUrl: string): Promise<void>;
  close(): Promise<void>;
}

export interface FhirServers {
  /** @throws ServerFailure */
  open(access: ServerAccess): Promise<FhirServer>;
  /** Whether an address may be called at all: its form, and the addresses of its host. */
  mayCall(url: string): Promise<boolean>;
}

/** An upload that is written line by line. */
export interface PullSink {
  readonly uploadId: string;
  readonly bytes: number;
  /** A line is written with its end. @throws GatewayError where there is no room */
  write(line: Buffer | string): Promise<void>;
  /** Everything written so far is durable. @returns bytes */
  checkpoint(): Promise<number>;
  /** @returns bytes */
  complete(): Promise<number>;
}

export interface PullSinks {
  create(ods: string): Promise<PullSink>;
  /** Null where the upload does not end at `bytes`: what was written last is not known to be whole. */
  resume(ods: string, uploadId: string, bytes: number): Promise<PullSink | null>;
}
