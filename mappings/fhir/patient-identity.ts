/** Who a Patient or a subject is, as far as identifiers say (interop 1.1, 1.2; dataset Decision 22c). */
import { checkNhsNumber } from "../../src/dataset/nhs-number.ts";
import { IDENTIFIER_TYPE_SYSTEM, NHS_NUMBER_STATUS_URL, UNVERIFIED_NHS_NUMBER } from "../concept-maps/fhir-systems.ts";
import {
  type FhirElement,
  type Located,
  readCodings,
  readElement,
  readElements,
  readExtension,
  readLocatedText,
  readOwn,
  readText,
} from "../support/fhir-reader.ts";
import type { FhirProfile } from "./fhir-profiles.ts";
import { isForbiddenIdentifier } from "./source-record-id.ts";

/** What became of an identifier that is not the patient's number. */
export type IdentifierReason =
  | "NEVER_STORED"
  | "NO_LONGER_IN_USE"
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
  return chooseNumbers(readElements(patient, "identifier"), profile);
}

/** Reads one `subject.identifier`. */
export const readSubjectIdentity = (identifier: FhirElement, profile: FhirProfile): PatientIdentity =>
  chooseNumbers([identifier], profile);

function chooseNumbers(identifiers: readonly FhirElement[], profile: FhirProfile): PatientIdentity {
  const unused: Located<IdentifierReason>[] = [];
  const nhsNumbers: Candidate[] = [];
  const hospitalNumbers: Candidate[] = [];
  for (const element of identifiers) {
    const value = readLocatedText(element, "value");
    const isNhsNumber = profile.nhsNumberSystems.includes(readText(element, "system") ?? "");
    const rank = isNhsNumber ? 0 : hospitalRank(element, profile);
    const reason = findReason(element, value?.value ?? null, isNhsNumber, rank);
    if (value === null || reason !== null) unused.push({ value: reason ?? "IDENTIFIER_SYSTEM_UNKNOWN", path: element.path });
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

function findReason(
  element: FhirElement,
  value: string | null,
  isNhsNumber: boolean,
  rank: number | null,
): IdentifierReason | null {
  if (isForbiddenIdentifier(element)) return "NEVER_STORED";
  if (rank === null) return "IDENTIFIER_SYSTEM_UNKNOWN";
  if (readOwn(element.value, "use") === "old" || readText(readElement(element, "period"), "end") !== null)
    return "NO_LONGER_IN_USE";
  if (!isNhsNumber || value === null) return null;
  if (isPlaceholder(value)) return "NHS_NUMBER_PLACEHOLDER";
  return isUnverified(element) ? "NHS_NUMBER_UNVERIFIED" : null;
}

/** What senders write for "not known" is no number to find or to group patients by. */
function isPlaceholder(value: string): boolean {
  const check = checkNhsNumber(value);
  return !check.ok && check.code === "NHS_NUMBER_PLACEHOLDER";
}

/** Order of preference among local numbers: typed medical record number, the profile's own system, internal patient id; null: none. */
function hospitalRank(element: FhirElement, profile: FhirProfile): number | null {
  const types = readCodings(element, "type").filter((coding) => coding.system === "" || coding.system === IDENTIFIER_TYPE_SYSTEM);
  if (types.some((coding) => coding.code === "MR")) return 1;
  if (profile.hospitalNumberSystems.includes(readText(element, "system") ?? "")) return 2;
  return types.some((coding) => coding.code === "PI") ? 3 : null;
}

function isUnverified(identifier: FhirElement): boolean {
  const status = readExtension(identifier, NHS_NUMBER_STATUS_URL);
  return status !== null && readCodings(status, "valueCodeableConcept").some((coding) => UNVERIFIED_NHS_NUMBER.has(coding.code));
}
