/** What the mapping does with the outcome of one observed value: it waits for a record, or is left out and said so. */
import type { MeasurementOutcome } from "../support/measurement-outcome.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import { leaveOut, type Measurement } from "./measured-value.ts";
import type { PatientFile } from "./patient-file.ts";

/** What the values of one resource share. */
export type ValuePlace = Pick<Measurement, "use" | "date" | "reading">;

/** Whether a record may take it, alone or with its other half. */
export const isUsable = (outcome: MeasurementOutcome): boolean =>
  outcome.kind === "VALUE" || (outcome.kind === "DROPPED" && outcome.part !== undefined);

/** Puts a usable value into the patient's file. */
export function takeOutcome(outcome: MeasurementOutcome, path: string, place: ValuePlace, file: PatientFile, run: FhirRun): void {
  if (outcome.kind === "VALUE") {
    const { target, value, warning, note } = outcome;
    if (warning !== null) warnOfValue(place.use, run, warning.code, target.item, path, { reason: warning.reason });
    file.measurements.push({ ...place, target, value, path, note: note ?? warning?.reason ?? null, parts: [] });
  } else if (outcome.kind === "DROPPED" && outcome.part !== undefined) {
    const { item, value } = outcome.part;
    const target = { recordType: "ASSESSMENT", item } as const;
    file.activityParts.push({ ...place, target, value, path, note: null, parts: [] });
  }
}

/** Says why a value is not used; a value meant for an item is an issue too. */
export function refuseOutcome(outcome: MeasurementOutcome, path: string, use: ResourceUse, run: FhirRun): void {
  if (outcome.kind === "DROPPED") leaveOut(use, path, outcome.reason, null);
  if (outcome.kind !== "REFUSED") return;
  const { code, target, reason, stated } = outcome;
  const place = reason === "COMPARATOR" ? path.replace(/\.value$/, ".comparator") : path;
  warnOfValue(use, run, code, target.item, place, stated === undefined ? { reason } : { reason, stated });
  leaveOut(use, path, reason, target);
}

export function warnOfValue(
  use: ResourceUse,
  run: FhirRun,
  code: string,
  field: string,
  path: string,
  params: Readonly<Record<string, string>>,
): void {
  run.issues.push({ severity: "WARNING", code, field, expression: `${use.entry.expression}.${path}`, params });
}
