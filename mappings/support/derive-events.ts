/**
 * Derives initiating events, previous events and comorbidities from the coded facts of one patient (interop 1.7).
 *
 * Where the design is silent: a diagnosis made more than 28 days before the admission is a previous event, unless it is a chronic
 * one and primary; a chronic condition of the problem list becomes a previous event once a later event exists, else it is the event;
 * of an index diagnosis that did not make the event of its stay only angina becomes a comorbidity, the others have no place.
 */

import type { Issue } from "../../src/records/issue.ts";
import type { Candidate } from "../concept-maps/nearest-codes.ts";
import { SHIPPED_TERMINOLOGY, type Terminology } from "../concept-maps/terminology.ts";
import type { CodedFact, Spell } from "./coded-target.ts";
import { type EventCandidate, foldCandidates, isDemoted, type OpenStay, resolveTreatments } from "./derive-candidates.ts";
import {
  chooseIndex,
  isAbout,
  isHistory,
  isHistoryOf,
  isPast,
  previousEventOf,
  previousEventOfTreatment,
} from "./derive-index.ts";
import { REASON_OF_ROLE, reportFault, reportMapped, reportUnused } from "./derive-report.ts";
import type {
  DerivedComorbidity,
  DerivedEvents,
  DerivedPreviousEvent,
  FactReportLine,
  RehabilitationContact,
} from "./derive-result.ts";
import { buildStays, compareDates, compareFacts, compareTexts, foldByKey, type Meaning, type Stay } from "./derive-stays.ts";
import { foldTreatments, readTreatments } from "./derive-treatments.ts";
import { normaliseCode } from "./normalise-code.ts";

/** The words of the answer, for those who call `deriveEvents`. */
export type { DerivedEvent, DerivedEvents, FactReportLine } from "./derive-result.ts";

/** How a site derives; every option has a default. */
export interface DeriveOptions {
  /** The code tables to use. Default: the shipped core. */
  readonly terminology?: Tables;
  /** The patient's date of death (ISO calendar date), where known: no event is made of a stay in which, or after which, the patient died. */
  readonly dateOfDeath?: string | null;
}

/** What is gathered on the way; lists are folded at the end. */
interface Gathered {
  readonly previousEvents: DerivedPreviousEvent[];
  readonly comorbidities: DerivedComorbidity[];
  readonly rehabilitationContacts: RehabilitationContact[];
  readonly report: FactReportLine[];
  readonly issues: Issue[];
}

type Tables = Pick<Terminology, "lookUpCode" | "findCandidates">;

const findCandidates = ({ system, code, display }: CodedFact, tables: Tables): readonly Candidate[] =>
  tables.findCandidates(system, code, display ?? "");

const readMeanings = (facts: readonly CodedFact[], tables: Tables, gathered: Gathered): readonly Meaning[] =>
  facts.flatMap((fact) => {
    if (fact.siteMeaning !== undefined) return fact.siteMeaning.targets.map((target) => ({ fact, target }));
    const normalised = normaliseCode(fact.system, fact.code);
    if (!normalised.ok) {
      gathered.issues.push(reportFault(fact, normalised.reason, findCandidates(fact, tables)));
      gathered.report.push(reportUnused(fact, "MALFORMED_CODE"));
      return [];
    }
    const targets = tables.lookUpCode(fact.system, normalised.code);
    if (targets.length === 0) {
      gathered.report.push(reportUnused(fact, "CODE_NOT_TRANSLATED"));
      const candidates = findCandidates(fact, tables);
      // Most of a record has nothing to do with the heart: a code that is near to nothing is a report line and no issue.
      if (candidates.length > 0) gathered.issues.push(reportFault(fact, "NOT_IN_MAPS", candidates));
    }
    return targets.map((target) => ({ fact, target }));
  });

const addPreviousEvent = (previous: DerivedPreviousEvent, gathered: Gathered): void => {
  gathered.previousEvents.push(previous);
  gathered.report.push(reportMapped(previous.fact, "PREVIOUS_EVENT", previous.type));
};

