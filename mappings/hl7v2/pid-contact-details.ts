/** PID-11 and PID-13: where the patient lives and can be reached. */
import type { DraftBuilder } from "../support/hl7v2-draft-builder.ts";
import type { MessageSource } from "../support/hl7v2-message-source.ts";
import type { Segment } from "./parse-message.ts";
import { componentOf, type Repetition, repetitionsOf, subcomponentOf, wholeComponentOf } from "./read-field.ts";

const ADDRESS = 11;
const TELEPHONE = 13;

/** XAD components: street, other designation, town, county; postcode; country; type. */
const ADDRESS_LINES = [1, 2, 3, 4] as const;
const POSTCODE = 5;
const COUNTRY = 6;
const ADDRESS_TYPE = 7;
/**
 * Types (HL7 table 0190) of a usual address, best first; an address without a type is one. `C` may be a temporary one, so it comes last.
 * `CurrentMAIN` and `MAIN` are met in feeds of one English patient administration system.
 */
const USUAL_ADDRESS_TYPES: readonly string[] = ["H", "HOME", "CURRENTMAIN", "MAIN", "", "P", "L", "C"];
/** Types of that table, and words for them, that are none: work, mailing, billing, birth, origin, a bad or a temporary address. */
const OTHER_ADDRESS_TYPES: ReadonlySet<string> = new Set([
  ..."B O BA BI M MA N BDL BR F S SH TM V TMP".split(" "),
  ..."BUSINESS WORK OFFICE BILLING MAILING BIRTH TEMP TEMPORARY PREVIOUS OLD BAD".split(" "),
]);
/** XAD.12 (to v2.6), the range in which an address holds good, and its end; XAD.14, the end alone (from v2.5 on). */
const VALIDITY_RANGE = 12;
const RANGE_END = 2;
const EXPIRES = 14;
/** XTN equipment types and uses that are no telephone: an e-mail address, a fax, a modem stand in the same field. */
const NOT_A_TELEPHONE: ReadonlySet<string> = new Set(["INTERNET", "X.400", "NET", "FX", "MD"]);

export function mapContactDetails(source: MessageSource, pid: Segment, draft: DraftBuilder): void {
  mapAddress(source, pid, draft);
  mapTelephone(source, pid, draft);
}

function mapAddress(source: MessageSource, pid: Segment, draft: DraftBuilder): void {
  const addresses = repetitionsOf(source.message, pid, ADDRESS);
  const usual = chooseAddress(addresses);
  if (usual === undefined) {
    if (addresses.length > 0) draft.drop("address", source.use(pid, ADDRESS), "NOT_THE_USUAL_ADDRESS");
    return;
  }
  for (const other of addresses) {
    if (other !== usual) draft.drop("address", source.use(pid, ADDRESS, other.position), "NOT_THE_USUAL_ADDRESS");
  }
  const place = source.use(pid, ADDRESS, usual.position > 1 ? usual.position : undefined);
  const lines = ADDRESS_LINES.map((line) => wholeComponentOf(usual, line));
  const text = lines.filter((line) => typeof line === "string").join(", ");
  if (text !== "") draft.map("address", text, place);
  // A composite is deleted where nothing but `""` stands in it.
  else if (lines.includes(null)) draft.clear("address", place);
  else draft.drop("address", place, "NO_ADDRESS");
  const postcode = componentOf(usual, POSTCODE);
  if (postcode === null) draft.clear("postcode", place);
  else if (postcode === undefined) return;
  else if (isForeign(usual, source)) draft.refuse("postcode", place, "FOREIGN_POSTCODE", "SOURCE_DROPPED", "INFORMATION");
  else draft.map("postcode", postcode, place);
}

function chooseAddress(addresses: readonly Repetition[]): Repetition | undefined {
  let best: { readonly address: Repetition; readonly rank: number } | undefined;
  for (const address of addresses) {
    const type = componentOf(address, ADDRESS_TYPE)?.toUpperCase() ?? "";
    if (OTHER_ADDRESS_TYPES.has(type)) continue;
    // A type of the sender's own, which PID-11 says is of some address of the patient, goes after the known ones.
    const known = USUAL_ADDRESS_TYPES.indexOf(type);
    const rank = (known === -1 ? USUAL_ADDRESS_TYPES.length : known) + (hasEnd(address) ? USUAL_ADDRESS_TYPES.length + 1 : 0);
    if (best === undefined || rank < best.rank) best = { address, rank };
  }
  return best?.address;
}

/** One that was, or is to be, left: it gives way to one that is not. */
const hasEnd = (address: Repetition): boolean =>
  !!subcomponentOf(address, VALIDITY_RANGE, RANGE_END) || !!componentOf(address, EXPIRES);

function isForeign(address: Repetition, source: MessageSource): boolean {
  const country = componentOf(address, COUNTRY);
  return !!country && !source.profile.homeCountries.has(country.toUpperCase());
}

function mapTelephone(source: MessageSource, pid: Segment, draft: DraftBuilder): void {
  const numbers = repetitionsOf(source.message, pid, TELEPHONE);
  if (numbers.length === 0) return;
  const place = source.use(pid, TELEPHONE);
  for (const number of numbers.filter(isTelephone)) {
    const text = telephoneText(number);
    if (text === null) return draft.clear("telephone", place);
    if (text !== undefined) return draft.map("telephone", text, place);
  }
  draft.drop("telephone", place, "NO_TELEPHONE_NUMBER");
}

function isTelephone(number: Repetition): boolean {
  return [2, 3].every((component) => !NOT_A_TELEPHONE.has(componentOf(number, component)?.toUpperCase() ?? ""));
}

/** XTN.1 as a whole (to v2.4), XTN.12 unformatted (v2.6), else country, area and local number. */
function telephoneText(number: Repetition): string | null | undefined {
  const whole = componentOf(number, 1);
  if (whole !== undefined) return whole;
  const unformatted = componentOf(number, 12);
  if (unformatted) return unformatted;
  const parts = [5, 6, 7].map((component) => componentOf(number, component)).filter((part) => typeof part === "string");
  return parts.join(" ") || undefined;
}
