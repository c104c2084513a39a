/** FHIR Patient to NACR patient (interop 1.3, 1.4). */
import {
  GENDER_BY_FHIR_CODE,
  type TranslatedCode,
  translateEthnicGroup,
  translateMaritalStatus,
} from "../concept-maps/fhir-demographics.ts";
import { ETHNIC_CATEGORY_URLS, NHS_NUMBER_UNAVAILABLE_URL } from "../concept-maps/fhir-systems.ts";
import { isPartialDate, readSourceTime, toFhirDate } from "../support/fhir-date.ts";
import { type OpenDraft, openDraft, setItem } from "../support/fhir-draft.ts";
import {
  type Coding,
  joinPath,
  readCodings,
  readExtension,
  readExtensionOf,
  readLocatedText,
  readOwn,
} from "../support/fhir-reader.ts";
import { optionOf, type SiteCodeTarget, siteCodeReason, translateCode } from "../support/site-codes.ts";
import { mapClaimedOrganisation } from "./claimed-organisation.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import { mapPatientContact } from "./patient-contact-mapping.ts";
import { type IdentifierReason, readPatientIdentity } from "./patient-identity.ts";
import { mapGpPractice } from "./practice-mapping.ts";

/** A number in use that is not taken: the sender should know. */
const NUMBER_IN_DOUBT: ReadonlySet<IdentifierReason> = new Set<IdentifierReason>([
  "NHS_NUMBER_UNVERIFIED",
  "NHS_NUMBERS_CONTRADICT",
  "TEMPORARY_NUMBER",
]);

/** A patient is drafted whatever the resource lacks: the dictionary judges what is mandatory, on the merged row. */
export function mapPatient(use: ResourceUse, run: FhirRun): OpenDraft {
  const { entry, element } = use;
  const draft = openDraft({
    recordType: "PATIENT",
    parent: null,
    sourceRecordId: use.sourceRecordId,
    expression: entry.expression,
    sourceTime: readSourceTime(element),
  });
  use.giveTo(draft);
  mapIdentity(use, draft, run);
  mapDate(use, draft, "birthDate", "dateOfBirth");
  mapDate(use, draft, "deceasedDateTime", "dateOfDeath");
  const isDead = readOwn(element.value, "deceasedBoolean");
  if (isDead !== undefined) {
    use.ledger.dropped("deceasedBoolean", isDead === false ? "NOT_DECEASED" : "NO_DATE_OF_DEATH", "PATIENT", "dateOfDeath");
  }
  mapGender(use, draft);
  mapMaritalStatus(use, draft, run);
  mapEthnicGroup(use, draft, run);
  mapPatientContact(use, draft);
  mapGpPractice(use, draft, run);
  mapClaimedOrganisation(use, draft, run);
  return draft;
}

function mapIdentity(use: ResourceUse, draft: OpenDraft, run: FhirRun): void {
  const { nhsNumber, hospitalNumber, unused } = readPatientIdentity(use.element, run.profile);
  for (const [item, number] of Object.entries({ nhsNumber, hospitalNumber })) {
    if (number === null) continue;
    setItem(draft, item, number.value, use.ledger.expressionOf(number.path));
    use.ledger.mapped(number.path, "PATIENT", item);
    const identifier = number.path.slice(0, -".value".length);
    use.ledger.judged(identifier, ["system", "type", "use", "extension"], "PATIENT");
  }
  for (const { value: reason, path } of unused) {
    use.ledger.dropped(path, reason, "PATIENT", null);
    const code = reason === "NHS_NUMBER_PLACEHOLDER" ? reason : NUMBER_IN_DOUBT.has(reason) ? "SOURCE_DROPPED" : null;
    if (code === null) continue;
    draft.issues.push({
      severity: "WARNING",
      code,
      field: "nhsNumber",
      expression: use.ledger.expressionOf(path),
      params: { reason },
    });
  }
  const unavailable = readExtension(use.element, NHS_NUMBER_UNAVAILABLE_URL);
  if (unavailable !== null) use.ledger.dropped(unavailable.path, "NHS_NUMBER_UNAVAILABLE", "PATIENT", "nhsNumber");
  if (nhsNumber !== null || hospitalNumber !== null) return;
  const expression = use.ledger.expressionOf("identifier");
  draft.issues.push({ severity: "ERROR", code: "PATIENT_UNIDENTIFIED", field: "nhsNumber", expression });
}

/**
 * A year or a month is legal in FHIR and no date here: it is left out, and a new patient then lacks a mandatory date. Other text that
 * is no date goes on as it stands: the dictionary knows whether the item may be missing.
 */
