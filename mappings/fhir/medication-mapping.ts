/** FHIR MedicationRequest, MedicationStatement and MedicationDispense: drug classes a patient is on (interop 1.10). */
import { addDays } from "../../src/lib/calendar-date.ts";
import { readEndOfPartialDate, readFirstDate } from "../support/fhir-date.ts";
import { readBoolean, readElement, readElements, readNumber, readText } from "../support/fhir-reader.ts";
import { classifyMedication, readSubstances } from "./drug-classification.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { DrugStatement, PatientFile } from "./patient-file.ts";
import { dropResource, refuseStatus } from "./resource-status.ts";

const IN_FORCE = new Set(["active"]);
/** `not-taken` is a statement too; that a drug is missing from a list never is one. */
const STATED = new Set(["active", "not-taken"]);
const BEGUN = ["effectiveDateTime", "effectivePeriod.start"];
const ENDED = "effectivePeriod.end";
const HANDED_OVER = new Set(["completed"]);
/** A proposal, a plan or an option is no prescription. */
const ORDERED = new Set(["order", "original-order", "reflex-order", "filler-order", "instance-order"]);
/** How long a dispensed supply speaks for the patient where it does not say for how many days it is: three packs of 28. Our own decision. */
const SUPPLY_DAYS = 84;

/** What a resource says of time; `from` null: nothing. */
type Period = Pick<DrugStatement, "to"> & { readonly from: string | null };

export function readMedicationRequest(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const doNotPerform = readBoolean(use.element, "doNotPerform") === true ? "DO_NOT_PERFORM" : null;
  const refusal = refuseStatus(use, "status", IN_FORCE) ?? refuseStatus(use, "intent", ORDERED) ?? doNotPerform;
  const from = readFirstDate(use.element, ["authoredOn"])?.value ?? readEndOfPartialDate(use.element, ["authoredOn"]);
  addStatements(use, file, run, refusal, { taking: "YES", from: from ?? readFirstDose(use), to: readLastDose(use) });
}

export function readMedicationStatement(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const refusal = refuseStatus(use, "status", STATED);
  const from = readFirstDate(use.element, BEGUN)?.value ?? readBegun(use) ?? readFirstDose(use);
  const end = readFirstDate(use.element, [ENDED])?.value ?? readEndOfPartialDate(use.element, [ENDED]);
  const taking = readText(use.element, "status") === "not-taken" ? "NO" : "YES";
  addStatements(use, file, run, refusal, { taking, from, to: end ?? readLastDose(use) });
}

/** By when it had begun: the end of a year or month that is stated without a day, or when it was asserted; the earlier of the two. */
function readBegun(use: ResourceUse): string | null {
  const known = [readEndOfPartialDate(use.element, BEGUN), readFirstDate(use.element, ["dateAsserted"])?.value ?? null];
  const [first = null] = known.filter((day) => day !== null).toSorted();
  return first;
}

/** What was handed over is taken while the supply lasts. */
export function readMedicationDispense(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const refusal = refuseStatus(use, "status", HANDED_OVER);
  const from = readFirstDate(use.element, ["whenHandedOver", "whenPrepared"])?.value ?? null;
  const days = readDaysSupplied(use);
  addStatements(use, file, run, refusal, { taking: "YES", from, to: from === null ? null : addDays(from, days) });
}

function readDaysSupplied(use: ResourceUse): number {
  const supply = readElement(use.element, "daysSupply");
  const unit = readText(supply, "code") ?? readText(supply, "unit") ?? "d";
  const days = readNumber(supply, "value");
  return days !== null && days > 0 && days <= 366 && /^(?:d|days?)$/i.test(unit) ? Math.ceil(days) : SUPPLY_DAYS;
}

/** The day the first of the doses is taken, where any dosage says so: the date of a resource that has none of its own. */
function readFirstDose(use: ResourceUse): string | null {
  const [first = null] = readDoseBounds(use, "boundsPeriod.start")
    .filter((start) => start !== null)
    .toSorted();
  return first;
}

/** The day the last of the doses is taken, where every dosage has an end. */
function readLastDose(use: ResourceUse): string | null {
  const ends = readDoseBounds(use, "boundsPeriod.end");
  return ends.reduce((last, end) => (last === null || end === null ? null : end > last ? end : last), ends[0] ?? null);
}

/** `dosageInstruction` of requests, `dosage` of statements. */
const readDoseBounds = (use: ResourceUse, bound: string): readonly (string | null)[] =>
  ["dosageInstruction", "dosage"].flatMap((name) =>
    readElements(use.element, name).map((dosage) => {
      const timing = readElement(dosage, "timing");
      const repeat = timing === null ? null : readElement(timing, "repeat");
      return repeat === null ? null : (readFirstDate(repeat, [bound])?.value ?? null);
    }),
  );

function addStatements(
  use: ResourceUse,
  file: PatientFile,
  run: FhirRun,
  refusal: string | null,
  period: Pick<DrugStatement, "taking"> & Period,
): void {
  const { classes, reason, siteCode, path } = classifyMedication(use, run);
  if (classes.length === 0) {
    use.setAside(reason === "ASPIRIN_NOT_ANTIPLATELET_DOSE" ? "DROPPED" : "UNMAPPED", reason ?? "NO_NACR_ITEM");
    return;
  }
  const { from } = period;
  if (refusal !== null || from === null) {
    dropResource(use, run, refusal ?? "NO_DATE", refusal !== null ? refusal === "STATUS_ENTERED_IN_ERROR" : true);
    return;
  }
  const substances = readSubstances(use, run);
  for (const drugClass of classes)
    file.drugs.push({ ...period, from, use, drugClass, substances, path, byName: reason !== null, siteCode: siteCode ?? null });
}
