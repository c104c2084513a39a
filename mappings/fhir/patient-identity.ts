/** Who a Patient or a subject is, as far as identifiers say (interop 1.1, 1.2; dataset Decision 22c). */
import { checkNhsNumber } from "../../src/dataset/nhs-number.ts";
import {
  IDENTIFIER_TYPE_SYSTEM,
  NHS_NUMBER_STATUS_URLS,
  UNVERIFIED_NHS_NUMBER,
  WELSH_TRACE,
} from "../concept-maps/fhir-systems.ts";
import { readSourceDate } from "../support/fhir-date.ts";
import { isInUse } from "../support/fhir-period.ts";
import {
  type FhirElement,
  type Located,
  readCodings,
  readElements,
  readExtensionOf,
  readLocatedText,
  readOwn,
  readText,
} from "../support/fhir-reader.ts";
import type { FhirProfile } from "./fhir-profiles.ts";
import { isForbiddenIdentifier } from "./source-record-id.ts";

/** What became of an identifier that is not the patient's number. */
export type IdentifierReason =
  | "NEVER_STORED"
  | "NO_VALUE"
  | "NO_LONGER_IN_USE"
  | "TEMPORARY_NUMBER"
  | "NHS_NUMBER_UNVERIFIED"
  | "NHS_NUMBER_PLACEHOLDER"
  | "NHS_NUMBERS_CONTRADICT"
  | "ANOTHER_NUMBER_IS_USED"
  | "IDENTIFIER_SYSTEM_UNKNOWN";

export interface PatientIdentity {
  readonly nhsNumber: Located<string> | null;
  readonly hospitalNumber: Located<string> | null;
  readonly unused: readonly Located<IdentifierReason>[];
}

type Candidate = Located<string> & { readonly element: FhirElement; readonly rank: number };

/** Reads the identifiers of a Patient. Two different NHS numbers in use are no number: one of them is somebody else's. */
export function readPatientIdentity(patient: FhirElement, profile: FhirProfile): PatientIdentity {
  const asOf = readSourceDate(patient);
  return chooseNumbers(readElements(patient, "identifier"), profile, asOf);
}

/** Reads one `subject.identifier`. */
export const readSubjectIdentity = (identifier: FhirElement, profile: FhirProfile): PatientIdentity =>
  chooseNumbers([identifier], profile, null);

function chooseNumbers(identifiers: readonly FhirElement[], profile: FhirProfile, asOf: string | null): PatientIdentity {
  const unused: Located<IdentifierReason>[] = [];
  const nhsNumbers: Candidate[] = [];
  const hospitalNumbers: Candidate[] = [];
  for (const element of identifiers) {
    const value = readLocatedText(element, "value");
    const isNhsNumber = profile.nhsNumberSystems.includes(readText(element, "system") ?? "");
    const rank = isNhsNumber ? 0 : hospitalRank(element, profile);
    const inUse = readOwn(element.value, "use") !== "old" && isInUse(element, asOf);
    const reason =
      findReason(element, value?.value ?? null, rank, inUse) ?? (isNhsNumber ? doubtNhsNumber(element, profile) : null);
    if (value === null || reason !== null) unused.push({ value: reason ?? "NO_VALUE", path: element.path });
    else (isNhsNumber ? nhsNumbers : hospitalNumbers).push({ ...value, element, rank: rank ?? 0 });
  }
  const contradict = new Set(nhsNumbers.map((number) => number.value.replace(/[\s-]/g, ""))).size > 1;
  const nhsNumber = contradict ? null : (nhsNumbers[0] ?? null);
  const hospitalNumber = hospitalNumbers.toSorted((one, other) => one.rank - other.rank)[0] ?? null;
  for (const number of nhsNumbers) {
    if (number !== nhsNumber) {
      unused.push({ value: contradict ? "NHS_NUMBERS_CONTRADICT" : "ANOTHER_NUMBER_IS_USED", path: number.element.path });
    }
  }
  for (const number of hospitalNumbers) {
    if (number !== hospitalNumber) unused.push({ value: "ANOTHER_NUMBER_IS_USED", path: number.element.path });
  }
  return { nhsNumber, hospitalNumber, unused };
}

function findReason(element: FhirElement, value: string | null, rank: number | null, inUse: boolean): IdentifierReason | null {
  if (isForbiddenIdentifier(element)) return "NEVER_STORED";
  if (rank === null) return "IDENTIFIER_SYSTEM_UNKNOWN";
  if (value === null) return "NO_VALUE";
  return inUse ? null : "NO_LONGER_IN_USE";
}

/** Why an NHS number in use is no key all the same. */
function doubtNhsNumber(element: FhirElement, profile: FhirProfile): IdentifierReason | null {
  if (readOwn(element.value, "use") === "temp") return "TEMPORARY_NUMBER";
  if (isPlaceholder(readText(element, "value") ?? "")) return "NHS_NUMBER_PLACEHOLDER";
  return isUnverified(element, profile) ? "NHS_NUMBER_UNVERIFIED" : null;
}

/** What senders write for "not known" is no number to find or to group patients by. */
function isPlaceholder(value: string): boolean {
  const check = checkNhsNumber(value);
  return !check.ok && check.code === "NHS_NUMBER_PLACEHOLDER";
}

/** A number for the time being is taken where there is no other. */
const LAST_RANK: Readonly<Record<string, number>> = { secondary: 10, temp: 20 };

/** Order of preference among local numbers: typed medical record number, the profile's own system, internal patient id; null: none. */
function hospitalRank(element: FhirElement, profile: FhirProfile): number | null {
  const use = readText(element, "use") ?? "";
  const later = Object.hasOwn(LAST_RANK, use) ? (LAST_RANK[use] ?? 0) : 0;
  const types = readCodings(element, "type").filter((coding) => coding.system === "" || coding.system === IDENTIFIER_TYPE_SYSTEM);
  if (types.some((coding) => coding.code === "MR")) return 1 + later;
  if (profile.hospitalNumberSystems.includes(readText(element, "system") ?? "")) return 2 + later;
  return types.some((coding) => coding.code === "PI") ? 3 + later : null;
}

function isUnverified(identifier: FhirElement, profile: FhirProfile): boolean {
  const status = readExtensionOf(identifier, NHS_NUMBER_STATUS_URLS);
  if (status === null) return false;
  return readCodings(status, "valueCodeableConcept").some(
    ({ code }) => UNVERIFIED_NHS_NUMBER.has(code) || (!profile.welsh && WELSH_TRACE.has(code)),
  );
}
