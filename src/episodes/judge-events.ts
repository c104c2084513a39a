/** What the rules say of two initiating events of one person. Pure: no clock, nothing of who asks. */
import { toDayNumber } from "../lib/calendar-date.ts";
import type { Agreement, EpisodeAction, EpisodeRules, EventCondition } from "./episode-rules.ts";
import { keyOf, type LinkedRef, type Verdict } from "./link-words.ts";

/** An initiating event as linking may see it. Keys of the dictionary's lists `EventType` and `TreatmentType`; ISO dates. */
export interface EpisodeEvent extends LinkedRef {
  readonly eventType: string | null;
  readonly eventDate: string | null;
  readonly treatments: readonly EventTreatment[];
}

export interface EventTreatment {
  readonly type: string | null;
  readonly date: string | null;
}

export type EventVerdict = Verdict<EpisodeAction>;

/** Symmetric. Null: the rules say nothing of the two, or both are the same event. That both are of one person is the caller's to know. */
export function judgeEvents(a: EpisodeEvent, b: EpisodeEvent, rules: EpisodeRules): EventVerdict | null {
  return judgeFacts(readFacts(a, rules), readFacts(b, rules), rules);
}

/** What the rules ask of an event, read once for all its pairs. */
export interface EventFacts {
  readonly event: EpisodeEvent;
  readonly key: string;
  /** Days since a fixed day; null without a date. */
  readonly day: number | null;
  readonly kinds: ReadonlySet<string>;
  readonly procedures: readonly EventTreatment[];
}

export function readFacts(event: EpisodeEvent, rules: EpisodeRules): EventFacts {
  const procedures = event.treatments.filter(({ type }) => type !== null && Object.hasOwn(rules.kindsOfProcedure, type));
  return {
    event,
    key: keyOf(event),
    day: event.eventDate === null ? null : toDayNumber(event.eventDate),
    kinds: new Set([...kindOfType(event.eventType, rules), ...kindsOfProcedures(event, procedures, rules)]),
    procedures,
  };
}

/** Lists come from outside, so `constructor` must be no type. */
const own = <T>(record: Readonly<Record<string, T>>, key: string | null): T | undefined =>
  key !== null && Object.hasOwn(record, key) ? record[key] : undefined;

function kindOfType(type: string | null, { kindOfType: kinds }: EpisodeRules): readonly string[] {
  const kind = own(kinds, type);
  return kind === undefined ? [] : [kind];
}

/** An event that is a treatment, or that was planned for one, is what was done on its date. */
function kindsOfProcedures(
  { eventType, eventDate }: EpisodeEvent,
  procedures: readonly EventTreatment[],
  { kindsOfProcedure, treatmentTypes, plannedTypes }: EpisodeRules,
): readonly string[] {
  if (eventType === null) return [];
  const isTreatment = treatmentTypes.includes(eventType);
  if (!isTreatment && !plannedTypes.includes(eventType)) return [];
  return procedures
    .filter(({ date }) => (date === null ? isTreatment : date === eventDate))
    .flatMap(({ type }) => own(kindsOfProcedure, type) ?? []);
}

export function judgeFacts(a: EventFacts, b: EventFacts, { rules }: EpisodeRules): EventVerdict | null {
  if (a.key === b.key) return null;
  const rule = rules.find(({ when }) => when.some((condition) => holds(condition, a, b) || holds(condition, b, a)));
  return rule === undefined ? null : { rule: rule.name, action: rule.action, confidence: rule.confidence };
}

function holds({ first, second, days, undated, agree }: EventCondition, one: EventFacts, other: EventFacts): boolean {
  const apart = one.day === null || other.day === null ? null : other.day - one.day;
  if (days !== undefined && !(apart !== null && apart >= days[0] && apart <= days[1])) return false;
  if (undated === true && apart !== null) return false;
  if (first !== undefined && !first.some((kind) => one.kinds.has(kind))) return false;
  if (second !== undefined && !second.some((kind) => other.kinds.has(kind))) return false;
  return agree === undefined || AGREE[agree](one, other);
}

const sameType = ({ event }: EventFacts, other: EventFacts): boolean =>
  event.eventType !== null && event.eventType === other.event.eventType;

const AGREE: Readonly<Record<Agreement, (one: EventFacts, other: EventFacts) => boolean>> = {
  TYPE: sameType,
  PROCEDURE: ({ procedures }, other) =>
    procedures.some(
      ({ type, date }) => date !== null && other.procedures.some((listed) => listed.type === type && listed.date === date),
    ),
  PROCEDURE_ON_EVENT_DATE: ({ procedures }, { event }) =>
    procedures.some(({ date }) => date !== null && date === event.eventDate),
  DATE_BUT_FOR_TYPING: (one, other) => sameType(one, other) && isSlipOfTyping(one.event.eventDate, other.event.eventDate),
};

/** The second date is the first with day and month changed places, or a year before it (the other way round is asked, too). */
function isSlipOfTyping(one: string | null, other: string | null): boolean {
  if (one === null || other === null || one === other) return false;
  const [year, month, day] = one.split("-");
  return other === `${year}-${day}-${month}` || other === `${String(Number(year) - 1).padStart(4, "0")}-${month}-${day}`;
}
