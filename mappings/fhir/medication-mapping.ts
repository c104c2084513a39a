/** FHIR MedicationRequest and MedicationStatement: drug classes a patient is on (interop 1.10). */
import { classifyByCode, classifyByName, type DrugClassification } from "../concept-maps/fhir-drugs.ts";
import { readFirstDate } from "../support/fhir-date.ts";
import {
  type Coding,
  type FhirElement,
  readBoolean,
  readCodings,
  readElement,
  readText,
  toElement,
} from "../support/fhir-reader.ts";
import type { ResourceEntry } from "./fhir-input.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { DrugStatement, PatientFile } from "./patient-file.ts";
import { dropResource, refuseStatus } from "./resource-status.ts";

const IN_FORCE = new Set(["active"]);
/** `not-taken` is a statement too; that a drug is missing from a list never is one. */
const STATED = new Set(["active", "not-taken"]);
/** A proposal, a plan or an option is no prescription. */
const ORDERED = new Set(["order", "original-order", "reflex-order", "filler-order", "instance-order"]);

export function readMedicationRequest(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const doNotPerform = readBoolean(use.element, "doNotPerform") === true ? "DO_NOT_PERFORM" : null;
  const refusal = refuseStatus(use, "status", IN_FORCE) ?? refuseStatus(use, "intent", ORDERED) ?? doNotPerform;
  const from = readFirstDate(use.element, ["authoredOn"])?.value ?? null;
  addStatements(use, file, run, refusal, { taking: "YES", from, to: null });
}

export function readMedicationStatement(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const refusal = refuseStatus(use, "status", STATED);
  const from = readFirstDate(use.element, ["effectiveDateTime", "effectivePeriod.start", "dateAsserted"])?.value ?? null;
  const to = readFirstDate(use.element, ["effectivePeriod.end"])?.value ?? null;
  addStatements(use, file, run, refusal, { taking: readText(use.element, "status") === "not-taken" ? "NO" : "YES", from, to });
}

function addStatements(
  use: ResourceUse,
  file: PatientFile,
  run: FhirRun,
  refusal: string | null,
  period: Pick<DrugStatement, "taking" | "to"> & { readonly from: string | null },
): void {
  const { classes, reason, path } = classifyMedication(use, run);
  if (classes.length === 0) {
    use.setAside(reason === "ASPIRIN_NOT_ANTIPLATELET_DOSE" ? "DROPPED" : "UNMAPPED", reason ?? "NO_NACR_ITEM");
    return;
  }
  const { from } = period;
  if (refusal !== null || from === null) {
    dropResource(use, run, refusal ?? "NO_DATE", refusal !== null ? refusal === "STATUS_ENTERED_IN_ERROR" : true);
    return;
  }
  for (const drugClass of classes) file.drugs.push({ ...period, from, use, drugClass, path, byName: reason !== null });
}

/** Class and the path it was read at: from the concept itself, or from the Medication it refers to. */
function classifyMedication(use: ResourceUse, run: FhirRun): DrugClassification & { readonly path: string } {
  const concept = readElement(use.element, "medicationCodeableConcept");
  if (concept !== null)
    return { ...classifyConcept(concept, readCodings(use.element, "medicationCodeableConcept")), path: concept.path };
  const reference = readElement(use.element, "medicationReference");
  const medication = run.index.resolveElement(reference, use.entry, "Medication");
  const path = reference?.path ?? "medicationReference";
  if (reference !== null && medication === null) run.reportUnresolved(use.entry, reference, "MEDICATION_NOT_IN_INPUT");
  return { ...(medication === null ? unknownDrug(reference) : classifyResource(medication, run)), path };
}

function classifyResource(medication: ResourceEntry, run: FhirRun): DrugClassification {
  const element = toElement(medication.resource);
  const code = readElement(element, "code");
  const classification = code === null ? unknownDrug(null) : classifyConcept(code, readCodings(element, "code"));
  if (classification.classes.length > 0 && medication.container === null) run.markUsed(medication, "DRUG", "class");
  return classification;
}

/** The reference's own display still names the drug. */
const unknownDrug = (reference: FhirElement | null): DrugClassification => classifyByName(readText(reference, "display") ?? "");

/** A code that tells the class wins over every name. */
function classifyConcept(concept: FhirElement, codings: readonly Coding[]): DrugClassification {
  for (const { system, code } of codings) {
    const drugClass = classifyByCode(system, code);
    if (drugClass !== undefined) return { classes: [drugClass], reason: null };
  }
  const names = [...codings.map((coding) => coding.display), readText(concept, "text") ?? ""];
  const byName = names.map(classifyByName);
  return (
    byName.find(({ classes }) => classes.length > 0) ??
    byName.find(({ reason }) => reason !== "NO_NACR_ITEM") ??
    classifyByName("")
  );
}
