/** What patients told their clinical team, and what keeps it: the store, and the ledger outside the database (ADR 0031). */
import type { OrganisationActor } from "../records/actor.ts";
import type { ObjectionScope } from "../submission/objection-ports.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";

export type { ObjectionScope } from "../submission/objection-ports.ts";
export { OBJECTION_SCOPES } from "../submission/objection-ports.ts";

/** How the patient is named; a number need not be that of a stored patient. */
export type NamedPatient =
  | { readonly patientRecordId: string }
  | { readonly nhsNumber: string }
  | { readonly hospitalNumber: string };

/** `STATED` by a person, or `SUBMITTED` as `auditObjection` of a record. */
export const OBJECTION_ORIGINS = ["STATED", "SUBMITTED"] as const;
export type ObjectionOrigin = (typeof OBJECTION_ORIGINS)[number];

/** As its organisation sees it. Instants are ISO. */
export interface Objection {
  readonly id: string;
  /** Null where the organisation had no record of the patient. */
  readonly patientId: string | null;
  readonly scope: ObjectionScope;
  readonly origin: ObjectionOrigin;
  /** Calendar date on which the patient said so, where that is known. */
  readonly statedOn: string | null;
  readonly recordedAt: string;
  readonly recordedBy: string;
  readonly reason: string | null;
  /** Scope ALL: when the own rows were gone and their keys destroyed. */
  readonly carriedOutAt: string | null;
  readonly certificateId: string | null;
  readonly withdrawnAt: string | null;
  readonly withdrawnBy: string | null;
  readonly withdrawalReason: string | null;
}

export interface NewObjection {
  readonly id: string;
  readonly patient: NamedPatient;
  readonly scope: ObjectionScope;
  readonly reason: string | null;
  readonly statedOn: string | null;
  readonly at: string;
}

/** A published cut that holds journeys of whoever objects. What is published stays so; no later cut holds any. */
export interface CutOfObjection {
  readonly id: string;
  readonly number: number;
  readonly publishedAt: string;
  /** Nothing is answered from it any more. */
  readonly isWithdrawn: boolean;
}

/**
 * For whoever recorded the objection, and nobody else. The first published first; none for one that was withdrawn.
 * @throws GatewayError DATABASE_UNAVAILABLE
 */
export type ListCutsOfObjection = (actor: OrganisationActor, objectionId: string) => Promise<readonly CutOfObjection[]>;

/** An objection of scope ALL whose effect is not complete. */
export interface ObjectionToCarryOut {
  readonly id: string;
  /** Whoever recorded it, for every programme of the organisation. */
  readonly actor: OrganisationActor;
  /** Rows of the patient, those merged with it among them. */
  readonly patientIds: readonly string[];
  /** The keys were destroyed already: what stands here again came out of a backup, and cannot be opened. */
  readonly certificateId: string | null;
}

export interface ObjectionStore {
  /** Null for an id that names no patient of the organisation. One that stands already and says as much is the answer. */
  record(actor: OrganisationActor, objection: NewObjection): Promise<Objection | null>;
  /** Null where the organisation has none of this id. Withdrawn before: as it was withdrawn. */
  withdraw(actor: OrganisationActor, id: string, reason: string, at: string): Promise<Objection | null>;
  find(actor: OrganisationActor, id: string): Promise<Objection | null>;
  /** The latest first. */
  list(actor: OrganisationActor, page: PageRequest): Promise<Page<Objection>>;
  /** Of all organisations, or that one. */
  toCarryOut(id: string | null): Promise<readonly ObjectionToCarryOut[]>;
  markCarriedOut(objection: ObjectionToCarryOut, certificateId: string | null, at: string): Promise<void>;
}

/** A keyed digest of what names a patient. */
export interface SubjectDigest {
  readonly kind: "NHS" | "HOSPITAL" | "PATIENT";
  /** Hexadecimal. */
  readonly digest: string;
}

/**
 * An objection as the ledger keeps it: everything it takes to refuse and withhold again. No value of a patient, and no reason: a box would
 * outlive the key that opens it.
 */
export interface LedgerEntry extends Omit<Objection, "reason" | "withdrawalReason"> {
  readonly ods: string;
  readonly recordedRole: string | null;
  /** None any more where it was withdrawn. */
  readonly subjects: readonly SubjectDigest[];
}

/** Only ever added to; outlives the database. An objection stands in it once for each change, and the latest counts. */
export interface ObjectionLedger {
  /** Durable when it returns. Safe in several processes. */
  append(entries: readonly LedgerEntry[]): Promise<void>;
  /** In the order they were added. @throws StartRefused where a line was altered */
  read(): Promise<readonly LedgerEntry[]>;
}

/** Keeps database and ledger the same. */
export interface LedgerKeeper {
  /** Adds to the ledger what it does not have. What is acknowledged after it is durable outside the database, too. */
  flush(): Promise<void>;
  /** Puts into the database what it lost. @returns how many objections changed there */
  replay(): Promise<number>;
}
