/** PID-11 and PID-13: where the patient lives and can be reached. */
import type { DraftBuilder } from "../support/hl7v2-draft-builder.ts";
import type { MessageSource } from "../support/hl7v2-message-source.ts";
import type { Segment } from "./parse-message.ts";
import { componentOf, type Repetition, repetitionsOf, wholeComponentOf } from "./read-field.ts";

const ADDRESS = 11;
const TELEPHONE = 13;

/** XAD components: street, other designation, town, county; postcode; country; type. */
const ADDRESS_LINES = [1, 2, 3, 4] as const;
const POSTCODE = 5;
const COUNTRY = 6;
const ADDRESS_TYPE = 7;
/** Types (HL7 table 0190) of a usual address; an address without a type is one. Temporary, business and mailing addresses are not. */
const USUAL_ADDRESS_TYPES: ReadonlySet<string> = new Set(["H", "HOME", "C", "P", "L"]);
/** XTN equipment types and uses that are no telephone: an e-mail address stands in the same field. */
const NOT_A_TELEPHONE: ReadonlySet<string> = new Set(["INTERNET", "X.400", "NET"]);

export function mapContactDetails(source: MessageSource, pid: Segment, draft: DraftBuilder): void {
  mapAddress(source, pid, draft);
  mapTelephone(source, pid, draft);
}

function mapAddress(source: MessageSource, pid: Segment, draft: DraftBuilder): void {
  const addresses = repetitionsOf(source.message, pid, ADDRESS);
  const usual = addresses.find(isUsual);
  if (usual === undefined) {
    if (addresses.length > 0) draft.drop("address", source.use(pid, ADDRESS), "NOT_THE_USUAL_ADDRESS");
    return;
  }
  const place = source.use(pid, ADDRESS);
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

function isUsual(address: Repetition): boolean {
  const type = componentOf(address, ADDRESS_TYPE);
  return !type || USUAL_ADDRESS_TYPES.has(type.toUpperCase());
}

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