function mapDate(use: ResourceUse, draft: OpenDraft, name: string, item: string): void {
  if (readOwn(use.element.value, name) === undefined) return;
  const text = readLocatedText(use.element, name)?.value ?? null;
  const expression = use.ledger.expressionOf(name);
  if (text !== null && !isPartialDate(text)) {
    setItem(draft, item, toFhirDate(text) ?? text, expression);
    use.ledger.mapped(name, "PATIENT", item);
    return;
  }
  const reason = text === null ? "FORMAT_INVALID" : "PARTIAL_DATE";
  const code = text === null ? reason : "SOURCE_DROPPED";
  draft.issues.push({ severity: "WARNING", code, field: item, expression, params: { reason } });
  use.ledger.dropped(name, reason, "PATIENT", item);
  draft.origins[item] = expression;
  if (text !== null && item === "dateOfBirth") draft.partialDateOfBirth = text;
}

function mapGender(use: ResourceUse, draft: OpenDraft): void {
  const expression = use.ledger.expressionOf("gender");
  if (readOwn(use.element.value, "gender") === undefined) {
    setItem(draft, "gender", "NOT_KNOWN", expression);
    draft.issues.push({ severity: "INFORMATION", code: "SOURCE_DEFAULTED", field: "gender", expression });
    use.ledger.defaulted("gender", "PATIENT", "gender", "NOT_IN_SOURCE");
    return;
  }
  const key = GENDER_BY_FHIR_CODE.get(readLocatedText(use.element, "gender")?.value ?? "");
  if (key === undefined) reportUntranslated(use, draft, "gender", "gender");
  else {
    setItem(draft, "gender", key, expression);
    use.ledger.mapped("gender", "PATIENT", "gender");
  }
}

function mapMaritalStatus(use: ResourceUse, draft: OpenDraft, run: FhirRun): void {
  const codings = readCodings(use.element, "maritalStatus");
  mapCodings(use, draft, "maritalStatus", codings, "maritalStatus", translateMaritalStatus, run);
}

function mapEthnicGroup(use: ResourceUse, draft: OpenDraft, run: FhirRun): void {
  const extension = readExtensionOf(use.element, ETHNIC_CATEGORY_URLS);
  if (extension === null) return;
  const codings = readCodings(extension, "valueCodeableConcept");
  mapCodings(use, draft, joinPath(extension.path, "valueCodeableConcept"), codings, "ethnicGroup", translateEthnicGroup, run);
  use.ledger.mapped(joinPath(extension.path, "url"), "PATIENT", null);
}

/** The first coding a table knows, or the organisation's own codes, decides; one that is only near says so with a warning. */
function mapCodings(
  use: ResourceUse,
  draft: OpenDraft,
  path: string,
  codings: readonly Coding[],
  item: string,
  translate: (system: string, code: string) => TranslatedCode | null,
  { tables: { siteCodes } }: FhirRun,
): void {
  const readSite = (target: SiteCodeTarget): TranslatedCode | null => {
    const key = optionOf("PATIENT", item)(target);
    return key === null ? null : { key, approximate: false };
  };
  for (const { system, code, path: at } of codings) {
    const found = translateCode(siteCodes, system, code, () => translate(system, code), readSite);
    if (found === null) continue;
    const { value: translated, siteCode } = found;
    const expression = use.ledger.expressionOf(joinPath(at, "code"));
    setItem(draft, item, translated.key, expression);
    const reason = siteCode === null ? null : siteCodeReason(siteCode);
    use.ledger.mapped(at, "PATIENT", item, translated.approximate ? "NEAREST_OPTION" : reason);
    if (translated.approximate) {
      draft.issues.push({
        severity: "WARNING",
        code: "CODE_NOT_TRANSLATED",
        field: item,
        expression,
        params: { reason: "NEAREST_OPTION" },
      });
    }
    return;
  }
  if (codings.length > 0 || hasText(use, path)) reportUntranslated(use, draft, path, item);
}

/** A concept in words only is not read: the words are the sender's own. */
const hasText = (use: ResourceUse, path: string): boolean => use.ledger.has(joinPath(path, "text"));

function reportUntranslated(use: ResourceUse, draft: OpenDraft, path: string, item: string): void {
  const expression = use.ledger.expressionOf(path);
  draft.issues.push({ severity: "WARNING", code: "CODE_NOT_TRANSLATED", field: item, expression });
  use.ledger.dropped(path, "CODE_NOT_TRANSLATED", "PATIENT", item);
}
