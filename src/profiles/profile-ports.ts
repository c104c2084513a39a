/** What saved profiles and site codes need from outside. */

import type { CompileResult } from "../../mappings/files/profile-compile.ts";
import type { TableSample } from "../../mappings/files/profile-proposal.ts";
import type { ColumnProfile, ReadProfile } from "../../mappings/files/profile-schema.ts";
import type { Dictionary } from "../dataset/dictionary.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { FileFormat } from "../records/file-format.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";
import type { UploadContent } from "../submission/upload-ports.ts";
import type { SavedProfile, SiteCodeEntry, SiteCodeState, SiteCodeStatement } from "./profile.ts";

export type ProfileToSave = Omit<SavedProfile, "version" | "retiredAt">;

/** `OTHER_FORMAT`: the name is that of a profile for something else. `AUTOMATIC`: another profile is applied to this product already. */
export type SaveRefusal =
  | { readonly refused: "OTHER_FORMAT" | "FULL" }
  | { readonly refused: "AUTOMATIC"; readonly name: string };

/** Under the row-level security of the organisation. */
export interface ProfileStore {
  /** Every version that is not retired. */
  saved(ods: string): Promise<readonly SavedProfile[]>;
  /** Also a retired one. */
  version(ods: string, name: string, version: number): Promise<SavedProfile | null>;
  /** The next version of its name. Savings of an organisation follow one another. @param most names an organisation may have */
  save(actor: OrganisationActor, profile: ProfileToSave, most: number): Promise<SavedProfile | SaveRefusal>;
  /** All versions of the name. @returns the latest of them; null where there is none that is not retired */
  retire(actor: OrganisationActor, name: string, retiredAt: string): Promise<SavedProfile | null>;
}

export interface SiteCodeFilter {
  readonly states: readonly SiteCodeState[] | null;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly system: string | null;
}

export interface SiteCodeToPropose extends SiteCodeStatement {
  readonly id: string;
  readonly proposedAt: string;
}

export interface Review {
  readonly state: "APPROVED" | "REJECTED";
  readonly reviewedAt: string;
}

/** Under the row-level security of the organisation. */
export interface SiteCodeStore {
  /** Those that were approved and not retired, whatever their dates. */
  approved(ods: string): Promise<readonly SiteCodeEntry[]>;
  page(actor: OrganisationActor, filter: SiteCodeFilter, page: PageRequest): Promise<Page<SiteCodeEntry>>;
  find(actor: OrganisationActor, id: string): Promise<SiteCodeEntry | null>;
  /** Null: the organisation has `most` already. */
  propose(actor: OrganisationActor, entry: SiteCodeToPropose, most: number): Promise<SiteCodeEntry | null>;
  /** `OWN`: the actor has proposed it. `NOT_PROPOSED`: it was reviewed or retired before. Null: there is none. */
  review(actor: OrganisationActor, id: string, review: Review): Promise<SiteCodeEntry | "OWN" | "NOT_PROPOSED" | null>;
  /** Again for one that is retired: as it is. */
  retire(actor: OrganisationActor, id: string, retiredAt: string): Promise<SiteCodeEntry | null>;
}

/** Reads column profiles: their shape, then against the dictionary. */
export interface ProfileReader {
  readonly read: (document: unknown) => ReadProfile;
  readonly compile: (profile: ColumnProfile, dictionary: Dictionary) => CompileResult;
}

/** The tables of an upload with some of their rows; null: it has none that could be read. @throws UploadDamaged */
export type SampleTables = (
  content: UploadContent,
  format: FileFormat | null,
  mostRows: number,
) => Promise<readonly TableSample[] | null>;
