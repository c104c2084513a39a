/** Turns stays into events of one patient: treatments find their event, and old conditions step back (interop 1.7 items 7 and 11). */
import type { EventTypeKey } from "../concept-maps/concept-group.ts";
import { type IndexChoice, isChronic } from "./derive-index.ts";
import type { DerivedEvent, DerivedTreatment } from "./derive-result.ts";
import { compareDates, compareFacts, compareTexts, type Meaning, type Stay } from "./derive-stays.ts";
import { findEventOfDeferred, foldTreatments } from "./derive-treatments.ts";

/** A stay the patient lived through, with what it was for and what was done. */
export interface OpenStay {
  readonly stay: Stay;
  readonly choice: IndexChoice | null;
  /** In order of date. */
  readonly treatments: readonly DerivedTreatment[];
}

/** An event, with what is still needed to judge it. */
export interface EventCandidate extends Omit<DerivedEvent, "diagnoses"> {
  /** Known from the problem list only. */
  readonly alone: boolean;
  /** The diagnoses it rests on; none for USE_TREATMENT. */
  readonly used: readonly Meaning[];
}

const USE_TREATMENT: EventTypeKey = "USE_TREATMENT";

const dischargeOf = (stay: Stay): string | null => (stay.closed ? stay.end : null);

const fromDiagnosis = ({ stay, choice, treatments }: OpenStay): EventCandidate[] =>
  choice === null
    ? []
    : [
        {
          eventType: choice.eventType,
          eventDate: choice.eventDate,
          dischargeDate: dischargeOf(stay),
          fact: choice.chosen.fact,
          treatments,
          alone: stay.alone,
          used: choice.used,
        },
      ];

const fromTreatment = ({ stay, treatments }: OpenStay, first: DerivedTreatment): EventCandidate => ({
  eventType: USE_TREATMENT,
  eventDate: first.date,
  dischargeDate: dischargeOf(stay),
  fact: first.fact,
  treatments,
  alone: stay.alone,
  used: [],
});

/**
 * Makes an event of each stay with an index diagnosis, then goes through the stays with treatments alone in order of time:
 * each is the staged or deferred angioplasty of an event before it, or an event by itself.
 */
export const resolveTreatments = (stays: readonly OpenStay[]): readonly EventCandidate[] => {
  const candidates = stays.flatMap(fromDiagnosis);
  const treated = stays
    .filter(({ choice, treatments }) => choice === null && treatments.length > 0)
    .toSorted((a, b) => compareDates(a.treatments[0]?.date ?? null, b.treatments[0]?.date ?? null));
  for (const open of treated) {
    const [first] = open.treatments;
    if (first === undefined) continue;
    const event = findEventOfDeferred(open.treatments, candidates);
    if (event === undefined) candidates.push(fromTreatment(open, first));
    else candidates[candidates.indexOf(event)] = { ...event, treatments: [...event.treatments, ...open.treatments] };
  }
  return candidates;
};

const compareCandidates = (a: EventCandidate, b: EventCandidate): number =>
  compareDates(a.eventDate, b.eventDate) || compareTexts(a.eventType, b.eventType) || compareFacts(a.fact, b.fact);

const joinCandidates = (a: EventCandidate, b: EventCandidate): EventCandidate => ({
  ...a,
  dischargeDate: compareDates(a.dischargeDate, b.dischargeDate) <= 0 ? a.dischargeDate : b.dischargeDate,
  treatments: [...a.treatments, ...b.treatments],
  alone: a.alone && b.alone,
  used: [...a.used, ...b.used],
});

/** One event of each type and date, in order of date. */
export const foldCandidates = (candidates: readonly EventCandidate[]): readonly EventCandidate[] => {
  const folded: EventCandidate[] = [];
  for (const candidate of candidates.toSorted(compareCandidates)) {
    const last = folded.at(-1);
    const isSame = last?.eventType === candidate.eventType && last.eventDate === candidate.eventDate;
    if (last !== undefined && isSame) folded[folded.length - 1] = joinCandidates(last, candidate);
    else folded.push(candidate);
  }
  return folded.map((candidate) => ({ ...candidate, treatments: foldTreatments(candidate.treatments) }));
};

const isAfter = (other: EventCandidate, candidate: EventCandidate): boolean =>
  other.eventDate !== null && (candidate.eventDate === null || other.eventDate > candidate.eventDate);

/**
 * Whether a candidate steps back to a previous event: known from the problem list only, nothing done for it, and a later event
 * there is. An acute event with a date never steps back; without a date it does, since nothing says that it is not an old one.
 */
export const isDemoted = (candidate: EventCandidate, all: readonly EventCandidate[]): boolean =>
  candidate.alone &&
  candidate.used.length > 0 &&
  candidate.treatments.length === 0 &&
  (candidate.eventDate === null || isChronic(candidate.eventType)) &&
  all.some((other) => isAfter(other, candidate));
