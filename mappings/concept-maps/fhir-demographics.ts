/**
 * FHIR code systems of the person's codes. What a code means stands once, as crosswalk in the dataset's code lists; this file says
 * which crosswalk a system URI is, because the same letter means different things in different systems (interop 1.3).
 */
import { ethnicGroup, gender, maritalStatus } from "../../schema/nacr/gw-1.0/code-lists-patient.ts";
import type { CodeList } from "../../src/dataset/define.ts";

/** Looks a code of one crosswalk up. */
type Crosswalk = ReadonlyMap<string, string>;

const UK_CORE = "https://fhir.hl7.org.uk/CodeSystem";
const HL7 = "http://terminology.hl7.org/CodeSystem";

function toCrosswalk(list: CodeList, name: string): Crosswalk {
  const pairs = list.options.flatMap((option) => (option.crosswalk?.[name] ?? []).map((code) => [code, option.key] as const));
  return new Map(pairs);
}

/** AdministrativeGender to NACR gender (UK Core: other is NHS 9, unknown is NHS X). */
export const GENDER_BY_FHIR_CODE: Crosswalk = toCrosswalk(gender, "FHIR_ADMINISTRATIVE_GENDER");

const NHS_ETHNIC = toCrosswalk(ethnicGroup, "NHS_ETHNIC_2001");
/** England's list, alone and as UK Core and Care Connect before it carried it. */
const ETHNIC_ENGLAND: ReadonlySet<string> = new Set([
  `${UK_CORE}/UKCore-EthnicCategoryEngland`,
  `${UK_CORE}/UKCore-EthnicCategory`,
  "https://fhir.hl7.org.uk/STU3/CodeSystem/CareConnect-EthnicCategory-1",
  "https://fhir.hl7.org.uk/STU3/CareConnect-EthnicCategory-1",
]);
const WALES_ETHNIC = toCrosswalk(ethnicGroup, "NHS_ETHNIC_WALES");
/** The retired list UK Core made of England's and Wales's: words for codes (UKCore-PersonMaritalStatus). */
const MARITAL_WORDS: readonly (readonly [code: string, key: string])[] = [
  ["NEVER-MARRIED-NOR-REGISTERED-CIVIL-PARTNERSHIP", "SINGLE"],
  ["MARRIED-OR-CIVIL-PARTNER", "MARRIED"],
  ["CIVIL-PARTNER", "MARRIED"],
  ["DIVORCED-OR-CIVIL-PARTNERSHIP-DISSOLVED", "DIVORCED"],
  ["CIVIL-PARTNERSHIP-DISSOLVED", "DIVORCED"],
  ["WIDOWED-OR-SURVIVING-CIVIL-PARTNER", "WIDOWED"],
  ["SURVIVING-CIVIL-PARTNER", "WIDOWED"],
  ["NOT-DISCLOSED-OR-UNKNOWN", "UNKNOWN"],
  ["NOT-DISCLOSED", "UNKNOWN"],
];
const MARITAL_BY_SYSTEM: ReadonlyMap<string, Crosswalk> = new Map([
  [`${UK_CORE}/UKCore-PersonMaritalStatusEngland`, toCrosswalk(maritalStatus, "NHS_MARITAL_ENGLAND")],
  [`${UK_CORE}/UKCore-PersonMaritalStatusCode`, toCrosswalk(maritalStatus, "NHS_MARITAL_ENGLAND")],
  [`${UK_CORE}/UKCore-PersonMaritalStatusWales`, toCrosswalk(maritalStatus, "NHS_MARITAL_WALES")],
  [`${UK_CORE}/NHSDataModelAndDictionary-PersonMaritalStatusCode`, toCrosswalk(maritalStatus, "NHS_MARITAL_ENGLAND")],
  [`${UK_CORE}/UKCore-PersonMaritalStatus`, new Map(MARITAL_WORDS)],
  [`${HL7}/v2-0002`, toCrosswalk(maritalStatus, "HL7_V2_0002")],
  [`${HL7}/v3-MaritalStatus`, toCrosswalk(maritalStatus, "HL7_V3_MARITAL")],
  [`${HL7}/v3-NullFlavor`, toCrosswalk(maritalStatus, "HL7_V3_MARITAL")],
]);

/** A key and whether it is only the nearest one (the sender's code says something NACR has no option for). */
export interface TranslatedCode {
  readonly key: string;
  readonly approximate: boolean;
}

/** The marital status of a code; null where the system or the code is unknown. */
export function translateMaritalStatus(system: string, code: string): TranslatedCode | null {
  const key = MARITAL_BY_SYSTEM.get(system)?.get(code.toUpperCase());
  return key === undefined ? null : { key, approximate: false };
}

/**
 * The ethnic group of a UK Core code. England's sub-codes (`C2`, `GA`) reduce to their letter. Wales uses the same letters but for
 * `A` (any White: no option), `B` (Gypsy or Irish Traveller) and `T` (Arab). Scotland's list cannot be told apart at NACR's grain.
 */
export function translateEthnicGroup(system: string, code: string): TranslatedCode | null {
  const upper = code.toUpperCase();
  if (system === `${UK_CORE}/UKCore-EthnicCategoryWales`) {
    const key = WALES_ETHNIC.get(upper);
    // A letter that means the same in both lists is exact; one of Wales alone is only near to an option.
    return key === undefined ? null : { key, approximate: NHS_ETHNIC.get(upper) !== key };
  }
  if (!ETHNIC_ENGLAND.has(system)) return null;
  const exact = NHS_ETHNIC.get(upper);
  if (exact !== undefined) return { key: exact, approximate: false };
  const letter = /^[A-Z][A-Z0-9]{1,2}$/.test(upper) ? NHS_ETHNIC.get(upper.charAt(0)) : undefined;
  return letter === undefined ? null : { key: letter, approximate: true };
}
