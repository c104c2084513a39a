/**
 * A message may name the organisation it comes from (MSH-4). The token decides for whom one acts; a message that names another
 * registered organisation was sent with the wrong token, or by the wrong system, and its record is refused. Any other name is what the
 * sending system calls itself, and says nothing.
 */
import type { DraftRecord } from "../records/draft-record.ts";
import type { Entry } from "./entry.ts";

/** ODS codes of organisations and sites (dataset 2.0). */
const ODS_CODE = /^[A-Z0-9]{3,9}$/;

const toCode = (name: string): string => name.trim().toUpperCase();

/** Those of the ODS codes that are registered. @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED */
export type FindRegistered = (odsCodes: readonly string[]) => Promise<readonly string[]>;

/** The codes among the organisations claimed that are registered, and not the acting one. */
export async function findForeignOrganisations(
  drafts: readonly DraftRecord[],
  ods: string,
  findRegistered: FindRegistered,
): Promise<ReadonlySet<string>> {
  const claimed = new Set(
    drafts.flatMap(({ claimedOrganisation }) => (claimedOrganisation ? toCode(claimedOrganisation.code) : [])),
  );
  const others = [...claimed].filter((code) => code !== ods && ODS_CODE.test(code));
  return new Set(others.length === 0 ? [] : await findRegistered(others));
}

/** Refuses the records whose input names one of them. */
export function refuseForeignOrganisations(entries: readonly Entry[], foreign: ReadonlySet<string>): void {
  if (foreign.size === 0) return;
  for (const entry of entries) {
    const claimed = entry.draft.claimedOrganisation;
    if (claimed !== undefined && foreign.has(toCode(claimed.code)))
      entry.reject("NOT_AUTHORISED_FOR_ORGANISATION", null, { expression: claimed.expression });
  }
}
