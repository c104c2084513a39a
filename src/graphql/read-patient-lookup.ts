/** Naming a patient by one of three arguments. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { PatientLookup } from "../submission/status-ports.ts";
import { readRecordId } from "./read-record-id.ts";

export const WHICH_PATIENT = "Name the patient by exactly one of id, nhsNumber and hospitalNumber.";

type Argument = string | null | undefined;

/**
 * Null for an id that cannot be one of ours. Spaces and hyphens of an NHS number do not count.
 * @throws GatewayError BAD_USER_INPUT where it is not exactly one
 */
export function readPatientLookup(id: Argument, nhsNumber: Argument, hospitalNumber: Argument): PatientLookup | null {
  const given = [id, nhsNumber, hospitalNumber].filter((argument) => argument !== null && argument !== undefined);
  if (given.length !== 1) throw new GatewayError("BAD_USER_INPUT", WHICH_PATIENT);
  if (nhsNumber) return { nhsNumber: nhsNumber.replace(/[\s-]/g, "") };
  if (hospitalNumber) return { hospitalNumber: hospitalNumber.trim() };
  const known = readRecordId(id ?? "");
  return known === null ? null : { id: known };
}
