/** What an OBX says is observed, by which code and in which unit: as it is sent, nothing of it interpreted. */
import { nameCodeSystem } from "../concept-maps/measurement-codes.ts";
import type { MessageSource } from "../support/hl7v2-message-source.ts";
import type { SentMeasurement } from "../support/measurement.ts";
import type { SentCode } from "../support/observation-code.ts";
import { codeSystemOf } from "./code-system.ts";
import type { Hl7v2Profile } from "./hl7v2-profile.ts";
import type { Segment } from "./parse-message.ts";
import { componentOf, fieldText, type Repetition, repetitionsOf } from "./read-field.ts";

/** OBX-2, the data type of the value. */
export const VALUE_TYPE = 2;
/** OBX-3, what is observed. */
export const IDENTIFIER = 3;
/** OBX-6. */
export const UNITS = 6;
/** OBX-17, how it was observed. */
export const METHOD = 17;
/** OBR-4, the panel or test that was asked for. */
export const ORDER_CODE = 4;

const NUMERIC: ReadonlySet<string> = new Set(["NM", "SI", "CQ"]);
const CODED: ReadonlySet<string> = new Set(["CE", "CWE", "CNE", "CF", "IS", "ID"]);
const DECIMAL = /^[+-]?\d{1,9}(?:\.\d{1,9})?$/;
/** CE and CWE: code, text, system; then the same for an alternative coding. */
const CODINGS = [
  [1, 2, 3],
  [4, 5, 6],
] as const;

/**
 * The statement of one OBX, for the rules that every door shares.
 *
 * @param value the one repetition of OBX-5
 */
export function readSent(source: MessageSource, obx: Segment, order: Segment | undefined, value: Repetition): SentMeasurement {
  const { message } = source;
  const [code] = repetitionsOf(message, obx, IDENTIFIER);
  const [unit] = repetitionsOf(message, obx, UNITS);
  const [panel] = order === undefined ? [] : repetitionsOf(message, order, ORDER_CODE);
  const methods = repetitionsOf(message, obx, METHOD);
  const type = fieldText(message, obx, VALUE_TYPE)?.toUpperCase() ?? "ST";
  const readAll = (stated: Repetition | undefined): readonly SentCode[] =>
    stated === undefined ? [] : readCodes(stated, source.profile);
  return {
    codes: readAll(code),
    label: code === undefined ? null : (componentOf(code, 2) ?? null),
    contextLabel: panel === undefined ? null : (componentOf(panel, 2) ?? null),
    context: [panel, ...methods].flatMap(readAll),
    units: unit === undefined ? readOwnUnit(value, type) : readUnits(unit),
    ...readValue(value, type, source.profile),
  };
}

/** CQ: a quantity with its unit. */
function readOwnUnit(value: Repetition, type: string): readonly string[] {
  const unit = type === "CQ" ? componentOf(value, 2) : undefined;
  return unit ? [unit] : [];
}

/** The names of SNOMED CT that only feeds use are brought to the one that every door knows; any other name stays as it was sent. */
function readCodes(stated: Repetition, profile: Hl7v2Profile): readonly SentCode[] {
  return CODINGS.flatMap(([codeAt, textAt, systemAt]): SentCode[] => {
    const code = componentOf(stated, codeAt);
    const display = componentOf(stated, textAt);
    if (!code) return [];
    const name = componentOf(stated, systemAt) ?? "";
    const isOtherwiseUnknown = codeSystemOf(profile, name) === "SNOMED" && nameCodeSystem(name) !== "SNOMED";
    return [{ system: isOtherwiseUnknown ? "SNOMED" : name, code, ...(display ? { display } : {}) }];
  });
}

/** Code and words of the unit; of an alternative one likewise. */
function readUnits(stated: Repetition): readonly string[] {
  return [1, 2, 4, 5].map((component) => componentOf(stated, component)).filter((unit) => typeof unit === "string");
}

type SentValue = Pick<SentMeasurement, "number" | "text" | "comparator" | "answers" | "answerText" | "isTrue">;
const NO_VALUE: SentValue = { number: null, text: null, comparator: null, answers: [], answerText: null, isTrue: null };

function readValue(value: Repetition, type: string, profile: Hl7v2Profile): SentValue {
  const text = componentOf(value, 1) ?? null;
  if (type === "SN") return readStructuredNumber(value);
  if (CODED.has(type)) return { ...NO_VALUE, answers: readCodes(value, profile), answerText: componentOf(value, 2) ?? null };
  // Vendors send a result below the limit of detection as `NM` with its comparator.
  if (NUMERIC.has(type) && text !== null && DECIMAL.test(text)) return { ...NO_VALUE, number: Number(text) };
  return { ...NO_VALUE, text, answerText: text };
}

/** SN: comparator, number, separator, second number. A range, a ratio or a titre (`^1^:^128`) is no number. */
function readStructuredNumber(value: Repetition): SentValue {
  const [comparator, first, separator, second] = [1, 2, 3, 4].map((component) => componentOf(value, component));
  if (!first || !DECIMAL.test(first) || separator || second) return NO_VALUE;
  const isExact = !comparator || comparator === "=";
  return { ...NO_VALUE, number: Number(first), comparator: isExact ? null : comparator };
}
