/** What the code of an observation, or of a coded answer, stands for: by the public tables, the sender's profile and the organisation's own codes. */

import { CODED_ITEMS, type CodedItem, isFindingCode } from "../concept-maps/coded-items.ts";
import {
  findMeasurementItem,
  isMeasurementCode,
  lookUpMeasurementItem,
  nameCodeSystem,
} from "../concept-maps/measurement-codes.ts";
import type { MeasurementItem } from "../concept-maps/measurement-items.ts";
import { NEAR_MISS_REASONS, NOT_COLLECTED } from "../concept-maps/measurement-near-misses.ts";
import { type SiteCode, type SiteCodes, type SiteCodeTarget, siteCodeReason } from "./site-codes.ts";

/** A code with its system as the sender wrote it; "" where there is none. */
export interface SentCode {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

/**
 * A profile's observation codes, `system|code` as written in the source, to what they mean: an item (`weightKg`), a public code
 * (`SNOMED|27113001`), or an item with the unit its numbers are in.
 */
export type LocalCodes = Readonly<Record<string, string | { readonly item: string; readonly unit: string }>>;

/** What codes are read by besides the public tables. */
export interface MeasurementTables {
  /** Of the sender's profile: they win over the public tables. */
  readonly localCodes?: LocalCodes;
  /** Of the organisation: asked after the public tables, or before them where reviewed as an override. */
  readonly siteCodes?: SiteCodes | undefined;
}

export interface ObservationCode {
  /** `SYSTEM|code` in the names of our tables. */
  readonly key: string;
  readonly item: MeasurementItem | null;
  readonly codedItem: CodedItem | null;
  /** The unit of its numbers, by the profile. */
  readonly unit: string | null;
  /** The option it is by itself. */
  readonly option: { readonly item: string; readonly key: string } | null;
  /** What it was read by, for the report; null: the public tables. */
  readonly note: string | null;
}

/** `SYSTEM|code` in the names of our tables. */
export const toCodeKey = ({ system, code }: SentCode): string => `${nameCodeSystem(system)}|${code.trim()}`;

const isPublic = (key: string): boolean =>
  isMeasurementCode(key) || NEAR_MISS_REASONS.has(key) || isFindingCode(key) || NOT_COLLECTED.has(key);

/** Whether a code can mean anything: most observations of a record are of things the dataset does not ask for. */
export function mayMeanSomething(code: SentCode, { localCodes, siteCodes }: MeasurementTables): boolean {
  if (siteCodes !== undefined) return true;
  return isPublic(toCodeKey(code)) || (localCodes !== undefined && findLocal(code, localCodes) !== undefined);
}

/** What one code stands for. A code nobody knows keeps its key and has no meaning. */
export function resolveCode(sent: SentCode, { localCodes, siteCodes }: MeasurementTables): ObservationCode {
  const local = localCodes === undefined ? undefined : findLocal(sent, localCodes);
  if (local !== undefined) return fromLocal(sent, local);
  const key = toCodeKey(sent);
  const siteCode = siteCodes?.(sent.system.trim(), sent.code.trim()) ?? null;
  const own = siteCode === null || (!siteCode.override && isPublic(key)) ? null : fromSite(key, siteCode);
  return own ?? fromKey(key, null);
}

function findLocal({ system, code }: SentCode, local: LocalCodes): LocalCodes[string] | undefined {
  const key = `${system.trim()}|${code.trim()}`;
  return Object.hasOwn(local, key) ? local[key] : undefined;
}

function fromLocal(sent: SentCode, meaning: LocalCodes[string]): ObservationCode {
  const name = typeof meaning === "string" ? meaning : (meaning?.item ?? "");
  const unit = typeof meaning === "object" ? meaning.unit : null;
  return name.includes("|") ? fromKey(name, "PROFILE_CODE") : { ...fromItem(toCodeKey(sent), name, "PROFILE_CODE"), unit };
}

function fromSite(key: string, siteCode: SiteCode): ObservationCode | null {
  const note = siteCodeReason(siteCode);
  const target: SiteCodeTarget = siteCode.target;
  if (target.kind === "CONCEPT") return fromKey(`${target.system}|${target.code}`, note);
  if (target.kind === "OPTION") return { ...fromKey(key, note), item: null, option: { item: target.item, key: target.key } };
  const meant = fromItem(key, target.item, note);
  return meant.item === null && meant.codedItem === null ? null : meant;
}

const fromKey = (key: string, note: string | null): ObservationCode => ({
  key,
  item: lookUpMeasurementItem(key) ?? null,
  codedItem: null,
  unit: null,
  option: null,
  note,
});

const fromItem = (key: string, name: string, note: string): ObservationCode => ({
  key,
  item: findMeasurementItem(name) ?? null,
  codedItem: CODED_ITEMS.find((item) => item === name) ?? null,
  unit: null,
  option: null,
  note,
});
