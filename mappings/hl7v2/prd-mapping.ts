/** PRD: the providers of a referral. Of the one that refers, the organisation is the event's referring trust. */
import type { MessageSource } from "../support/hl7v2-message-source.ts";
import type { ReferringOrganisation } from "../support/hl7v2-rehabilitation-drafts.ts";
import { componentOf, repetitionsOf, segmentsOf } from "./read-field.ts";

/** PRD fields by number. */
const ROLE = 1;
const ORGANISATION = 10;
/** HL7 table 0286: referring provider. */
const REFERRING = "RP";
/** XON: organisation identifier (from v2.5 on), and the id number it replaced. */
const IDENTIFIERS = [10, 3] as const;

/** Null: no provider says that it refers, or none names its organisation by a code. */
export function readReferrer(source: MessageSource): ReferringOrganisation | null {
  for (const prd of segmentsOf(source.message, "PRD")) {
    const roles = repetitionsOf(source.message, prd, ROLE).map((role) => componentOf(role, 1)?.toUpperCase());
    if (!roles.includes(REFERRING)) continue;
    const [organisation] = repetitionsOf(source.message, prd, ORGANISATION);
    if (organisation === undefined) continue;
    const code = IDENTIFIERS.map((component) => componentOf(organisation, component)).find((text) => typeof text === "string");
    if (code === undefined || code === null) continue;
    return { code, place: source.use(prd, ORGANISATION), role: source.guide(prd, ROLE, "PROVIDER_ROLE") };
  }
  return null;
}
