/** Rows of a site's code tables, and why one of them may have no effect. */
import type { CodeSystem } from "../support/coded-target.ts";
import type { CodeFault } from "../support/normalise-code.ts";

/** A row that says which group of our maps a code belongs to. */
export interface SiteCode {
  readonly system: CodeSystem;
  readonly code: string;
  /** The code's own words; empty where the table has none. */
  readonly label: string;
  readonly target: string;
  /** Role or action; empty where the table has none. */
  readonly action: string;
  /** `snomed.csv:14`. */
  readonly place: string;
}

/** A product of dm+d with the class a table states, by name, or by an ATC or BNF code. */
export interface SiteProduct {
  readonly code: string;
  readonly name: string;
  readonly drugClass: string;
  readonly atc: string;
  readonly bnf: string;
  readonly place: string;
}

export interface SiteTables {
  readonly codes: readonly SiteCode[];
  readonly products: readonly SiteProduct[];
  /** Digest of the files. */
  readonly version: string;
}

/**
 * Why a row has no effect. `SHIPPED_MEANING_STANDS`: the row is a known slip of published tables. `NOT_OF_THESE_MAPS`: no diagnosis or
 * procedure. `CLASS_UNKNOWN`: neither its name nor its class or codes tell a drug class; `CLASS_CONTRADICTED`: rows give a product
 * different classes and its name does not say which.
 */
export type RowRefusal =
  | CodeFault
  | "TARGET_UNKNOWN"
  | "SHIPPED_MEANING_STANDS"
  | "NOT_OF_THESE_MAPS"
  | "CLASS_UNKNOWN"
  | "CLASS_CONTRADICTED";

export interface RefusedRow {
  readonly place: string;
  readonly reason: RowRefusal;
}
