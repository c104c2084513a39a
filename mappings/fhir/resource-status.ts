/** Which statuses make a statement. Anything else is dropped with its status as the reason. */
import { readCodings, readElements, readOwn, readText, toElement } from "../support/fhir-reader.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { ResourceEntry } from "./resource-entry.ts";

/** `requested`: a status that FHIR could have given, as a reason; the sender's own text is not repeated. */
const STATUS_NAME = /^[a-z][a-z-]{1,30}$/;

/** Null where the status is one of `accepted`, or absent; else the reason. */
export function refuseStatus(use: ResourceUse, name: string, accepted: ReadonlySet<string>): string | null {
  const status = readText(use.element, name);
  if (status === null ? readOwn(use.element.value, name) === undefined : accepted.has(status)) return null;
  return toReason(status ?? "");
}

/** As `refuseStatus`, for a coded status: refused where one of its codes is. */
export function refuseCodedStatus(use: ResourceUse, name: string, refused: ReadonlySet<string>): string | null {
  const code = readCodings(use.element, name).find((coding) => refused.has(coding.code))?.code;
  return code === undefined ? null : toReason(code);
}

/** Whether it lies in a document, or in a resource, that was entered in error. */
export function isWithdrawn({ container, bundle }: ResourceEntry): boolean {
  const surroundings = [container, bundle?.header?.type === "Composition" ? bundle.header : null];
  return surroundings.some((outer) => outer !== null && readText(toElement(outer.resource), "status") === "entered-in-error");
}

/**
 * Null, or why a resource says nothing whatever its own status: it is withdrawn with what surrounds it, or a modifier extension we do
 * not know may turn its meaning (FHIR R4 2.4.1.1: it must not be processed then).
 */
export function refuseWhole(entry: ResourceEntry): string | null {
  if (isWithdrawn(entry)) return "STATUS_ENTERED_IN_ERROR";
  return readElements(toElement(entry.resource), "modifierExtension").length > 0 ? "MODIFIER_EXTENSION_UNKNOWN" : null;
}

/** Sets a resource aside; one that would have been a statement for NACR also says so as an issue. */
export function dropResource(use: ResourceUse, run: FhirRun, reason: string, wasMeant: boolean): void {
  use.setAside("DROPPED", reason);
  if (!wasMeant) return;
  run.issues.push({
    severity: "INFORMATION",
    code: "SOURCE_DROPPED",
    field: null,
    expression: use.entry.expression,
    params: { reason },
  });
}

const toReason = (status: string): string =>
  STATUS_NAME.test(status) ? `STATUS_${status.toUpperCase().replaceAll("-", "_")}` : "STATUS_UNREADABLE";
