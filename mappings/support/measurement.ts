/**
 * Turns one observed value, as any door sends it, into a value of the dataset: the one place where observation codes, units and coded
 * answers are read. Nothing here knows a message format, and nothing is guessed: what is not certain is refused with a reason.
 */
import { CODED_SCALES } from "../concept-maps/coded-items.ts";
import { TEETOTAL_FINDINGS } from "../concept-maps/lifestyle-codes.ts";
import { BLOOD_PRESSURE_HALVES, BLOOD_PRESSURE_PANELS } from "../concept-maps/measurement-codes.ts";
import type { MeasurementItem, MeasurementTarget } from "../concept-maps/measurement-items.ts";
import {
  AVERAGED_PRESSURE_WORDS,
  EXERCISE_WORDS,
  NEAR_MISS_REASONS,
  NOT_COLLECTED,
  POSITION_WORDS,
  POSITIONS_NOT_SITTING,
  RESTING_WORDS,
  TARGET_WORDS,
} from "../concept-maps/measurement-near-misses.ts";
import { ALCOHOL, readCodedItem, readFindingCode, type SentAnswer, stateValue } from "./coded-answer.ts";
import { readQuantity, type SentQuantity } from "./measured-quantity.ts";
import type { MeasurementOutcome } from "./measurement-outcome.ts";
import { type MeasurementTables, type ObservationCode, resolveCode, type SentCode, toCodeKey } from "./observation-code.ts";

/** One value with what is said about it. Absent parts are null or empty; nothing of it is interpreted yet. */
export interface SentMeasurement extends SentQuantity, SentAnswer {
  /** What was measured; several codes of one concept. */
  readonly codes: readonly SentCode[];
  /** The same in words, where the sender gives some beside the codes. */
  readonly label: string | null;
  /** Codes of the panel the value stands in, of the method and the body site: they can only forbid. */
  readonly context: readonly SentCode[];
  /** The panel and the method in words, where a source gives any. */
  readonly contextLabel?: string | null;
}

const PRESSURES: ReadonlySet<string> = new Set(["systolicMmHg", "diastolicMmHg"]);
/** Items that are one reading at rest. */
export const READINGS_AT_REST: ReadonlySet<string> = new Set([...PRESSURES, "restingHeartRate"]);
/** Codes that say so themselves. */
const RESTING_CODES: ReadonlySet<string> = new Set(["SNOMED|444981005", "LOINC|40443-4"]);
const WHOLE_NUMBER = /^\d{1,4}$/;
const UNKNOWN: MeasurementOutcome = { kind: "UNKNOWN" };
/** `142/94`, also with the unit behind it. */
const TWO_PRESSURES = /^(\d{2,3})\s*\/\s*(\d{2,3})\s*(\D.{0,30})?$/;

/** What one value is for the dataset. Total: any input gives an outcome. */
export function toMeasurement(sent: SentMeasurement, tables: MeasurementTables = {}): MeasurementOutcome {
  const codes = sent.codes.map((code) => resolveCode(code, tables));
  const forbidden = findNearMiss(codes, sent.context);
  if (forbidden !== undefined) return { kind: "DROPPED", reason: forbidden };
  const meanings = new Set(codes.flatMap(({ item, codedItem }) => item ?? codedItem ?? []));
  if (meanings.size > 1) return { kind: "DROPPED", reason: "CODES_CONTRADICT" };
  const [meaning] = meanings;
  const asked = CODED_SCALES.find(({ observables }) => codes.some(({ key }) => observables.has(key)));
  const outcome =
    meaning === undefined
      ? ((asked === undefined ? null : readCodedItem(asked.item, sent, tables)) ?? readFindingCode(sent, codes, tables))
      : typeof meaning === "string"
        ? readCodedItem(meaning, sent, tables)
        : readNumber(sent, meaning, codes);
  if (outcome !== null) return addNote(outcome, codes);
  return codes.some(({ key }) => NOT_COLLECTED.has(key)) ? { kind: "DROPPED", reason: "NO_NACR_ITEM" } : UNKNOWN;
}

