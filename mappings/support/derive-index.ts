/** Chooses the diagnosis that makes a stay an initiating event (interop 1.7 items 2-4). */
import type { EventTypeKey, PreviousEventKey } from "../concept-maps/concept-group.ts";
import type { DerivedEvent } from "./derive-result.ts";
import { compareFacts, daysBetween, type Meaning, type Stay } from "./derive-stays.ts";

/**
 * Which of several diagnoses of equal standing makes the event: the acute before the chronic, the specific before the general.
 * Our own order; the design only puts the primary diagnosis first.
 */
const PRECEDENCE: readonly string[] = [
  "MI_WITH_HEART_FAILURE",
  "MI_STEMI",
  "MI_NSTEMI",
  "MI_UNKNOWN",
  "SCAD",
  "CARDIAC_ARREST",
  "UNSTABLE_ANGINA",
  "HEART_FAILURE",
  "ANGINA",
  "VALVE_DISEASE",
  "CARDIOMYOPATHY",
  "CONGENITAL_HEART",
  "ARRHYTHMIA",
  "PERIPHERAL_ARTERIAL_DISEASE",
] satisfies readonly EventTypeKey[];

/** Types a site's own tables may add come last. */
const precedenceOf = (key: string): number => (PRECEDENCE.includes(key) ? PRECEDENCE.indexOf(key) : PRECEDENCE.length);

const MI_TYPES: ReadonlySet<string> = new Set(["MI_STEMI", "MI_NSTEMI", "MI_UNKNOWN", "MI_WITH_HEART_FAILURE"]);
/** Events that happen once on a day; all others are conditions that go on and may stand on a problem list for years. */
const ACUTE_TYPES: ReadonlySet<string> = new Set([...MI_TYPES, "SCAD", "CARDIAC_ARREST", "UNSTABLE_ANGINA"]);

/** What an index diagnosis is called once it lies in the past. Types not named here are `OTHER`. */
const PREVIOUS_OF: Readonly<Record<string, PreviousEventKey>> = {
  MI_STEMI: "MI",
  MI_NSTEMI: "MI",
  MI_UNKNOWN: "MI",
  MI_WITH_HEART_FAILURE: "MI",
  SCAD: "MI",
  UNSTABLE_ANGINA: "ANGINA",
  ANGINA: "ANGINA",
  HEART_FAILURE: "HEART_FAILURE",
  CARDIAC_ARREST: "CARDIAC_ARREST",
  CONGENITAL_HEART: "CONGENITAL_HEART",
};

const PREVIOUS_OF_TREATMENT: Readonly<Record<string, PreviousEventKey>> = {
  PCI: "ANGIOPLASTY_PCI",
  PRIMARY_PCI: "ANGIOPLASTY_PCI",
  STAGED_PCI: "ANGIOPLASTY_PCI",
  BYPASS_SURGERY: "BYPASS_SURGERY",
  AORTIC_VALVE_REPAIR_REPLACE: "OTHER_SURGERY",
  MITRAL_VALVE_REPAIR_REPLACE: "OTHER_SURGERY",
  TRICUSPID_VALVE_REPAIR_REPLACE: "OTHER_SURGERY",
  TAVI: "OTHER_SURGERY",
  LV_ASSIST_DEVICE: "LV_ASSIST_DEVICE",
  TRANSPLANT: "TRANSPLANT",
  PACEMAKER: "PACEMAKER",
  ICD: "ICD",
  CRT: "PACEMAKER",
  OTHER_SURGERY: "OTHER_SURGERY",
};

/** The previous event list's option for an initiating event type. */
export const previousEventOf = (eventType: string): PreviousEventKey => PREVIOUS_OF[eventType] ?? "OTHER";

/** What a treatment is called once it lies in the past; null for one that is none (medical management). */
export const previousEventOfTreatment = (treatmentType: string): PreviousEventKey | null =>
  PREVIOUS_OF_TREATMENT[treatmentType] ?? null;

/**
 * Whether a history code that says when its state began tells of this event: a state that began after it is no history from before it.
 * Up to the discharge a date may be that of the coding.
 */
export const isHistoryOf = (
  { fact, target }: Meaning,
  { eventType, eventDate, dischargeDate, treatments }: Omit<DerivedEvent, "diagnoses">,
): boolean => {
  const { since } = fact;
  const over = dischargeDate ?? eventDate;
  if (since === undefined || over === null || since <= over || target.key === "OTHER") return false;
  const done = treatments.filter(({ date }) => date !== null && date < since).map(({ type }) => previousEventOfTreatment(type));
  return previousEventOf(eventType) === target.key || done.some((key) => key === target.key);
};

