/**
 * What an organisation has said of its own codes: reviewed translations, saved as data and handed to the mapping. They are asked after the
 * built-in tables, and only where those know nothing; one that was reviewed as an override is asked before them.
 */
import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { CodedTarget, CodeSystem } from "./coded-target.ts";

/** What a local code means: an option of an item, an item itself (a local test code), or a code that the built-in tables know. */
export type SiteCodeTarget =
  | { readonly kind: "OPTION"; readonly recordType: RecordTypeName; readonly item: string; readonly key: string }
  | { readonly kind: "ITEM"; readonly recordType: RecordTypeName; readonly item: string }
  | { readonly kind: "CONCEPT"; readonly system: CodeSystem; readonly code: string };

export interface SiteCode {
  readonly target: SiteCodeTarget;
  /** Comes before the built-in tables. */
  readonly override: boolean;
  /** Of the entry; named in the mapping report. */
  readonly version: number;
}

/**
 * The entry in force for a code of a source system (a URI, an HL7 v2 coding system, or the name of a local table), or null. Undefined in
 * place of a look-up: the organisation has none.
 */
export type SiteCodes = (system: string, code: string) => SiteCode | null;

/** The reason that names a translation in the mapping report: which table, and which version of it. */
export const siteCodeReason = ({ version }: SiteCode): SiteCodeReason => `SITE_CODE_MAP/${version}`;
export type SiteCodeReason = `SITE_CODE_MAP/${number}`;

/** A translation with what it was made by; null: the built-in tables. */
export interface Translation<T> {
  readonly value: T;
  readonly siteCode: SiteCode | null;
}

/**
 * Asks in the order that holds everywhere: override, built-in tables, site codes. `read` says what a site code means here; null: nothing.
 * Costs nothing where the organisation has no site codes.
 */
export function translateCode<T>(
  siteCodes: SiteCodes | undefined,
  system: string,
  code: string,
  builtIn: () => T | null,
  read: (target: SiteCodeTarget) => T | null,
): Translation<T> | null {
  const siteCode = siteCodes?.(system, code) ?? null;
  const meant = siteCode === null ? null : read(siteCode.target);
  if (siteCode?.override && meant !== null) return { value: meant, siteCode };
  const known = builtIn();
  if (known !== null) return { value: known, siteCode: null };
  return meant === null ? null : { value: meant, siteCode };
}

/** The option of one item; null: the entry is about something else. */
export const optionOf =
  (recordType: RecordTypeName, item: string) =>
  (target: SiteCodeTarget): string | null =>
    target.kind === "OPTION" && target.recordType === recordType && target.item === item ? target.key : null;

const ROLES = new Map<string, CodedTarget["role"]>([
  ["INITIATING_EVENT.eventType", "INDEX"],
  ["TREATMENT.type", "TREATMENT"],
  ["PREVIOUS_EVENT.type", "PREVIOUS_EVENT"],
  ["COMORBIDITY.type", "COMORBIDITY"],
]);

/** What an option means among clinical codes: an index event, a treatment, a previous event, a comorbidity; null: none of them. */
export function clinicalTargetOf(target: SiteCodeTarget): CodedTarget | null {
  if (target.kind !== "OPTION") return null;
  const role = ROLES.get(`${target.recordType}.${target.item}`);
  return role === undefined ? null : { role, key: target.key, group: target.key };
}
