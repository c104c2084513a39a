/** The words with which somebody withdrew a record: sealed, and bound to that one removal of that one record. */
import type { OrganisationKeys } from "../keys/organisation-keys.ts";

export interface TombstonePlace {
  readonly ods: string;
  readonly recordId: string;
  /** Of the removal. */
  readonly version: number;
}

export const tombstonePlace = ({ ods, recordId, version }: TombstonePlace): string => `${ods}/${recordId}/${version}/tombstone`;

export const sealTombstone = (keys: OrganisationKeys, place: TombstonePlace, reason: string): Uint8Array =>
  keys.seal(JSON.stringify({ reason }), tombstonePlace(place), place.recordId);

/** @throws Error where the box belongs to another removal or was altered */
export function openTombstone(keys: OrganisationKeys, place: TombstonePlace, sealed: Uint8Array): string {
  const { reason }: { readonly reason: string } = JSON.parse(keys.open(sealed, tombstonePlace(place)).toString());
  return reason;
}
