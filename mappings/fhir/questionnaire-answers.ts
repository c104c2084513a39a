/** The answered items of a QuestionnaireResponse, at any depth, each with the groups it stands in. */

import { SCORE_BY_ANSWER } from "../concept-maps/questionnaire-items.ts";
import {
  type FhirElement,
  joinPath,
  type Located,
  readCoding,
  readElement,
  readElements,
  readExtension,
  readNumber,
  readOwn,
  readText,
} from "../support/fhir-reader.ts";
import type { SentMeasurement } from "../support/measurement.ts";
import { type SentCode, toCodeKey } from "../support/observation-code.ts";

/** The score of an answer's option, as FHIR R4 and R5 extend it. */
const SCORE_EXTENSIONS = [
  "http://hl7.org/fhir/StructureDefinition/ordinalValue",
  "http://hl7.org/fhir/StructureDefinition/itemWeight",
];
const WHOLE_NUMBER = /^\d{1,3}$/;
/** Deeper than any form is nested. */
const MAX_DEPTH = 32;

export interface AnsweredItem {
  /** linkIds from the outermost group to the item. */
  readonly linkIds: readonly string[];
  readonly answers: readonly FhirElement[];
}

export function listAnsweredItems(response: FhirElement): readonly AnsweredItem[] {
  const found: AnsweredItem[] = [];
  const waiting = readElements(response, "item")
    .map((item) => ({ item, above: [] as readonly string[] }))
    .toReversed();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const linkIds = [...next.above, readText(next.item, "linkId") ?? ""];
    const answers = readElements(next.item, "answer");
    if (answers.length > 0) found.push({ linkIds, answers });
    if (linkIds.length > MAX_DEPTH) continue;
    const inner = [next.item, ...answers].flatMap((parent) => readElements(parent, "item"));
    for (const item of inner.toReversed()) waiting.push({ item, above: linkIds });
  }
  return found;
}

export type AnswerValue = Pick<SentMeasurement, "number" | "text" | "comparator" | "units" | "answers" | "answerText" | "isTrue">;

/** What coded answers score where they do not say so themselves. */
export interface AnswerScores {
  /** By code, in the sender's profile. */
  readonly profile?: Readonly<Record<string, number>> | undefined;
  /** By `SYSTEM|code`, of the options the form gives for this question. */
  readonly form?: ReadonlyMap<string, number> | undefined;
}

/** What one answer says, with the place of its value. */
export function readAnswer(answer: FhirElement, scores: AnswerScores = {}): Located<AnswerValue> {
  const quantity = readElement(answer, "valueQuantity");
  const coding = readElement(answer, "valueCoding");
  const code: SentCode | null = coding === null ? null : readCoding(coding);
  const isTrue = readOwn(answer.value, "valueBoolean");
  const number = readNumber(quantity, "value") ?? readNumber(answer, "valueInteger") ?? readNumber(answer, "valueDecimal");
  const value: AnswerValue = {
    number: number ?? (coding === null ? null : readScore(coding, code, scores)),
    text: readText(answer, "valueString"),
    comparator: readText(quantity, "comparator"),
    units: [readText(quantity, "code"), readText(quantity, "unit")].filter((unit) => unit !== null),
    answers: code === null ? [] : [code],
    answerText: readText(coding, "display"),
    isTrue: typeof isTrue === "boolean" ? isTrue : null,
  };
  return { value, path: toAnswerPath(answer) };
}

/** The score given with the option, else the profile's for its code, else the form's, else LOINC's, else a code that is a whole number. */
function readScore(coding: FhirElement, code: SentCode | null, { profile, form }: AnswerScores): number | null {
  const stated = readOptionScore(coding);
  if (stated !== null || code === null) return stated;
  if (profile !== undefined && Object.hasOwn(profile, code.code)) return profile[code.code] ?? null;
  const key = toCodeKey(code);
  const known = form?.get(key) ?? SCORE_BY_ANSWER.get(key);
  return known ?? (WHOLE_NUMBER.test(code.code) ? Number(code.code) : null);
}

/** The score that stands with an option, in an answer or in the form; null: none. */
export function readOptionScore(coding: FhirElement): number | null {
  for (const url of SCORE_EXTENSIONS) {
    const extension = readExtension(coding, url);
    const score = readNumber(extension, "valueDecimal") ?? readNumber(extension, "valueInteger");
    if (score !== null) return score;
  }
  return null;
}

function toAnswerPath(answer: FhirElement): string {
  const name = Object.keys(answer.value).find((key) => key.startsWith("value"));
  if (name === undefined) return answer.path;
  const quantity = name === "valueQuantity" ? readElement(answer, name) : null;
  return quantity !== null && readOwn(quantity.value, "value") !== undefined
    ? joinPath(quantity.path, "value")
    : joinPath(answer.path, name);
}