const addComorbidity = (type: string, fact: CodedFact, gathered: Gathered): void => {
  gathered.comorbidities.push({ type, fact });
  gathered.report.push(reportMapped(fact, "COMORBIDITY", type));
};

/** Takes the meanings that need no other fact to be judged. */
const gatherPlain = (stay: Stay, { fact, target }: Meaning, gathered: Gathered): void => {
  const reason = REASON_OF_ROLE[target.role];
  if (reason !== null) gathered.report.push(reportUnused(fact, reason));
  if (target.role === "REHABILITATION") gathered.rehabilitationContacts.push({ date: fact.date ?? stay.start, fact });
  if (target.key === null) return;
  if (target.role === "PREVIOUS_EVENT" && fact.since === undefined)
    addPreviousEvent({ type: target.key, date: null, fact }, gathered);
  if (target.role === "COMORBIDITY") addComorbidity(target.key, fact, gathered);
};

const gatherOther = ({ fact, target }: Meaning, gathered: Gathered): void => {
  if (target.key === "ANGINA") addComorbidity("ANGINA", fact, gathered);
  else gathered.report.push(reportUnused(fact, "NOT_THE_INDEX_DIAGNOSIS"));
};

const hasDied = (stay: Stay, eventDate: string | null, dateOfDeath: string | null): boolean => {
  const until = stay.end ?? eventDate;
  return stay.died || (dateOfDeath !== null && until !== null && dateOfDeath <= until);
};

/** What a stay may become, and what of it lies before it. */
interface StayReading {
  readonly open: OpenStay | null;
  readonly history: readonly Meaning[];
  /** Told without saying that it is of this stay: a problem list, a treatment of some month or year. */
  readonly past: readonly Meaning[];
}

const readStay = (stay: Stay, tables: Tables, dateOfDeath: string | null, gathered: Gathered): StayReading => {
  const meanings = readMeanings(stay.facts, tables, gathered);
  for (const meaning of meanings) gatherPlain(stay, meaning, gathered);
  const past = meanings.filter(isPast);
  const diagnoses = meanings.filter((meaning) => meaning.target.role === "INDEX" && !past.includes(meaning));
  const history = diagnoses.filter((meaning) => isHistory(stay, meaning));
  const fresh = diagnoses.filter((meaning) => !history.includes(meaning));
  const choice = chooseIndex(stay, fresh);
  const procedures = readTreatments(
    stay,
    meanings.filter((meaning) => !past.includes(meaning)),
  );
  const treatments = foldTreatments(procedures);
  if (hasDied(stay, choice?.eventDate ?? treatments[0]?.date ?? null, dateOfDeath)) {
    gathered.report.push(...[...fresh, ...procedures].map(({ fact }) => reportUnused(fact, "DIED_IN_SPELL")));
    return { open: null, history, past };
  }
  gathered.report.push(...procedures.map(({ fact, type }) => reportMapped(fact, "TREATMENT", type)));
  for (const other of choice?.others ?? []) gatherOther(other, gathered);
  return { open: { stay, choice, treatments }, history, past };
};

const foldPreviousEvents = (items: readonly DerivedPreviousEvent[]): readonly DerivedPreviousEvent[] =>
  foldByKey(items, ({ type, date }) => `${type}|${date ?? ""}`).toSorted(
    (a, b) => compareDates(a.date, b.date) || compareTexts(a.type, b.type),
  );

/** A diagnosis of the past is a previous event, unless the same event stands as an initiating one. */
const gatherHistory = (
  { fact, target }: Meaning,
  date: string | null,
  events: readonly EventCandidate[],
  gathered: Gathered,
): void => {
  const type = previousEventOf(target.key ?? "");
  const known = date ?? fact.partialDate ?? null;
  const stands = events.some((event) => date !== null && event.eventDate === date && previousEventOf(event.eventType) === type);
  if (stands) gathered.report.push(reportUnused(fact, "ALREADY_AN_EVENT"));
  else addPreviousEvent({ type, date: known, fact }, gathered);
};

