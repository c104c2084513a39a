/** FHIR Observation: the measurements and findings of an assessment, and the ejection fraction of an event (interop 1.8, 1.9). */
import {
  HBA1C_UNIT_OF_CODE,
  lookUpObservationItem,
  NON_SMOKER_FINDINGS,
  NOT_A_MEASUREMENT,
  type ObservationItem,
  SMOKING_BY_FINDING,
  SMOKING_OBSERVABLES,
  TEETOTAL_FINDINGS,
  UNIT_OF_CODE,
} from "../concept-maps/fhir-observations.ts";
import { convertToDimension } from "../concept-maps/fhir-units.ts";
import { readFirstDate } from "../support/fhir-date.ts";
import {
  type FhirElement,
  joinPath,
  type Located,
  readCodings,
  readElement,
  readElements,
  readNumber,
  readOwn,
  readText,
} from "../support/fhir-reader.ts";
import { toCodeKey } from "./encounter-mapping.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import type { Measurement, PatientFile } from "./patient-file.ts";
import { dropResource, refuseStatus } from "./resource-status.ts";

const REPORTED = new Set(["final", "amended", "corrected"]);
const OBSERVED = ["effectiveDateTime", "effectiveInstant", "effectivePeriod.start", "issued"];

/** A value as found, before it is dated. */
type Finding = Pick<Measurement, "target" | "value" | "reason" | "path">;

const SMOKING_TARGET = { recordType: "ASSESSMENT", item: "smokingStatus" } as const;
const ALCOHOL_TARGET = { recordType: "ASSESSMENT", item: "alcoholUnitsPerWeek" } as const;

/** One Observation may hold several values (`component`); one whose code NACR has no item for is left to a single report line. */
export function readObservation(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  if (isNoMeasurement(use.element)) {
    use.setAside("DROPPED", "NOT_A_MEASUREMENT");
    return;
  }
  const findings = [use.element, ...readElements(use.element, "component")].flatMap(
    (element) => readFinding(element, use, run) ?? [],
  );
  if (findings.length === 0) return;
  const refusal = refuseStatus(use, "status", REPORTED);
  if (refusal !== null) {
    dropResource(use, run, refusal, true);
    return;
  }
  const date = readFirstDate(use.element, OBSERVED);
  if (date === null) {
    dropResource(use, run, "NO_DATE", true);
    return;
  }
  for (const finding of findings) file.measurements.push({ ...finding, use, date });
}

const isNoMeasurement = (element: FhirElement): boolean =>
  readCodings(element, "code").some((coding) => NOT_A_MEASUREMENT.has(toCodeKey(coding)));

/** The value of the Observation itself or of a component; null where it has no NACR meaning. */
function readFinding(element: FhirElement, use: ResourceUse, run: FhirRun): Finding | null {
  if (isNoMeasurement(element)) return null;
  for (const key of readCodings(element, "code").map(toCodeKey)) {
    const item = lookUpObservationItem(key, run.profile.observationCodes);
    if (item !== undefined) return readQuantity(element, item, key, use, run);
    if (SMOKING_OBSERVABLES.has(key)) return readSmokingValue(element, use, run);
    const finding = readFindingCode(key, element);
    if (finding !== null) return finding;
  }
  return null;
}

/** Findings whose code is the statement: `77176002 smoker`, `105542008 teetotaller`. */
function readFindingCode(key: string, element: FhirElement): Finding | null {
  const path = joinPath(element.path, "code");
  const smoking = SMOKING_BY_FINDING.get(key);
  if (smoking !== undefined) return { target: SMOKING_TARGET, value: smoking, reason: null, path };
  return TEETOTAL_FINDINGS.has(key) ? { target: ALCOHOL_TARGET, value: 0, reason: null, path } : null;
}