/** A blood pressure in one text becomes its two halves; anything else stays as it is. */
export function splitBloodPressure(sent: SentMeasurement): readonly SentMeasurement[] {
  if (sent.text === null || !sent.codes.some((code) => BLOOD_PRESSURE_PANELS.has(toCodeKey(code)))) return [sent];
  const halves = TWO_PRESSURES.exec(sent.text.trim());
  if (halves === null) return [sent];
  const [, systolic, diastolic, unit] = halves;
  const units = unit === undefined ? sent.units : [...sent.units, unit];
  const half = { ...sent, text: null, units, context: [...sent.codes, ...sent.context] };
  return [systolic, diastolic].map((digits, at) => {
    const code = BLOOD_PRESSURE_HALVES[at];
    return { ...half, codes: code === undefined ? [] : [code], number: Number(digits) };
  });
}

/** A code of something near a measurement forbids whatever stands with it or below it. */
function findNearMiss(codes: readonly ObservationCode[], context: readonly SentCode[]): string | undefined {
  for (const { key } of codes) {
    const reason = NEAR_MISS_REASONS.get(key);
    if (reason !== undefined) return reason;
  }
  for (const code of context) {
    const reason = NEAR_MISS_REASONS.get(toCodeKey(code));
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function readNumber(sent: SentMeasurement, item: MeasurementItem, codes: readonly ObservationCode[]): MeasurementOutcome {
  const keys = codes.map(({ key }) => key);
  const forbidden = findForbiddingWords(sent, item, keys);
  if (forbidden !== null) return { kind: "DROPPED", reason: forbidden };
  const isTeetotal = item.item === ALCOHOL.item && sent.answers.some((answer) => TEETOTAL_FINDINGS.has(toCodeKey(answer)));
  if (isTeetotal) return stateValue(ALCOHOL, 0);
  const stated = sent.number === null && sent.text === null ? { ...sent, text: readNumericAnswer(sent) } : sent;
  const outcome = readQuantity(stated, item, keys, codes.find(({ unit }) => unit !== null)?.unit ?? null);
  const isUnreadable = outcome.kind === "DROPPED" && outcome.target !== undefined && saysSomething(sent);
  return isUnreadable ? refuseUnreadable(outcome.target, outcome.reason) : outcome;
}

/** What the words of the sender, or what qualifies the value, say against a code that alone would be a measurement. */
function findForbiddingWords(sent: SentMeasurement, { item }: MeasurementItem, keys: readonly string[]): string | null {
  const words = [sent.label ?? "", ...sent.codes.map(({ display }) => display ?? "")].join(" ");
  if (TARGET_WORDS.test(words)) return "TARGET_IS_NO_MEASUREMENT";
  if (!READINGS_AT_REST.has(item)) return null;
  const around = `${words} ${sent.contextLabel ?? ""}`;
  const isAtRest = RESTING_WORDS.test(words) || keys.some((key) => RESTING_CODES.has(key));
  if (!isAtRest && EXERCISE_WORDS.test(around)) return "NOT_AT_REST";
  if (!PRESSURES.has(item)) return null;
  if (AVERAGED_PRESSURE_WORDS.test(around)) return "AVERAGE_OR_AMBULATORY";
  const isNotSitting = POSITION_WORDS.test(around) || sent.context.some((code) => POSITIONS_NOT_SITTING.has(toCodeKey(code)));
  return isNotSitting ? "POSTURE_IS_NOT_SITTING" : null;
}

/** A coded answer whose words are one number: answer lists of minutes, of days, of charts. */
function readNumericAnswer({ answers, answerText }: SentMeasurement): string | null {
  const words = new Set([answerText ?? "", ...answers.map(({ display }) => display ?? "")].map((word) => word.trim()));
  words.delete("");
  const [word, ...others] = words;
  return word !== undefined && others.length === 0 && WHOLE_NUMBER.test(word) ? word : null;
}

const saysSomething = ({ text, answers, answerText, isTrue }: SentMeasurement): boolean =>
  text !== null || answers.length > 0 || answerText !== null || isTrue !== null;

/** A value is there that cannot become one of the item: the sender is told. */
const refuseUnreadable = (target: MeasurementTarget, reason: string): MeasurementOutcome => ({
  kind: "REFUSED",
  target,
  code: "SOURCE_DROPPED",
  reason,
});

/** Names the table beside the public ones that a value was read by. */
function addNote(outcome: MeasurementOutcome, codes: readonly ObservationCode[]): MeasurementOutcome {
  const note = codes.find((code) => code.note !== null)?.note ?? null;
  return note !== null && outcome.kind === "VALUE" && outcome.note === null ? { ...outcome, note } : outcome;
}