/** A history code that tells of an event of the patient is no second one. */
const gatherSince = (meaning: Meaning, events: readonly EventCandidate[], gathered: Gathered): void => {
  const { fact, target } = meaning;
  if (events.some((event) => isHistoryOf(meaning, event))) gathered.report.push(reportUnused(fact, "ALREADY_AN_EVENT"));
  else if (target.key !== null) addPreviousEvent({ type: target.key, date: null, fact }, gathered);
};

/** A statement of the past is a previous event where it lies before an event; else it says nothing sure. */
const gatherPast = (meaning: Meaning, events: readonly EventCandidate[], gathered: Gathered): void => {
  const { fact, target } = meaning;
  if (target.role === "PREVIOUS_EVENT") return gatherSince(meaning, events, gathered);
  const key = target.key ?? "";
  const type = target.role === "INDEX" ? previousEventOf(key) : previousEventOfTreatment(key);
  const date = fact.date ?? fact.partialDate ?? null;
  const isEvent = (event: EventCandidate): boolean =>
    target.role === "INDEX" && previousEventOf(event.eventType) === type && isAbout(event.eventDate, date);
  const isBefore = ({ eventDate }: EventCandidate): boolean =>
    eventDate !== null && date !== null && date < eventDate && !eventDate.startsWith(date);
  if (events.some(isEvent)) gathered.report.push(reportUnused(fact, "ALREADY_AN_EVENT"));
  else if (type !== null && events.some(isBefore)) addPreviousEvent({ type, date, fact }, gathered);
  else gathered.report.push(reportUnused(fact, target.role === "INDEX" ? "PROBLEM_LIST_ITEM" : "PARTIAL_DATE"));
};

/**
 * Derives the NACR records of one patient. Never throws for data: unknown codes are `UNMAPPED` report lines, malformed ones also a
 * warning. The result does not depend on the order of spells or facts.
 *
 * A spell without `id` and without `start` is taken as loose facts of a problem list: each belongs to the contact during which it is
 * dated, else to the loose facts of its day.
 */
export const deriveEvents = (spells: readonly Spell[], options: DeriveOptions = {}): DerivedEvents => {
  const { terminology = SHIPPED_TERMINOLOGY, dateOfDeath = null } = options;
  const gathered: Gathered = { previousEvents: [], comorbidities: [], rehabilitationContacts: [], report: [], issues: [] };
  const readings = buildStays(spells).map((stay) => readStay(stay, terminology, dateOfDeath, gathered));
  const candidates = foldCandidates(resolveTreatments(readings.flatMap(({ open }) => open ?? [])));
  const events = candidates.filter((candidate) => !isDemoted(candidate, candidates));
  for (const { used, eventType } of events) {
    gathered.report.push(...used.map(({ fact }) => reportMapped(fact, "INITIATING_EVENT", eventType)));
  }
  for (const { used, eventDate } of candidates.filter((candidate) => isDemoted(candidate, candidates))) {
    for (const meaning of used) gatherHistory(meaning, eventDate, events, gathered);
  }
  for (const { past } of readings) for (const meaning of past) gatherPast(meaning, events, gathered);
  for (const { history } of readings) for (const meaning of history) gatherHistory(meaning, meaning.fact.date, events, gathered);
  return {
    events: events.map(({ eventType, eventDate, dischargeDate, fact, used, treatments }) => ({
      eventType,
      eventDate,
      dischargeDate,
      fact,
      diagnoses: used.map((meaning) => meaning.fact),
      treatments,
    })),
    previousEvents: foldPreviousEvents(gathered.previousEvents),
    comorbidities: foldByKey(gathered.comorbidities, ({ type }) => type),
    rehabilitationContacts: gathered.rehabilitationContacts.toSorted((a, b) => compareFacts(a.fact, b.fact)),
    report: gathered.report.toSorted((a, b) => compareFacts(a.fact, b.fact) || compareTexts(a.key ?? "", b.key ?? "")),
    issues: gathered.issues.toSorted((a, b) => compareTexts(a.expression, b.expression)),
  };
};