function readSmokingValue(element: FhirElement, use: ResourceUse, run: FhirRun): Finding | null {
  const path = joinPath(element.path, "valueCodeableConcept");
  const keys = readCodings(element, "valueCodeableConcept").map(toCodeKey);
  const value = keys.map((key) => SMOKING_BY_FINDING.get(key)).find((key) => key !== undefined);
  if (value !== undefined) return { target: SMOKING_TARGET, value, reason: null, path };
  if (keys.length === 0) return setAsideEmpty(element, use);
  const isNonSmoker = keys.some((key) => NON_SMOKER_FINDINGS.has(key));
  if (!isNonSmoker) warn(use, run, "CODE_NOT_TRANSLATED", SMOKING_TARGET.item, path, {});
  return { target: SMOKING_TARGET, value: null, reason: isNonSmoker ? "NON_SMOKER_PAST_UNKNOWN" : "CODE_NOT_TRANSLATED", path };
}

function readQuantity(element: FhirElement, item: ObservationItem, key: string, use: ResourceUse, run: FhirRun): Finding | null {
  const stated = readStatedNumber(element);
  if (stated === null) return setAsideEmpty(element, use);
  const quantity = readElement(element, "valueQuantity");
  const refuse = (code: string, reason: string, path: string): Finding => {
    warn(use, run, code, item.item, path, { reason });
    return { target: item, value: null, reason, path };
  };
  if (quantity !== null && readOwn(quantity.value, "comparator") !== undefined) {
    return refuse("SOURCE_DROPPED", "COMPARATOR", joinPath(quantity.path, "comparator"));
  }
  const unit = readUnit(quantity, key);
  const converted = unit.map((text) => convertToDimension(item.dimension, stated.value, text)).find((value) => value !== null);
  if (converted === undefined || converted === null) return refuse("UNIT_NOT_CONVERTIBLE", "UNIT_NOT_CONVERTIBLE", stated.path);
  warnOfOtherUnit(key, unit, use, run, stated.path);
  return { target: item, value: round(converted, item.decimals), reason: null, path: stated.path };
}

/** `valueQuantity`, or the plain numbers of a score. */
function readStatedNumber(element: FhirElement): Located<number> | null {
  const quantity = readElement(element, "valueQuantity");
  const value = quantity === null ? null : readNumber(quantity, "value");
  if (quantity !== null && value !== null) return { value, path: joinPath(quantity.path, "value") };
  const integer = readNumber(element, "valueInteger");
  return integer === null ? null : { value: integer, path: joinPath(element.path, "valueInteger") };
}

/** The code of the unit, then its text; a value without either takes the unit its observation code means. */
function readUnit(quantity: FhirElement | null, key: string): readonly string[] {
  const units = [readText(quantity, "code"), readText(quantity, "unit")].filter((unit) => unit !== null);
  return units.length > 0 ? units : [UNIT_OF_CODE.get(key) ?? ""];
}

/** HbA1c is taken by its unit; a code that names the other unit casts doubt on it (interop 1.8). */
function warnOfOtherUnit(key: string, units: readonly string[], use: ResourceUse, run: FhirRun, path: string): void {
  const expected = HBA1C_UNIT_OF_CODE.get(key);
  if (expected === undefined || units.some((unit) => unit.includes("%") === (expected === "%"))) return;
  warn(use, run, "DERIVED_VALUE_INCONSISTENT", "hba1cMmolMol", path, { reason: "UNIT_CONTRADICTS_CODE" });
}

function setAsideEmpty(element: FhirElement, use: ResourceUse): null {
  use.setAside("DROPPED", readOwn(element.value, "dataAbsentReason") === undefined ? "NO_READABLE_VALUE" : "DATA_ABSENT");
  return null;
}

function warn(
  use: ResourceUse,
  run: FhirRun,
  code: string,
  field: string,
  path: string,
  params: Readonly<Record<string, string>>,
): void {
  run.issues.push({ severity: "WARNING", code, field, expression: `${use.entry.expression}.${path}`, params });
}

const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));
