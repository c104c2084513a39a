/** What extracts need from outside. */
import type { Agreement } from "../../agreements/agreement.ts";
import type { CertificateSigner } from "../../agreements/destruction-certificate.ts";
import type { Page, PageRequest } from "../../lib/page.ts";
import type { AuditEntry } from "../../records/audit-entry.ts";
import type { Extract, ExtractFile, ExtractRequest, ExtractState } from "./extract.ts";
import type { AgreementMac } from "./extract-ids.ts";

/** An extract that this process makes, and nobody else as long as the lease is renewed. */
export interface ExtractLease {
  readonly extract: Extract;
  /** Files of an attempt are its own. */
  readonly attempt: number;
  /** Attempts since it was asked for, or asked for again, this one included. */
  readonly tries: number;
}

export interface MadeExtract {
  readonly madeAt: string;
  readonly files: readonly ExtractFile[];
  readonly manifest: string;
}

/** Every function: @throws GatewayError DATABASE_UNAVAILABLE */
export interface ExtractStore {
  /**
   * One for each agreement, version, product, cut and period, and of tables for each list of them. One that failed begins anew as it is asked
   * for now; any other is given back as it is.
   */
  request(request: ExtractRequest, by: { readonly id: string; readonly clientId: string; readonly at: string }): Promise<Extract>;
  find(id: string): Promise<Extract | null>;
  /** The latest asked for first. */
  page(agreementId: string, page: PageRequest): Promise<Page<Extract>>;
  /** All of an agreement, the latest asked for first. */
  ofAgreement(agreementId: string): Promise<readonly Extract[]>;
  /** The first that waits, or whose worker died. */
  lease(seconds: number): Promise<ExtractLease | null>;
  /** False: it is another's, or is not wanted any more. */
  renew(lease: ExtractLease, seconds: number): Promise<boolean>;
  writePart(lease: ExtractLease, part: ExtractPart): Promise<void>;
  /** With the files of this attempt and no other. False as above: then nothing was changed. */
  finish(lease: ExtractLease, made: MadeExtract, entry: AuditEntry): Promise<boolean>;
  /** To be tried again after a while (`REQUESTED`), or the end of it. Nothing of the attempt is left. */
  release(lease: ExtractLease, state: ExtractState, entry: AuditEntry | null): Promise<void>;
  /** File by file, in the order they were written. @param file that one alone; null: all */
  parts(extract: Pick<Extract, "id" | "agreementId">, file: string | null): AsyncIterable<ExtractPart>;
  /** One more download. @returns what goes out: from now on it is never made again. Null where it is not ready (any more). */
  handOver(id: string, at: string): Promise<Extract | null>;
  /** Anew, unless it was handed over. False: it was, or is not ready. */
  makeAgain(id: string, entry: AuditEntry): Promise<boolean>;
  noteWithheld(id: string, persons: number): Promise<void>;
  /** All whose files can be fetched, the first made first. */
  ready(): Promise<readonly Extract[]>;
  /** Files of what was made before the instant. @returns how many extracts */
  removeMadeBefore(at: string, now: string): Promise<number>;
  /** Files of an agreement's extracts, made or not. */
  removeOfAgreement(agreementId: string, now: string): Promise<void>;
}

/** A piece of a file, at most a MiB. */
export interface ExtractPart {
  readonly file: string;
  /** From 0. */
  readonly part: number;
  readonly bytes: Uint8Array;
}

/** Of people whom the gate withholds: their national pseudonyms, all that they can be known by. */
export interface WithheldPersons {
  /** Whoever objects, by any organisation's record of it. One statement. */
  objecting(): Promise<ReadonlySet<string>>;
  /** Whoever may not be released now, for any reason. Asks the gate about every patient: some 0.2 s for a thousand. */
  all(): Promise<ReadonlySet<string>>;
}

export interface ExtractKeys {
  /** Makes the agreement's key where there is none: to be asked for a use that the gate permits, and nowhere else. */
  prepare(agreementId: string): Promise<void>;
  /** Null: the agreement has none, or it was destroyed. */
  macOf(agreementId: string): Promise<AgreementMac | null>;
}

export interface Agreements {
  find(id: string): Promise<Agreement | null>;
}

export type SignManifest = () => Promise<CertificateSigner>;
