/** Reads the treatments of a stay, and finds the event a later angioplasty belongs to (interop 1.7 items 6, 7 and 11). */
import type { TreatmentKey } from "../concept-maps/concept-group.ts";
import type { CodedFact } from "./coded-target.ts";
import type { DerivedTreatment } from "./derive-result.ts";
import { compareDates, compareFacts, compareTexts, daysBetween, type Meaning, type Stay } from "./derive-stays.ts";

/** Treatments that may follow an event in another stay and still belong to it. */
const DEFERRABLE: ReadonlySet<string> = new Set<TreatmentKey>(["PCI", "PRIMARY_PCI", "STAGED_PCI"]);
/** A staged or deferred angioplasty belongs to an event of so many days before it. */
const DEFERRED_WITHIN_DAYS = 90;
/** And of one day after it: the angioplasty may be dated before the diagnosis is. */
const EARLY_BY_DAYS = 1;

const isSameDay = (a: CodedFact, b: CodedFact): boolean => a.date === null || b.date === null || a.date === b.date;

/** OPCS-4 says TAVI with three codes of one day: an aortic valve operation, its approach and its image control (CCU056_01). */
const isTavi = (valve: Meaning, meanings: readonly Meaning[]): boolean => {
  if (valve.target.group !== "AORTIC_VALVE" || valve.fact.system !== "OPCS4") return false;
  const hasCode = (group: string): boolean =>
    meanings.some(({ target, fact }) => target.group === group && fact.system === "OPCS4" && isSameDay(fact, valve.fact));
  return hasCode("TAVI_ACCESS") && hasCode("TAVI_IMAGING");
};

/** Orders treatments, and leaves one of each type and date. */
export const foldTreatments = (treatments: readonly DerivedTreatment[]): readonly DerivedTreatment[] => {
  const sorted = treatments.toSorted(
    (a, b) => compareDates(a.date, b.date) || compareTexts(a.type, b.type) || compareFacts(a.fact, b.fact),
  );
  return sorted.filter((treatment, i) => {
    const before = sorted[i - 1];
    return before === undefined || before.type !== treatment.type || before.date !== treatment.date;
  });
};

/** The new treatments among the meanings of a stay, each on its own date, else on the first day of the stay. */
export const readTreatments = (stay: Stay, meanings: readonly Meaning[]): readonly DerivedTreatment[] =>
  meanings.flatMap((meaning): DerivedTreatment[] => {
    const { target, fact } = meaning;
    if (target.role !== "TREATMENT" || target.key === null) return [];
    return [{ type: isTavi(meaning, meanings) ? "TAVI" : target.key, date: fact.date ?? stay.start, fact }];
  });

/** The latest event the treatments of a stay without an index diagnosis are the staged or deferred angioplasty of. */
export const findEventOfDeferred = <E extends { readonly eventDate: string | null }>(
  treatments: readonly DerivedTreatment[],
  events: readonly E[],
): E | undefined => {
  const date = treatments[0]?.date ?? null;
  if (date === null || !treatments.every(({ type }) => DEFERRABLE.has(type))) return undefined;
  return events
    .filter(({ eventDate }) => {
      if (eventDate === null) return false;
      const days = daysBetween(eventDate, date);
      return days >= -EARLY_BY_DAYS && days <= DEFERRED_WITHIN_DAYS;
    })
    .toSorted((a, b) => compareDates(b.eventDate, a.eventDate))[0];
};