/** Whether a meaning that makes events is told only as something the patient has had. */
export const isPast = ({ fact, target }: Meaning): boolean =>
  (target.role === "INDEX" && fact.listed === true) ||
  (target.role === "TREATMENT" && fact.date === null && fact.partialDate !== undefined) ||
  (target.role === "PREVIOUS_EVENT" && fact.since !== undefined);

/** Whether a type of event is a condition that goes on. */
export const isChronic = (eventType: string): boolean => !ACUTE_TYPES.has(eventType);

/** A diagnosis made longer before the admission than this is history. 28 days: as long as ICD-10 calls an infarction acute. */
const HISTORY_AFTER_DAYS = 28;

/** Whether a date (of a day, a month or a year; null: unknown) may be that of an event. */
export const isAbout = (eventDate: string | null, date: string | null): boolean => {
  if (eventDate === null || date === null) return true;
  return date.length < eventDate.length
    ? eventDate.startsWith(date)
    : Math.abs(daysBetween(date, eventDate)) <= HISTORY_AFTER_DAYS;
};

/** What a stay was for. */
export interface IndexChoice {
  readonly eventType: string;
  readonly eventDate: string | null;
  readonly chosen: Meaning;
  /** All diagnoses that speak for the event, the chosen one among them. */
  readonly used: readonly Meaning[];
  /** Present in the stay, but not what it was for. */
  readonly others: readonly Meaning[];
}

const keyOf = (meaning: Meaning): string => meaning.target.key ?? "";
const isPrimary = (meaning: Meaning): boolean => meaning.fact.rank === 1;

/**
 * Whether a diagnosis of a stay was made long before it. An acute one then is a past event; a chronic one is history too,
 * unless it is the primary diagnosis: then it is what the patient came in with.
 */
export const isHistory = (stay: Stay, meaning: Meaning): boolean => {
  const { date } = meaning.fact;
  if (stay.alone || stay.start === null || date === null) return false;
  if (daysBetween(date, stay.start) <= HISTORY_AFTER_DAYS) return false;
  return !(isPrimary(meaning) && isChronic(keyOf(meaning)));
};

const compareCandidates = (a: Meaning, b: Meaning): number =>
  Number(isPrimary(b)) - Number(isPrimary(a)) || precedenceOf(keyOf(a)) - precedenceOf(keyOf(b)) || compareFacts(a.fact, b.fact);

/** The infarction's type: as the primary diagnosis has it, else as the others agree; two different types are no type. */
const infarctionType = (chosen: Meaning, infarctions: readonly Meaning[]): string => {
  if (isPrimary(chosen) && keyOf(chosen) !== "MI_UNKNOWN") return keyOf(chosen);
  const specific = new Set(infarctions.map(keyOf).filter((key) => key !== "MI_UNKNOWN"));
  const [only] = specific;
  return specific.size === 1 && only !== undefined ? only : "MI_UNKNOWN";
};

const decide = (chosen: Meaning, fresh: readonly Meaning[]): { eventType: string; used: readonly Meaning[] } => {
  const key = keyOf(chosen);
  const infarctions = fresh.filter((meaning) => MI_TYPES.has(keyOf(meaning)));
  const failures = fresh.filter((meaning) => keyOf(meaning) === "HEART_FAILURE");
  const isEither = MI_TYPES.has(key) || key === "HEART_FAILURE";
  if (isEither && infarctions.length > 0 && failures.length > 0) {
    return { eventType: "MI_WITH_HEART_FAILURE", used: [...infarctions, ...failures] };
  }
  if (MI_TYPES.has(key)) return { eventType: infarctionType(chosen, infarctions), used: infarctions };
  return { eventType: key, used: fresh.filter((meaning) => keyOf(meaning) === key) };
};

/** The diagnosis's own date where it fits the stay (an infarction may precede the admission), else the start of the stay. */
const dateEvent = (stay: Stay, { date }: { readonly date: string | null }): string | null => {
  if (stay.start === null || date === null) return date ?? stay.start;
  const early = daysBetween(date, stay.start) > HISTORY_AFTER_DAYS;
  const late = stay.end !== null && date > stay.end;
  return early || late ? stay.start : date;
};

/** Chooses among the index diagnoses of a stay that are not history; null where there are none. */
export const chooseIndex = (stay: Stay, fresh: readonly Meaning[]): IndexChoice | null => {
  const [chosen] = fresh.toSorted(compareCandidates);
  if (chosen === undefined) return null;
  const { eventType, used } = decide(chosen, fresh);
  const others = fresh.filter((meaning) => !used.includes(meaning));
  return { eventType, eventDate: dateEvent(stay, chosen.fact), chosen, used, others };
};
