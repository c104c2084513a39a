/** The words in which rules about terms are written. */
import type { FrameworkContract } from "./agreement.ts";
import type { Standard } from "./standards.ts";
import type { Terms } from "./terms.ts";

/** What is known beside the terms. */
export interface TermsContext {
  /** The day the agreement would be issued; ISO date in London. */
  readonly today: string;
  /** An amendment goes on with a term that has begun. */
  readonly isAmendment: boolean;
  /** Those that terms name and that are recorded. */
  readonly contracts: readonly FrameworkContract[];
  readonly vocabulary: AgreementVocabulary;
}

/** What can be named at all: a wrong name would permit nothing, and nobody would notice before the first use. */
export interface AgreementVocabulary {
  readonly measures: readonly string[];
  readonly dimensions: readonly string[];
  readonly profiles: readonly string[];
  /** Of a profile that terms bring, as JSON. */
  readonly judgeProfile: (json: string, productClass: Terms["productClass"]) => JudgedProfile;
  readonly fields: readonly string[];
  readonly nations: readonly string[];
  readonly eventGroups: readonly string[];
}

export interface JudgedProfile {
  /** Null where something is wrong with it. */
  readonly id: string | null;
  readonly findings: readonly { readonly code: string; readonly field: string; readonly message: string }[];
}

export interface TermsRule {
  readonly code: string;
  readonly standard: Standard;
  readonly message: string;
  /** Paths of what breaks it, in the words of the terms; empty: it is kept. */
  readonly broken: (terms: Terms, context: TermsContext) => readonly string[];
}

/** Paths of the list's entries that are not as they should be. */
export const entries = <T>(list: readonly T[], path: string, member: string, isBad: (entry: T) => boolean): string[] =>
  list.flatMap((entry, index) => (isBad(entry) ? [`${path}[${index}]${member === "" ? "" : `.${member}`}`] : []));

/** Paths of what stands in a list a second time. */
export const repeats = (list: readonly string[], path: string): string[] =>
  list.flatMap((entry, index) => (list.indexOf(entry) === index ? [] : [`${path}[${index}]`]));
