/** Reads coded answers and findings: smoking, teetotal, yes and no, and what an organisation's own codes say of them. */
import { CODED_SCALES, type CodedItem, findScale, toCodedTarget } from "../concept-maps/coded-items.ts";
import {
  AFFIRMING_ANSWERS,
  DENYING_ANSWERS,
  DRINKING_OBSERVABLES,
  NON_SMOKER_FINDINGS,
  TEETOTAL_FINDINGS,
} from "../concept-maps/lifestyle-codes.ts";
import type { MeasurementTarget } from "../concept-maps/measurement-items.ts";
import type { MeasurementOutcome } from "./measurement-outcome.ts";
import { type MeasurementTables, type ObservationCode, resolveCode, type SentCode } from "./observation-code.ts";

/** The value of a measurement that is no number. */
export interface SentAnswer {
  /** A coded value. */
  readonly answers: readonly SentCode[];
  /** The words of a coded value. */
  readonly answerText: string | null;
  /** A value sent as text. */
  readonly text: string | null;
  readonly isTrue: boolean | null;
  readonly number: number | null;
}

const SMOKING = "smokingStatus";
const NEVER = "NEVER";
/** Options that say that nothing is smoked. */
const ABSENCES: ReadonlySet<string> = new Set([NEVER, "EX"]);
export const ALCOHOL = { recordType: "ASSESSMENT", item: "alcoholUnitsPerWeek" } as const;

export const stateValue = (target: MeasurementTarget, value: number | string, note: string | null = null) =>
  ({ kind: "VALUE", target, value, warning: null, note }) as const;

const dropped = (reason: string): MeasurementOutcome => ({ kind: "DROPPED", reason });

const refuse = (target: MeasurementTarget, reason: string): MeasurementOutcome => ({
  kind: "REFUSED",
  target,
  code: "CODE_NOT_TRANSLATED",
  reason,
});

/** The option an answer is: by the organisation's codes, by the public tables, by the very words of a code. */
export function readCodedItem(item: CodedItem, sent: SentAnswer, tables: MeasurementTables): MeasurementOutcome {
  const target = toCodedTarget(item);
  const answers = sent.answers.map((answer) => resolveCode(answer, tables));
  const found = new Map(answers.flatMap((answer) => toOption(item, answer)));
  const [first] = found;
  if (found.size > 1) return refuse(target, "CODES_CONTRADICT");
  if (first !== undefined) return stateValue(target, first[0], first[1]);
  const yesNo = item === "activity150" ? readYesNo(sent, answers) : null;
  if (yesNo !== null) return stateValue(target, yesNo ? "YES" : "NO");
  if (item === SMOKING && answers.some(({ key }) => NON_SMOKER_FINDINGS.has(key))) return dropped("NON_SMOKER_PAST_UNKNOWN");
  const number = sent.number === null ? null : String(sent.number);
  const words = [sent.answerText, sent.text, number, ...sent.answers.map(({ display }) => display ?? null)].filter(
    (word) => word !== null,
  );
  const scale = findScale(item);
  const byText = words.map((word) => scale?.readWords(word)).find((option) => option !== undefined);
  if (byText !== undefined) {
    return { ...stateValue(target, byText), warning: { code: "CODE_NOT_TRANSLATED", reason: "STATUS_READ_FROM_WORDS" } };
  }
  const isSilent = words.length === 0 && answers.length === 0 && sent.isTrue === null;
  return isSilent ? dropped("NO_READABLE_VALUE") : refuse(target, "CODE_NOT_IN_TABLE");
}

/** Findings whose code is the statement (`77176002 smoker`, `105542008 teetotaller`), unless the value denies it; null: no finding. */
export function readFindingCode(
  sent: SentAnswer,
  codes: readonly ObservationCode[],
  tables: MeasurementTables,
): MeasurementOutcome | null {
  const answers = sent.answers.map((answer) => resolveCode(answer, tables));
  if (codes.some(({ key }) => DRINKING_OBSERVABLES.has(key))) {
    return answers.some(({ key }) => TEETOTAL_FINDINGS.has(key)) ? stateValue(ALCOHOL, 0) : null;
  }
  const option = codes.find((code) => code.option !== null);
  const scale = CODED_SCALES.find(({ item }) => codes.some((code) => toOption(item, code).length > 0));
  const item = scale?.item ?? SMOKING;
  const options = new Map(codes.flatMap((code) => toOption(item, code)));
  const isTeetotal = codes.some(({ key }) => TEETOTAL_FINDINGS.has(key));
  const isNonSmoker = codes.some(({ key }) => NON_SMOKER_FINDINGS.has(key));
  if (options.size === 0 && !isTeetotal && !isNonSmoker && option === undefined) return null;
  if (answers.some((answer) => toOption(item, answer).length > 0)) return readCodedItem(item, sent, tables);
  const [stated] = options;
  const isAbsence = isTeetotal || isNonSmoker || (stated !== undefined && ABSENCES.has(stated[0]));
  const denial = findDenial(sent, answers, isAbsence);
  if (denial !== null) return dropped(denial);
  if (options.size > 1) return refuse(toCodedTarget(item), "CODES_CONTRADICT");
  const isNever = isTeetotal || stated?.[0] === NEVER;
  if (isNever && sent.number !== null && sent.number > 0)
    return refuse(isTeetotal ? ALCOHOL : toCodedTarget(item), "VALUE_CONTRADICTS_CODE");
  if (stated !== undefined) return stateValue(toCodedTarget(item), stated[0], stated[1]);
  if (isTeetotal) return stateValue(ALCOHOL, 0);
  if (option?.option) return stateValue(toCodedTarget(option.option.item), option.option.key, option.note);
  return dropped("NON_SMOKER_PAST_UNKNOWN");
}

/** The option of an item a code is, with what it was read by; none, or one. */
function toOption(item: CodedItem, code: ObservationCode): readonly (readonly [key: string, note: string | null])[] {
  if (code.option !== null) return code.option.item === item ? [[code.option.key, code.note]] : [];
  const option = findScale(item)?.options.get(code.key);
  return option === undefined ? [] : [[option, code.note]];
}

/**
 * Why a finding is not stated although its code is there. GP systems send the quantity with the finding: none of a thing denies that it is
 * used, and bears out that it is not.
 */
function findDenial(sent: SentAnswer, answers: readonly ObservationCode[], isAbsence: boolean): string | null {
  const isNone = sent.number === 0 && !isAbsence;
  if (isNone || readYesNo(sent, answers) === false) return "FINDING_DENIED";
  return answers.length === 0 || answers.some(({ key }) => AFFIRMING_ANSWERS.has(key)) ? null : "FINDING_NOT_AFFIRMED";
}

function readYesNo({ isTrue, text, answerText }: SentAnswer, answers: readonly ObservationCode[]): boolean | null {
  if (isTrue !== null) return isTrue;
  if (answers.some(({ key }) => AFFIRMING_ANSWERS.has(key))) return true;
  if (answers.some(({ key }) => DENYING_ANSWERS.has(key))) return false;
  const word = (text ?? answerText)?.trim().toLowerCase();
  return word === "yes" || word === "y" ? true : word === "no" || word === "n" ? false : null;
}
