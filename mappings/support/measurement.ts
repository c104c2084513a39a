/**
 * Turns one observed value, as any door sends it, into a value of the dataset: the one place where observation codes, units and coded
 * answers are read. Nothing here knows a message format, and nothing is guessed: what is not certain is refused with a reason.
 */
import { SMOKING_OBSERVABLES, TEETOTAL_FINDINGS } from "../concept-maps/lifestyle-codes.ts";
import { BLOOD_PRESSURE_HALVES, BLOOD_PRESSURE_PANELS } from "../concept-maps/measurement-codes.ts";
import type { MeasurementItem, MeasurementTarget } from "../concept-maps/measurement-items.ts";
import {
  AVERAGED_PRESSURE_WORDS,
  NEAR_MISS_REASONS,
  NOT_COLLECTED,
  TARGET_WORDS,
} from "../concept-maps/measurement-near-misses.ts";
import { ALCOHOL, readCodedItem, readFindingCode, type SentAnswer, SMOKING, stateValue } from "./coded-answer.ts";
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
  const isSmoking = codes.some(({ key }) => SMOKING_OBSERVABLES.has(key));
  const outcome =
    meaning === undefined
      ? ((isSmoking ? readCodedItem(SMOKING.item, sent, tables) : null) ?? readFindingCode(sent, codes, tables))
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
  const words = [sent.label ?? "", ...sent.codes.map(({ display }) => display ?? "")].join(" ");
  if (TARGET_WORDS.test(words)) return { kind: "DROPPED", reason: "TARGET_IS_NO_MEASUREMENT" };
  if (PRESSURES.has(item.item) && AVERAGED_PRESSURE_WORDS.test(`${words} ${sent.contextLabel ?? ""}`)) {
    return { kind: "DROPPED", reason: "AVERAGE_OR_AMBULATORY" };
  }
  const isTeetotal = item.item === ALCOHOL.item && sent.answers.some((answer) => TEETOTAL_FINDINGS.has(toCodeKey(answer)));
  if (isTeetotal) return stateValue(ALCOHOL, 0);
  const keys = codes.map(({ key }) => key);
  const outcome = readQuantity(sent, item, keys, codes.find(({ unit }) => unit !== null)?.unit ?? null);
  const isUnreadable = outcome.kind === "DROPPED" && outcome.target !== undefined && saysSomething(sent);
  return isUnreadable ? refuseUnreadable(outcome.target, outcome.reason) : outcome;
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
