/** Destroying what is stored of a single patient (ADR 0034). */
import type { Actor, Role } from "../records/actor.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";
import type { CertificateFacts } from "./certificate.ts";

/** Who has it destroyed: a person, or the gateway itself (role null), which destroys again what a restored database brought back. */
export interface DestructionAgent {
  readonly clientId: string;
  readonly role: Role | null;
  readonly ods: string;
}

export interface DestructionRequest {
  readonly id: string;
  /** Of the entry in the audit trail. */
  readonly auditEventId: string;
  readonly authorisedBy: DestructionAgent;
  readonly patientId: string;
  /** Kept sealed. */
  readonly reason: string;
  /** ISO instant. */
  readonly at: string;
  readonly correlationId: string | null;
}

/** `UNFINISHED`: submissions in hand name the patient. */
export type ErasureResult =
  | { readonly state: "ERASED"; readonly id: string }
  | { readonly state: "UNFINISHED" }
  | { readonly state: "NOT_FOUND" };

/** A destruction whose rows are gone and whose secrets may not be yet. */
export type ErasedPatient = Omit<CertificateFacts, "certifiedAt">;

export interface SignedCertificate {
  readonly id: string;
  readonly ods: string;
  /** ISO instant. */
  readonly certifiedAt: string;
  readonly generation: number;
  readonly document: string;
  /** Base64. */
  readonly signature: string;
}

export interface DestructionStore {
  /**
   * Deletes the rows of the patient and of those merged with it, in one transaction that notes what is left to be done. Of a patient that
   * was erased before the id of that destruction. @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED
   */
  erase(request: DestructionRequest): Promise<ErasureResult>;
  /** Destructions that were begun and not certified: all, or one. */
  unfinished(id: string | null): Promise<readonly ErasedPatient[]>;
  certify(certificate: SignedCertificate): Promise<void>;
  /** Patients whose secrets were destroyed and who are there again; looked for only in a database that knows of fewer destructions. */
  returned(): Promise<readonly { readonly ods: string; readonly patientId: string }[]>;
}

/** What destroys secrets and signs; the keys stay on the other side. */
export interface DestructionKeys {
  /** See `ErasureKeys.destroy`. @returns how many destructions there were, this one included */
  destroy(leaves: readonly string[]): Promise<number>;
  sign(facts: CertificateFacts): Promise<{ readonly document: string; readonly signature: string }>;
}

/** What a Guardian, or the audit administration, reads of a destruction. */
export interface DestructionCertificate {
  readonly id: string;
  readonly ods: string;
  /** ISO instants; `certifiedAt` is null while the secrets are being destroyed. */
  readonly erasedAt: string;
  readonly certifiedAt: string | null;
  readonly authorisedBy: string;
  readonly counts: Readonly<Record<string, number>>;
  /** The file that `nacr verify-certificate` reads. */
  readonly file: string | null;
  /** Why. Null for everybody outside the organisation. */
  readonly reason: string | null;
}

/** What is found of a destroyed patient now: nothing, unless a backup was restored. */
export interface DestructionRemains {
  readonly secretsLeft: number;
  readonly rowsLeft: number;
}

export interface CertificateReader {
  /** Those of the actor's organisation, of every one where it acts for none; the latest first. @throws GatewayError BAD_USER_INPUT */
  page(actor: Actor, request: PageRequest): Promise<Page<DestructionCertificate>>;
  find(actor: Actor, id: string): Promise<DestructionCertificate | null>;
  remains(actor: Actor, id: string): Promise<DestructionRemains>;
  /** Ed25519, PEM. */
  publicKey(): Promise<string>;
}
