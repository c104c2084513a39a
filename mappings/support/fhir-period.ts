/** Whether what a Period is attached to (an address, a name, an identifier) is in use. */
import { type FhirElement, readElement, readText } from "./fhir-reader.ts";

/** Systems that cannot leave an end open write a far one: 2999, 9999. */
const OPEN_END_FROM = "2100";

/**
 * @param asOf the date the record was last changed, where it says so; without it an end is taken as past, since a mapping has no clock
 */
export function isInUse(element: FhirElement, asOf: string | null): boolean {
  const period = readElement(element, "period");
  const start = readText(period, "start");
  const end = readText(period, "end");
  if (start !== null && asOf !== null && start.slice(0, asOf.length) > asOf) return false;
  if (end === null || end >= OPEN_END_FROM) return true;
  // A month or a year lasts to its end.
  return asOf !== null && end.slice(0, asOf.length) >= asOf.slice(0, end.length);
}
