/** FHIR QuestionnaireResponse: scores, charts and lifestyle answers of an assessment. */
import { isFindingCode } from "../concept-maps/coded-items.ts";
import { findMeasurementItem, lookUpMeasurementItem, nameCodeSystem } from "../concept-maps/measurement-codes.ts";
import { ownUnitOf } from "../concept-maps/measurement-units.ts";
import {
  findByName,
  hasNumberedQuestions,
  QUESTION_BY_CODE,
  type QuestionMeaning,
  type QuestionnaireMap,
  readMeaning,
} from "../concept-maps/questionnaire-items.ts";
import { toFhirDate } from "../support/fhir-date.ts";
import { readLocatedText, readText } from "../support/fhir-reader.ts";
import { toMeasurement } from "../support/measurement.ts";
import type { MeasurementOutcome } from "../support/measurement-outcome.ts";
import { type SentCode, toCodeKey } from "../support/observation-code.ts";
import type { FhirRun, ResourceUse } from "./fhir-run.ts";
import { leaveOut, type MeasuredDate } from "./measured-value.ts";
import type { PatientFile } from "./patient-file.ts";
import { type AnsweredItem, type AnswerValue, listAnsweredItems, readAnswer } from "./questionnaire-answers.ts";
import { type QuestionnaireForm, withoutVersion } from "./questionnaire-index.ts";
import { addSums, type SumAnswer } from "./questionnaire-sums.ts";
import { dropResource, refuseStatus } from "./resource-status.ts";
import { isUsable, refuseOutcome, takeOutcome } from "./take-outcome.ts";

const COMPLETED = new Set(["completed", "amended"]);
const LINK_ID = "linkId";
const NO_VALUE: AnswerValue = {
  number: null,
  text: null,
  comparator: null,
  units: [],
  answers: [],
  answerText: null,
  isTrue: null,
};
const LOINC_CODE = /^\d{1,7}-\d$/;
const SNOMED_CODE = /^\d{6,18}$/;

type NamedMeaning = Extract<QuestionMeaning, { readonly kind: "ITEM" }>;

/** Known by codes: of the question, or of the answer, which is a statement by itself. */
interface CodedMeaning {
  readonly kind: "CODES";
  readonly codes: readonly SentCode[];
  readonly isAnswer: boolean;
}

/** An item of the response whose meaning is known. */
interface KnownAnswer {
  readonly answered: AnsweredItem;
  readonly meaning: QuestionMeaning | CodedMeaning;
}

/** How one response is to be read. */
interface Reading {
  readonly form: QuestionnaireForm | null;
  readonly maps: readonly QuestionnaireMap[];
  /** The questions of an instrument are numbered, and one has the name of its total. */
  readonly isNumbered: boolean;
}

export function readQuestionnaireResponse(use: ResourceUse, file: PatientFile, run: FhirRun): void {
  const answered = listAnsweredItems(use.element);
  const reading = chooseReading(use, answered, run);
  const known = answered.flatMap((item): readonly KnownAnswer[] => {
    const meaning = findMeaning(item, reading);
    return meaning === null ? [] : [{ answered: item, meaning }];
  });
  if (known.length === 0) return;
  const refusal = refuseStatus(use, "status", COMPLETED);
  const authored = readLocatedText(use.element, "authored");
  const day = authored === null ? null : toFhirDate(authored.value);
  if (refusal !== null || authored === null || day === null) {
    dropResource(use, run, refusal ?? (authored === null ? "NO_DATE" : "DATE_NOT_FULL"), true);
    return;
  }
  const instant = authored.value.includes("T") ? Date.parse(authored.value) : Number.NaN;
  const date = {
    value: day,
    instant: Number.isNaN(instant) ? null : instant,
    expression: use.ledger.expressionOf(authored.path),
    path: authored.path,
  };
  if (reading.form !== null) run.markUsed(reading.form.entry, "ASSESSMENT", null);
  addAnswers(use, known, reading, date, file, run);
}

function chooseReading(use: ResourceUse, answered: readonly AnsweredItem[], run: FhirRun): Reading {
  const canonical = readText(use.element, "questionnaire");
  const url = canonical === null ? null : withoutVersion(canonical);
  const maps = run.profile.questionnaires.filter(({ questionnaire }) => questionnaire === null || questionnaire === url);
  const isNumbered = hasNumberedQuestions(answered.map(({ linkIds }) => linkIds.at(-1) ?? ""));
  return { form: run.questionnaires.find(canonical, use.entry, run.index), maps, isNumbered };
}

