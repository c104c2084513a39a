/** Which drug class a FHIR medication belongs to: by its codes, its name, its ingredients (interop 1.10). */
import {
  classifyByName,
  classifyCombination,
  type DrugClassification,
  type DrugSubstances,
  findSubstanceCode,
  findSubstances,
} from "../concept-maps/fhir-drugs.ts";
import {
  type Coding,
  type FhirElement,
  readCodings,
  readElement,
  readElements,
  readNumber,
  readText,
  toElement,
} from "../support/fhir-reader.ts";
import { optionOf, siteCodeReason } from "../support/site-codes.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { ResourceEntry } from "./resource-entry.ts";

/** Class and the path it was read at: from the concept itself, or from the Medication it refers to. */
export function classifyMedication(use: ResourceUse, run: FhirRun): DrugClassification & { readonly path: string } {
  const concept = readElement(use.element, "medicationCodeableConcept");
  const dose = readDose(use.element);
  if (concept !== null)
    return { ...classifyConcept(concept, readCodings(use.element, "medicationCodeableConcept"), dose, run), path: concept.path };
  const reference = readElement(use.element, "medicationReference");
  const medication = run.index.resolveElement(reference, use.entry, "Medication");
  const path = reference?.path ?? "medicationReference";
  if (reference !== null && medication === null) run.reportUnresolved(use.entry, reference, "MEDICATION_NOT_IN_INPUT");
  return { ...(medication === null ? unknownDrug(reference) : classifyResource(medication, dose, run)), path };
}

/** Which drug of its class a medication is, as far as its own names and codes tell, or those of the Medication it refers to. */
export function readSubstances(use: ResourceUse, run: FhirRun): DrugSubstances {
  const reference = readElement(use.element, "medicationReference");
  const medication = run.index.resolveElement(reference, use.entry, "Medication");
  const referred = medication === null ? null : readElement(toElement(medication.resource), "code");
  const concepts = [readElement(use.element, "medicationCodeableConcept"), referred].filter((concept) => concept !== null);
  const codings = [
    ...readCodings(use.element, "medicationCodeableConcept"),
    ...(medication === null ? [] : readCodings(toElement(medication.resource), "code")),
  ];
  const texts = concepts.map((concept) => readText(concept, "text") ?? "");
  const names = [...codings.map(({ display }) => display), ...texts, readText(reference, "display") ?? ""];
  return {
    names: names.flatMap(findSubstances),
    codes: codings.flatMap(({ system, code }) => findSubstanceCode(system, code) ?? []),
  };
}

/** By the product's code and name, else by those of its ingredients. */
function classifyResource(medication: ResourceEntry, dose: string, run: FhirRun): DrugClassification {
  const element = toElement(medication.resource);
  if (readText(element, "status") === "entered-in-error") return { classes: [], reason: "NO_NACR_ITEM" };
  const code = readElement(element, "code");
  const product = code === null ? unknownDrug(null) : classifyConcept(code, readCodings(element, "code"), dose, run);
  const classification = product.reason === "NO_NACR_ITEM" ? classifyIngredients(element, dose, run) : product;
  if (classification.classes.length > 0) run.markUsed(medication, "DRUG", "class");
  return classification;
}

function classifyIngredients(medication: FhirElement, dose: string, run: FhirRun): DrugClassification {
  const found = readElements(medication, "ingredient").flatMap((ingredient): readonly DrugClassification[] => {
    const item = readElement(ingredient, "itemCodeableConcept");
    return item === null ? [] : [classifyConcept(item, readCodings(ingredient, "itemCodeableConcept"), dose, run)];
  });
  const classes = new Set(found.flatMap((one) => one.classes));
  if (classes.has("ARNI")) classes.delete("ARB");
  const reason = found.find((one) => one.reason !== "NO_NACR_ITEM")?.reason;
  return reason === undefined ? unknownDrug(null) : { classes: [...classes], reason };
}

/** The single dose in milligrams as a name would write it: a substance's name tells no strength. */
function readDose(resource: FhirElement): string {
  const [dosage] = ["dosageInstruction", "dosage"].flatMap((name) => readElements(resource, name));
  const rate = dosage === undefined ? null : readElement(dosage, "doseAndRate");
  const quantity = rate === null ? null : readElement(rate, "doseQuantity");
  const value = readNumber(quantity, "value");
  const unit = readText(quantity, "code") ?? readText(quantity, "unit");
  return value === null || unit?.toLowerCase() !== "mg" ? "" : ` ${value} mg`;
}

/** The reference's own display still names the drug. */
const unknownDrug = (reference: FhirElement | null): DrugClassification => classifyByName(readText(reference, "display") ?? "");

/** dm+d by its own name, or among SNOMED CT, of which it is a part. */
const DRUG_DICTIONARY = /dmd\.nhs\.uk|snomed\.info\/sct/i;

/** What the organisation has said of a code; only where it comes before the gateway's own tables, if that is asked for. */
function findOwn({ system, code }: Coding, { tables: { siteCodes } }: FhirRun, overrides = false): DrugClassification | null {
  const siteCode = siteCodes?.(system, code) ?? null;
  const drugClass = siteCode === null ? null : optionOf("DRUG", "class")(siteCode.target);
  if (siteCode === null || drugClass === null || (overrides && !siteCode.override)) return null;
  return { classes: [drugClass], reason: null, siteCode: siteCodeReason(siteCode) };
}

/** A code that tells the class wins over every name, also one of the organisation's own. */
function classifyConcept(concept: FhirElement, codings: readonly Coding[], dose: string, run: FhirRun): DrugClassification {
  const override = codings.map((coding) => findOwn(coding, run, true)).find((found) => found !== null);
  if (override) return override;
  for (const { system, code } of codings) {
    const classes = classifyCombination(system, code);
    if (classes.length > 0) return { classes, reason: null };
    const product = DRUG_DICTIONARY.test(system) ? run.tables.terminology.findProduct(code) : undefined;
    if (product !== undefined) return product;
  }
  const own = codings.flatMap((coding) => findOwn(coding, run) ?? [])[0];
  if (own !== undefined) return own;
  const names = [...codings.map((coding) => coding.display), readText(concept, "text") ?? ""];
  const byName = names.map((name) => classifyByName(`${name}${dose}`));
  return (
    byName.find(({ classes }) => classes.length > 0) ??
    byName.find(({ reason }) => reason !== "NO_NACR_ITEM") ??
    classifyByName("")
  );
}
