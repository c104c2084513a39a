/** Which of the clinical code systems a sender's name for one means: a name of the profile, of HL7 table 0396, a URI or an object identifier. */
import { toClinicalSystem } from "../concept-maps/fhir-systems.ts";
import { nameCodeSystem } from "../concept-maps/measurement-codes.ts";
import type { CodeSystem } from "../support/coded-target.ts";
import type { Hl7v2Profile } from "./hl7v2-profile.ts";

/** `SNOMED-CT UK`, `SNOMED CT (UK)`: no other system begins so. `SNM`, SNOMED International, is another and has codes of its own. */
const SNOMED_NAME = /^snomed[ _-]?ct\b/i;

/** Undefined: none of them, or not known. Two releases of one system are the same (`OPCS-4.9`); ICD-10-PCS is another. */
export function codeSystemOf({ codeSystems }: Hl7v2Profile, name: string): CodeSystem | undefined {
  return codeSystems.get(name.toUpperCase()) ?? (name === "" ? undefined : recogniseName(name));
}

function recogniseName(name: string): CodeSystem | undefined {
  const isSnomed = nameCodeSystem(name) === "SNOMED" || SNOMED_NAME.test(name);
  return isSnomed ? "SNOMED" : (toClinicalSystem(name) ?? undefined);
}
