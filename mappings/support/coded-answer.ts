/** Reads coded answers and findings: smoking, teetotal, yes and no, and what an organisation's own codes say of them. */
import {
  AFFIRMING_ANSWERS,
  type CodedItem,
  DENYING_ANSWERS,
  DRINKING_OBSERVABLES,
  NON_SMOKER_FINDINGS,
  SMOKING_BY_FINDING,
  SMOKING_BY_TEXT,
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

export const SMOKING = { recordType: "ASSESSMENT", item: "smokingStatus" } as const;
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
  const target: MeasurementTarget = { recordType: "ASSESSMENT", item };
  const answers = sent.answers.map((answer) => resolveCode(answer, tables));
  const found = new Map(answers.flatMap((answer) => toOption(item, answer)));
  const [first] = found;
  if (found.size > 1) return refuse(target, "CODES_CONTRADICT");
  if (first !== undefined) return stateValue(target, first[0], first[1]);
  const yesNo = item === "activity150" ? readYesNo(sent, answers) : null;
  if (yesNo !== null) return stateValue(target, yesNo ? "YES" : "NO");
  if (item === SMOKING.item && answers.some(({ key }) => NON_SMOKER_FINDINGS.has(key))) return dropped("NON_SMOKER_PAST_UNKNOWN");
  const words = [sent.answerText, sent.text, ...sent.answers.map(({ display }) => display ?? null)].filter(
    (word) => word !== null,
  );
  const byText = item === SMOKING.item ? words.map(toStatus).find((status) => status !== undefined) : undefined;
  if (byText !== undefined) {
    return { ...stateValue(target, byText), warning: { code: "CODE_NOT_TRANSLATED", reason: "STATUS_READ_FROM_WORDS" } };
  }
  const isSilent = words.length === 0 && answers.length === 0 && sent.number === null && sent.isTrue === null;
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
  const statuses = new Map(codes.flatMap((code) => toOption(SMOKING.item, code)));
  const isTeetotal = codes.some(({ key }) => TEETOTAL_FINDINGS.has(key));
  const isNonSmoker = codes.some(({ key }) => NON_SMOKER_FINDINGS.has(key));
  if (statuses.size === 0 && !isTeetotal && !isNonSmoker && option === undefined) return null;
  if (answers.some((answer) => toOption(SMOKING.item, answer).length > 0)) return readCodedItem(SMOKING.item, sent, tables);
  const denial = findDenial(sent, answers);
  if (denial !== null) return dropped(denial);
  if (statuses.size > 1) return refuse(SMOKING, "CODES_CONTRADICT");
  const [status] = statuses;
  if (status !== undefined) return stateValue(SMOKING, status[0], status[1]);
  if (isTeetotal) return stateValue(ALCOHOL, 0);
  if (option?.option) return stateValue({ recordType: "ASSESSMENT", item: option.option.item }, option.option.key, option.note);
  return dropped("NON_SMOKER_PAST_UNKNOWN");
}

/** The option of an item a code is, with what it was read by; none, or one. */
function toOption(item: CodedItem, code: ObservationCode): readonly (readonly [key: string, note: string | null])[] {
  if (code.option !== null) return code.option.item === item ? [[code.option.key, code.note]] : [];
  const status = item === SMOKING.item ? SMOKING_BY_FINDING.get(code.key) : undefined;
  return status === undefined ? [] : [[status, code.note]];
}

/** Why a finding is not stated although its code is there. */
function findDenial({ isTrue, number }: SentAnswer, answers: readonly ObservationCode[]): string | null {
  if (isTrue === false || number === 0 || answers.some(({ key }) => DENYING_ANSWERS.has(key))) return "FINDING_DENIED";
  return answers.length === 0 || answers.some(({ key }) => AFFIRMING_ANSWERS.has(key)) ? null : "FINDING_NOT_AFFIRMED";
}

function readYesNo({ isTrue, text }: SentAnswer, answers: readonly ObservationCode[]): boolean | null {
  if (isTrue !== null) return isTrue;
  if (answers.some(({ key }) => AFFIRMING_ANSWERS.has(key))) return true;
  if (answers.some(({ key }) => DENYING_ANSWERS.has(key))) return false;
  const word = text?.trim().toLowerCase();
  return word === "yes" || word === "y" ? true : word === "no" || word === "n" ? false : null;
}

const toStatus = (words: string): string | undefined => SMOKING_BY_TEXT.get(words.trim().toLowerCase());
