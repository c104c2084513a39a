/** Items whose value is an option of a list, and the codes and words that tell the option. */
import { isLifestyleCode, SMOKING_BY_FINDING, SMOKING_BY_TEXT, SMOKING_OBSERVABLES } from "./lifestyle-codes.ts";
import type { MeasurementTarget } from "./measurement-items.ts";
import { NYHA_BY_FINDING, NYHA_OBSERVABLES, readNyhaWords } from "./nyha-codes.ts";

export const CODED_ITEMS = ["smokingStatus", "activity150", "employmentStatus", "nyhaClass"] as const;
export type CodedItem = (typeof CODED_ITEMS)[number];

/** How the option of an item is told. */
export interface CodedScale {
  readonly item: CodedItem;
  /** Questions whose answer is an option, as `SYSTEM|code`. */
  readonly observables: ReadonlySet<string>;
  /** Answers, and codes that are the statement by themselves, to the option. */
  readonly options: ReadonlyMap<string, string>;
  /** Words where a sender gives no code; read with a warning. */
  readonly readWords: (words: string) => string | undefined;
}

export const CODED_SCALES: readonly CodedScale[] = [
  {
    item: "smokingStatus",
    observables: SMOKING_OBSERVABLES,
    options: SMOKING_BY_FINDING,
    readWords: (words) => SMOKING_BY_TEXT.get(words.trim().toLowerCase()),
  },
  { item: "nyhaClass", observables: NYHA_OBSERVABLES, options: NYHA_BY_FINDING, readWords: readNyhaWords },
];
const SCALE_BY_ITEM: ReadonlyMap<string, CodedScale> = new Map(CODED_SCALES.map((scale) => [scale.item, scale] as const));

/** Undefined for items that no public code tells. */
export const findScale = (item: string): CodedScale | undefined => SCALE_BY_ITEM.get(item);

/** Where an option goes: the class of heart failure tells of the event, all else of an assessment. */
export const toCodedTarget = (item: string): MeasurementTarget => ({
  recordType: item === "nyhaClass" ? "INITIATING_EVENT" : "ASSESSMENT",
  item,
});

/** Whether a code says something by itself, or asks for an option. */
export const isFindingCode = (key: string): boolean =>
  isLifestyleCode(key) || NYHA_OBSERVABLES.has(key) || NYHA_BY_FINDING.has(key);
