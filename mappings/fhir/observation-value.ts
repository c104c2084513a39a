/** Reads what an Observation, or a component of one, says: code, value of any kind, unit, why there is none. */
import {
  type Coding,
  type FhirElement,
  joinPath,
  readCoding,
  readCodings,
  readElement,
  readNumber,
  readOwn,
  readText,
} from "../support/fhir-reader.ts";
import type { SentMeasurement } from "../support/measurement.ts";
import type { SentCode } from "../support/observation-code.ts";

/** Kinds of `value[x]` that hold no single value, and the reason a sender reads. */
const NO_SINGLE_VALUE: Readonly<Record<string, string>> = {
  valueRange: "VALUE_IS_A_RANGE",
  valueRatio: "VALUE_IS_A_RATIO",
  valueSampledData: "VALUE_IS_A_SERIES",
  valueTime: "VALUE_IS_A_TIME",
  valueDateTime: "VALUE_IS_A_TIME",
  valuePeriod: "VALUE_IS_A_TIME",
};
const ABSENT_ANSWER = /(?:data-absent-reason|v3-NullFlavor)$/;
const NO_CODES: readonly SentCode[] = [];

/** What stands around a value and can only forbid it: the panel's codes and words, the method, the site. */
export interface ValueContext {
  readonly codes: readonly SentCode[];
  readonly label: string | null;
}

export interface ObservedValue {
  readonly sent: SentMeasurement;
  /** Path of the number or answer; of the element where there is none. */
  readonly path: string;
  /** Why there is no value to read, and whether one is there all the same; null: there is one, or nothing is said. */
  readonly absence: { readonly reason: string; readonly isOfAnotherKind: boolean } | null;
}

/** @param element the Observation itself, or one of its components */
export function readObservedValue(element: FhirElement, context: ValueContext): ObservedValue {
  const quantity = readElement(element, "valueQuantity");
  const number = quantity === null ? null : readNumber(quantity, "value");
  const integer = quantity === null ? readNumber(element, "valueInteger") : null;
  const concept = readElement(element, "valueCodeableConcept");
  const answers = concept === null ? NO_CODES : readCodings(element, "valueCodeableConcept");
  const isTrue = readOwn(element.value, "valueBoolean");
  const sent: SentMeasurement = {
    codes: readCodings(element, "code"),
    label: readText(readElement(element, "code"), "text"),
    context: context.codes,
    contextLabel: context.label,
    number: number ?? integer,
    text: readText(element, "valueString"),
    comparator: readText(quantity, "comparator"),
    units: readUnits(quantity),
    answers,
    answerText: readText(concept, "text"),
    isTrue: typeof isTrue === "boolean" ? isTrue : null,
  };
  return { sent, path: toValuePath(element), absence: readAbsence(element, answers) };
}

/** The unit's code, then its words. */
const readUnits = (quantity: FhirElement | null): readonly string[] =>
  [readText(quantity, "code"), readText(quantity, "unit")].filter((unit) => unit !== null);

function toValuePath(element: FhirElement): string {
  const name = Object.keys(element.value).find((key) => key.startsWith("value")) ?? "";
  const quantity = name === "valueQuantity" ? readElement(element, name) : null;
  if (quantity !== null && readOwn(quantity.value, "value") !== undefined) return joinPath(quantity.path, "value");
  return name === "" ? joinPath(element.path, "code") : joinPath(element.path, name);
}

/** A value beside a reason for its absence contradicts itself (FHIR invariant obs-6), and is not believed. */
function readAbsence(element: FhirElement, answers: readonly SentCode[]): ObservedValue["absence"] {
  const isAbsent = readOwn(element.value, "dataAbsentReason") !== undefined;
  if (isAbsent || (answers.length > 0 && answers.every(({ system }) => ABSENT_ANSWER.test(system)))) {
    return { reason: "DATA_ABSENT", isOfAnotherKind: false };
  }
  const kind = Object.keys(NO_SINGLE_VALUE).find((name) => readOwn(element.value, name) !== undefined);
  const reason = kind === undefined ? undefined : NO_SINGLE_VALUE[kind];
  return reason === undefined ? null : { reason, isOfAnotherKind: true };
}

/** What an extension says of the value: a CodeableConcept, or the Coding that national profiles have in its place. */
export function toExtensionContext(extension: FhirElement): ValueContext {
  const element = readElement(extension, "valueCoding");
  const coding = element === null ? null : readCoding(element);
  if (coding === null) return toContext(extension, ["valueCodeableConcept"]);
  return { codes: [coding], label: coding.display === "" ? null : coding.display };
}

/** Codes and words of a concept, as context of what stands below it. */
export function toContext(element: FhirElement, names: readonly string[]): ValueContext {
  const codings: readonly Coding[] = names.flatMap((name) => readCodings(element, name));
  const words = [
    ...codings.map(({ display }) => display),
    ...names.map((name) => readText(readElement(element, name), "text") ?? ""),
  ];
  const label = words.filter((word) => word !== "").join(" ");
  return { codes: codings, label: label === "" ? null : label };
}
