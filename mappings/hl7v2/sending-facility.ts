import type { Hl7Message } from "./parse-message.ts";
import { fieldText } from "./read-field.ts";

/** MSH-4, the organisation that sends; null where the message names none. Whether it may send is for the caller to judge. */
export function sendingFacility(message: Hl7Message): string | null {
  return fieldText(message, message.segments[0], 4) ?? null;
}

/** MSH-3, the system that sends; null where the message names none. */
export function sendingApplication(message: Hl7Message): string | null {
  return fieldText(message, message.segments[0], 3) ?? null;
}
