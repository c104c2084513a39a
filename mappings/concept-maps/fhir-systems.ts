/** System URIs of FHIR, and how the clinical code systems are recognised (interop 1.1). */
import type { CodeSystem } from "../support/coded-target.ts";

export const ODS_SYSTEMS: ReadonlySet<string> = new Set([
  "https://fhir.nhs.uk/Id/ods-organization-code",
  "https://fhir.nhs.uk/Id/ods-site-code",
  "https://fhir.hl7.org.uk/Id/ODS-code",
  // How the Personal Demographics Service named the same codes at first (its published examples).
  "https://digital.nhs.uk/services/organisation-data-service",
]);
export const IDENTIFIER_TYPE_SYSTEM = "http://terminology.hl7.org/CodeSystem/v2-0203";
/** UK Core, the Personal Demographics Service before it, and Care Connect and GP Connect, whose messages are still carried on. */
export const NHS_NUMBER_STATUS_URLS: ReadonlySet<string> = new Set([
  "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
  "https://fhir.nhs.uk/R4/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
  "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-NHSNumberVerificationStatus-1",
  "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-CareConnect-GPC-NHSNumberVerificationStatus-1",
]);
export const ETHNIC_CATEGORY_URLS: ReadonlySet<string> = new Set([
  "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory",
  "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-EthnicCategory-1",
]);
export const DISCHARGE_METHOD_URL = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-DischargeMethod";

/** Why a patient has no NHS number (`overseas-patient`, `devolved-nation`): it explains a gap and fills none. */
export const NHS_NUMBER_UNAVAILABLE_URL =
  "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberUnavailableReason";

/** Trace failed (04) or details in conflict (05), in the codes of England and Wales and in the words of the list both replaced: never a key. */
export const UNVERIFIED_NHS_NUMBER: ReadonlySet<string> = new Set(["04", "05", "trace-attempted", "trace-needs-to-be-resolved"]);
/** Traced in the Welsh register: a key in Wales only. */
export const WELSH_TRACE: ReadonlySet<string> = new Set(["nn", "number-present-and-traced-using-welsh-nhs-ar"]);
/** Identifier types of v2-0203 that must never be stored: social security, driving licence, passport, tax, bank. */
export const FORBIDDEN_IDENTIFIER_TYPES: ReadonlySet<string> = new Set(["SS", "DL", "PPN", "TAX", "BA", "CC", "SB"]);
export const FORBIDDEN_IDENTIFIER_SYSTEM = /us-ssn|passport|2\.16\.840\.1\.113883\.4\.(?:1$|3\.)/i;

/** Cardiac rehabilitation as a type of service: of SNOMED CT, and of HL7's own list. */
export const REHABILITATION_CODES: ReadonlySet<string> = new Set([
  "http://snomed.info/sct|733459009",
  "http://terminology.hl7.org/CodeSystem/service-type|533",
]);

/** Whether a code is one of them. Senders write the system of service types in several ways, the value set's name among them. */
export function isRehabilitationCode(system: string, code: string): boolean {
  const isServiceType = /service-?type/i.test(system) && REHABILITATION_CODES.has(`${SERVICE_TYPES}|${code}`);
  return isServiceType || REHABILITATION_CODES.has(`${toClinicalSystem(system) === "SNOMED" ? SNOMED : system}|${code}`);
}
const SNOMED = "http://snomed.info/sct";
const SERVICE_TYPES = "http://terminology.hl7.org/CodeSystem/service-type";

/**
 * Booking and Referral Standard of NHS England: a request of this category is a referral that was sent, although the standard has its
 * `intent` written as `plan`.
 */
export const SENT_REFERRAL_CODE = "https://fhir.nhs.uk/CodeSystem/message-category-servicerequest|referral";

/** A referral that does not say what for: who it is addressed to tells. Our own selection. */
export const PATIENT_REFERRAL_CODES: ReadonlySet<string> = new Set([
  "http://snomed.info/sct|3457005",
  "http://snomed.info/sct|306206005",
]);
const JOB_ROLE = "https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName";
const NHS_JOB_ROLE = "https://fhir.nhs.uk/CodeSystem/NHSDigital-SDS-JobRoleCode";
/**
 * Role of a requester to NACR's kind of referrer. 310177007 (cardiac rehabilitation nurse) is of UK Core's own list; the rest
 * is our own selection. A role that is not here says nothing.
 */
export const REFERRER_BY_ROLE: ReadonlyMap<string, string> = new Map(
  [
    ["http://snomed.info/sct|310177007", "CARDIAC_NURSE"],
    ["http://snomed.info/sct|768839008", "CONSULTANT"],
    ["http://snomed.info/sct|62247001", "GP"],
    ...[JOB_ROLE, NHS_JOB_ROLE].flatMap((system) => [
      [`${system}|R0050`, "CONSULTANT"],
      [`${system}|R0260`, "GP"],
      [`${system}|R0270`, "GP"],
    ]),
  ].map(([code = "", key = ""]) => [code, key] as const),
);
/** Cardiac care (regime/therapy), as Synthea plans it. */
export const CARDIAC_CARE_PLAN_CODE = "http://snomed.info/sct|385715006";

const UK_CORE = "https://fhir.hl7.org.uk/CodeSystem";
/**
 * Discharge codes that mean the patient died: NHS discharge method and destination, HL7 disposition, NUBC status. The SNOMED CT pair is
 * our own addition, met in no sample.
 */
export const DIED_CODES: ReadonlySet<string> = new Set([
  ...["UKCore-DischargeMethodEngland", "UKCore-DischargeMethodWales", "NHSDataModelAndDictionary-DischargeMethod"].flatMap(
    (list) => [`${UK_CORE}/${list}|4`, `${UK_CORE}/${list}|5`],
  ),
  ...[
    "UKCore-DischargeDestinationEngland",
    "UKCore-DischargeDestinationWales",
    "NHSDataModelAndDictionary-DischargeDestination",
  ].map((list) => `${UK_CORE}/${list}|79`),
  "http://snomed.info/sct|371828006",
  "http://snomed.info/sct|419099009",
  "http://terminology.hl7.org/CodeSystem/discharge-disposition|exp",
  "http://www.nubc.org/patient-discharge|20",
]);

/** Which concept map a coding belongs to; null for systems none of them covers. ICD-10-PCS is a procedure system of its own. */
export function toClinicalSystem(system: string): CodeSystem | null {
  if (system === "http://snomed.info/sct" || /snomed\.info\/sct|2\.16\.840\.1\.113883\.6\.96$/i.test(system)) return "SNOMED";
  if (/icd-?10/i.test(system)) return /pcs/i.test(system) ? null : "ICD10";
  return /opcs-?4/i.test(system) ? "OPCS4" : null;
}