/** By the profile, by the code of the item in its form, by a linkId that is a code, by a name, by the answer's own code. */
function findMeaning({ linkIds, answers }: AnsweredItem, { form, maps, isNumbered }: Reading): KnownAnswer["meaning"] | null {
  const linkId = linkIds.at(-1) ?? "";
  for (const { items } of maps) {
    const stated = Object.hasOwn(items, linkId) ? items[linkId] : undefined;
    if (stated !== undefined) return readMeaning(stated) ?? { kind: "CODES", codes: [toStatedCode(stated)], isAnswer: false };
  }
  const codes = form?.codes.get(linkId) ?? [toLinkCode(linkId)].filter((code) => code !== null);
  if (codes.some(isKnownCode)) return { kind: "CODES", codes, isAnswer: false };
  const question = codes.map((code) => QUESTION_BY_CODE.get(toCodeKey(code))).find((meaning) => meaning !== undefined);
  if (question !== undefined) return question;
  const named = findByName(linkIds, isNumbered);
  if (named !== undefined) return named;
  const [answer, ...others] = answers.flatMap((element) => readAnswer(element).value.answers);
  if (answer === undefined || others.length > 0) return null;
  return isFindingCode(toCodeKey(answer)) ? { kind: "CODES", codes: [answer], isAnswer: true } : null;
}

function toStatedCode(text: string): SentCode {
  const bar = text.lastIndexOf("|");
  return { system: text.slice(0, bar), code: text.slice(bar + 1) };
}

/** Forms made of LOINC panels carry the code in the linkId: `/44249-1/44261-6`. */
function toLinkCode(linkId: string): SentCode | null {
  const code = linkId.slice(linkId.lastIndexOf("/") + 1);
  if (LOINC_CODE.test(code)) return { system: "LOINC", code };
  return SNOMED_CODE.test(code) ? { system: "SNOMED", code } : null;
}

const isKnownCode = ({ system, code }: SentCode): boolean => {
  const key = `${nameCodeSystem(system)}|${code}`;
  return lookUpMeasurementItem(key) !== undefined || isFindingCode(key);
};

function addAnswers(
  use: ResourceUse,
  known: readonly KnownAnswer[],
  { maps, form }: Reading,
  date: MeasuredDate,
  file: PatientFile,
  run: FhirRun,
): void {
  const profile = maps.find((map) => map.scores !== undefined)?.scores;
  const place = { use, date, reading: use.entry.expression };
  const sums: SumAnswer[] = [];
  for (const { answered, meaning } of known) {
    const [answer] = answered.answers;
    if (answer === undefined) continue;
    const { value, path } = readAnswer(answer, { profile, form: form?.scores.get(answered.linkIds.at(-1) ?? "") });
    if (meaning.kind === "NOT_COLLECTED") leaveOut(use, path, "NO_NACR_ITEM", null);
    else if (answered.answers.length > 1) leaveOut(use, path, "SEVERAL_ANSWERS", null);
    else if (meaning.kind === "SUM") sums.push({ ...meaning, number: value.number, path });
    else {
      const outcome = readMeant(meaning, value, run);
      if (isUsable(outcome)) takeOutcome(outcome, path, place, file, run);
      else refuseOutcome(outcome, path, use, run);
    }
  }
  addSums(sums, place, file, run);
}

function readMeant(meaning: NamedMeaning | CodedMeaning, value: AnswerValue, run: FhirRun): MeasurementOutcome {
  const around = { label: null, context: [] };
  if (meaning.kind === "CODES") {
    const tables = { localCodes: run.profile.observationCodes, siteCodes: run.tables.siteCodes };
    const own = meaning.isAnswer ? NO_VALUE : value;
    return toMeasurement({ ...around, ...own, codes: meaning.codes }, tables);
  }
  const { item } = meaning;
  const dimension = findMeasurementItem(item)?.dimension;
  const localCodes = { [`${LINK_ID}|${item}`]: dimension === undefined ? item : { item, unit: ownUnitOf(dimension) } };
  const tables = { localCodes, siteCodes: run.tables.siteCodes };
  const outcome = toMeasurement({ ...around, ...value, codes: [{ system: LINK_ID, code: item }] }, tables);
  return outcome.kind === "VALUE" ? { ...outcome, note: "BY_LINK_ID" } : outcome;
}
