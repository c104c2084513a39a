/** An extract: what was asked for, what became of it, and what is in it. */
import type { ProductClass } from "../../agreements/terms.ts";
import type { ExtractFormat } from "./extract-file.ts";

/** Journeys with what hangs off them, or exact tables under the agreement's disclosure profile. */
export type ExtractProduct = Exclude<ProductClass, "AGGREGATED_SUPPRESSED">;

/**
 * `REQUESTED`: it is made, or made again. `FAILED`: it could not be made; asked for again, it is tried again. `REFUSED`: when it was to be
 * made, the agreement did not permit it any more. `REMOVED`: its files are not kept any more.
 */
export const EXTRACT_STATES = ["REQUESTED", "READY", "FAILED", "REFUSED", "REMOVED"] as const;
export type ExtractState = (typeof EXTRACT_STATES)[number];

/** A declared table, by the words of the cube. */
export interface AskedTable {
  readonly measure: string;
  readonly dimensions: readonly string[];
}

export interface ExtractFile {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
}

export interface ExtractRequest {
  readonly agreementId: string;
  /** Of the agreement, that permitted it. */
  readonly version: number;
  readonly product: ExtractProduct;
  readonly cutId: string;
  /** Its name (`extract-period.ts`). */
  readonly period: string;
  readonly format: ExtractFormat;
  /** Of a record-level extract. */
  readonly fields: readonly string[];
  /** Of exact tables. */
  readonly tables: readonly AskedTable[];
  readonly purpose: string;
  /** Code of the place it goes to. */
  readonly location: string;
}

export interface Extract extends ExtractRequest {
  readonly id: string;
  readonly requestedBy: string;
  /** ISO instants. */
  readonly requestedAt: string;
  readonly state: ExtractState;
  readonly madeAt: string | null;
  /** When the files went out first: from then on they are never made again. */
  readonly handedOverAt: string | null;
  readonly downloads: number;
  /** How often it was made again because somebody in it objected before it was handed over. */
  readonly timesMadeAgain: number;
  readonly removedAt: string | null;
  readonly files: readonly ExtractFile[];
  /** The signed manifest as a file; null until it is made. */
  readonly manifest: string | null;
  /** Of one that was handed over: persons in it who objected or opted out since, when that was looked at last. Exact, so never shown. */
  readonly withheldSince: number;
}

/** Of the zip; `:id` is the extract's. */
export const EXTRACT_ROUTE = "/extracts/:id/files.zip";
export const extractPath = (id: string): string => EXTRACT_ROUTE.replace(":id", id);
