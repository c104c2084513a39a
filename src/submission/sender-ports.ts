/**
 * What an organisation has saved for a sender: its mapping profile and its own codes. Resolved before a mapping runs, because a mapping
 * reads nothing but what it is handed.
 */
import type { CompiledProfile } from "../../mappings/files/profile-compile.ts";
import type { SiteCodes } from "../../mappings/support/site-codes.ts";
import type { Dictionary } from "../dataset/dictionary.ts";

/** What a profile is for: a format of messages, or tables of any kind of file. */
export const PROFILE_FORMATS = ["FHIR", "HL7V2", "TABLES"] as const;
export type ProfileFormat = (typeof PROFILE_FORMATS)[number];

export interface SenderQuestion {
  readonly ods: string;
  readonly vendor: string;
  readonly product: string;
  /** `RECORDS`: NACR records, which no profile reads. */
  readonly format: ProfileFormat | "RECORDS";
  /** The name in the request; null: what is saved for the sender, else the format's default. */
  readonly profile: string | null;
  /** Of the version that is claimed: a column profile speaks its words. */
  readonly dictionary: Dictionary;
}

export interface Sender {
  /** Name of a profile the mappings know; null: the format's default. */
  readonly profile: string | null;
  /** The column profile that reads the tables; null: they are importer files. */
  readonly columns: CompiledProfile | null;
  /** Undefined: the organisation has none for this sender. */
  readonly siteCodes: SiteCodes | undefined;
  /** What a job keeps, so that all of a file is read by the same version: `our-pats@3`. */
  readonly pinned: string | null;
}

/** Null: there is no profile of that name for such input. @throws GatewayError DATABASE_UNAVAILABLE */
export type ResolveSender = (question: SenderQuestion) => Promise<Sender | null>;

/** The profile that read an input exists no more: a fault where the input was accepted with it. */
export class ProfileGone extends Error {
  constructor() {
    super("The mapping profile of an accepted input exists no more.");
  }
}

/** Where nothing can be saved: names are left to the mappings. */
export const resolveUnsaved: ResolveSender = async ({ profile }) => ({
  profile,
  columns: null,
  siteCodes: undefined,
  pinned: profile,
});

/** Reads a column profile that is not saved. @throws GatewayError BAD_USER_INPUT with everything that is wrong with it */
export type CompileColumns = (document: unknown, dictionary: Dictionary) => CompiledProfile;
