/** System URIs of FHIR, and how the clinical code systems are recognised (interop 1.1). */
import type { CodeSystem } from "../support/coded-target.ts";

export const ODS_SYSTEMS: ReadonlySet<string> = new Set([
  "https://fhir.nhs.uk/Id/ods-organization-code",
  "https://fhir.nhs.uk/Id/ods-site-code",
  "https://fhir.hl7.org.uk/Id/ODS-code",
]);
export const IDENTIFIER_TYPE_SYSTEM = "http://terminology.hl7.org/CodeSystem/v2-0203";
export const NHS_NUMBER_STATUS_URL = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus";
export const ETHNIC_CATEGORY_URL = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory";
export const DISCHARGE_METHOD_URL = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DischargeMethod";

/** Trace failed (04), details in conflict (05), or traced in the Welsh register only (`nn`): never a key. */
export const UNVERIFIED_NHS_NUMBER: ReadonlySet<string> = new Set(["04", "05", "nn"]);
/** Identifier types of v2-0203 that must never be stored: social security, driving licence, passport, tax, bank. */
export const FORBIDDEN_IDENTIFIER_TYPES: ReadonlySet<string> = new Set(["SS", "DL", "PPN", "TAX", "BA", "CC", "SB"]);
export const FORBIDDEN_IDENTIFIER_SYSTEM = /us-ssn|passport|2\.16\.840\.1\.113883\.4\.(?:1$|3\.)/i;

/** Cardiac rehabilitation as type or service type of an Encounter or EpisodeOfCare. */
export const REHABILITATION_CODES: ReadonlySet<string> = new Set([
  "http://snomed.info/sct|733459009",
  "http://terminology.hl7.org/CodeSystem/service-type|533",
]);
/** Cardiac care (regime/therapy), as Synthea plans it. */
export const CARDIAC_CARE_PLAN_CODE = "http://snomed.info/sct|385715006";

/** Discharge codes that mean the patient died: NHS discharge method, HL7 disposition, NUBC status. */
export const DIED_CODES: ReadonlySet<string> = new Set([
  "https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeMethodEngland|4",
  "https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeMethodEngland|5",
  "https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeMethodWales|4",
  "https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeMethodWales|5",
  "http://terminology.hl7.org/CodeSystem/discharge-disposition|exp",
  "http://www.nubc.org/patient-discharge|20",
]);

/** Which concept map a coding belongs to; null for systems none of them covers. ICD-10-PCS is a procedure system of its own. */
export function toClinicalSystem(system: string): CodeSystem | null {
  if (system === "http://snomed.info/sct" || /snomed\.info\/sct|2\.16\.840\.1\.113883\.6\.96$/i.test(system)) return "SNOMED";
  if (/icd-?10/i.test(system)) return /pcs/i.test(system) ? null : "ICD10";
  return /opcs-?4/i.test(system) ? "OPCS4" : null;
}
