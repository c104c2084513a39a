/**
 * The one way into the schema `national`: what is known of a person, of whatever organisations, becomes rows without a name, a number, a day
 * of the calendar or a text (dataset.md, Decision 38). Pure: the same rows always give the same. Nobody else can make such a row, because
 * nobody else can name the symbol that it carries.
 */

import { keyOf } from "../episodes/link-words.ts";
import { type ResolvedItem, resolveItem } from "../episodes/resolve-item.ts";
import { type ResolvedEpisode, type Resolving, resolveJourney } from "../episodes/resolve-journey.ts";
import { daysBetween } from "../lib/calendar-date.ts";
import { chooseRehabilitation } from "./choose-rehabilitation.ts";
import type { FedAssessment, FedPatient, FedRehabilitation, FedRows } from "./fed-rows.ts";
import {
  type ACUTE_EVENT_COLUMNS,
  ASSESSMENT_COLUMNS,
  DRUG_CLASS_COLUMNS,
  ACUTE_EVENT_COLUMNS as EVENT_COLUMNS,
  JOURNEY_COLUMNS,
  type NationalValues,
} from "./national-columns.ts";
import { ETHNIC_GROUP_OF, EVENT_GROUP_OF, groupOf, type Stage, TREATMENT_GROUP_OF, TREATMENT_GROUPS } from "./national-groups.ts";
import { type Pseudonym, type Quintile, readQuintile, readRegisteredCode, toMonth } from "./national-values.ts";
import { codeIn, codesIn, readMeasures, readNumber } from "./read-columns.ts";

const made: unique symbol = Symbol("made by toNationalRows");

export type JourneyValues = NationalValues<typeof JOURNEY_COLUMNS>;
export type AssessmentValues = NationalValues<typeof ASSESSMENT_COLUMNS>;
export type AcuteEventValues = NationalValues<typeof ACUTE_EVENT_COLUMNS>;
export type DrugClassValues = NationalValues<typeof DRUG_CLASS_COLUMNS>;

/** A journey as the national side keeps it, with what hangs off it. */
export interface NationalJourney {
  readonly [made]: true;
  readonly row: JourneyValues;
  readonly assessments: readonly AssessmentValues[];
  readonly acuteEvents: readonly AcuteEventValues[];
  readonly drugs: readonly DrugClassValues[];
}

/** All patients of one person, and everything below them. */
export interface NationalPerson extends FedRows {
  readonly patients: readonly FedPatient[];
  /** By `keyOf` the patient, of those whose postcode a directory knows. */
  readonly quintiles: ReadonlyMap<string, Quintile>;
  readonly pseudonym: Pseudonym;
  readonly keyVersion: number;
}

/** Older is not told apart from this. */
const OLDEST_AGE = 90;

/** One for each episode of the person, in their order. */
export function toNationalRows(person: NationalPerson, resolving: Resolving): readonly NationalJourney[] {
  const episodeOf = new Map(
    person.events.flatMap((event) => (event.episodeId === null ? [] : [[keyOf(event), event.episodeId] as const])),
  );
  const { items, episodes } = resolveJourney({ ...person, episodeOf }, resolving);
  const ofPerson: OfPerson = {
    pseudonym: person.pseudonym,
    keyVersion: person.keyVersion,
    gender: codeIn(JOURNEY_COLUMNS.gender.codes, winnerOf(items.gender)),
    ethnicGroup: groupOf(ETHNIC_GROUP_OF, winnerOf(items.ethnicGroup)),
    comorbidities: codesIn(
      JOURNEY_COLUMNS.comorbidities.codes,
      person.comorbidities.map(({ type }) => type),
    ),
    imdQuintile: resolveQuintile(person, resolving),
  };
  const yearOfBirth = resolveNumber(person.patients, (patient) => patient.yearOfBirth, resolving);
  return episodes.flatMap((episode) => toJourney(episode, ofPerson, yearOfBirth, person) ?? []);
}

type OfPerson = Pick<JourneyValues, "pseudonym" | "keyVersion" | "gender" | "ethnicGroup" | "comorbidities" | "imdQuintile">;

const winnerOf = (item: ResolvedItem | null): string | null => item?.winner.value ?? null;

/** By the rules for any item, where organisations that people linked do not agree. */
function resolveNumber(
  patients: readonly FedPatient[],
  read: (patient: FedPatient) => number | null,
  { rules }: Resolving,
): number | null {
  const statements = patients.flatMap((row) => {
    const value = read(row);
    return value === null ? [] : [{ value: String(value), row, known: true, copyOf: null }];
  });
  const won = resolveItem(statements, null, {}, rules)?.winner.value;
  return won === undefined ? null : Number(won);
}

const resolveQuintile = ({ patients, quintiles }: NationalPerson, resolving: Resolving): Quintile | null =>
  readQuintile(resolveNumber(patients, (patient) => quintiles.get(keyOf(patient)) ?? null, resolving));

function toJourney(
  episode: ResolvedEpisode,
  ofPerson: OfPerson,
  yearOfBirth: number | null,
  person: NationalPerson,
): NationalJourney | null {
  const eventDate = winnerOf(episode.items.eventDate);
  if (eventDate === null) return null;
  const events = new Map(person.events.map((event) => [keyOf(event), event]));
  const members = new Set(episode.events.map(keyOf));
  const chosen = chooseRehabilitation(
    person.rehabilitations.filter(({ ods, eventId }) => members.has(keyOf({ ods, id: eventId }))),
    ({ ods, eventId, referralDate }) => referralDate ?? events.get(keyOf({ ods, id: eventId }))?.referralDate ?? null,
  );
  return {
    [made]: true,
    row: {
      ...ofPerson,
      age: toAge(yearOfBirth, eventDate),
      eventGroup: groupOf(EVENT_GROUP_OF, winnerOf(episode.items.eventType)) ?? "OTHER",
      eventMonth: toMonth(eventDate),
      treatmentGroups: toTreatmentGroups(episode),
      ...describeRehabilitation(chosen?.rehabilitation ?? null, chosen?.referralDate ?? null, eventDate),
    },
    ...(chosen === null ? NOTHING_BELOW : describeBelow(chosen.rehabilitation, eventDate, person)),
  };
}

const NOTHING_BELOW = { assessments: [], acuteEvents: [], drugs: [] };

function toAge(yearOfBirth: number | null, eventDate: string): number | null {
  if (yearOfBirth === null) return null;
  const age = Number(eventDate.slice(0, 4)) - yearOfBirth;
  return age < 0 ? null : Math.min(age, OLDEST_AGE);
}

function toTreatmentGroups({ treatments }: ResolvedEpisode): JourneyValues["treatmentGroups"] {
  const present = new Set(treatments.map(({ type }) => groupOf(TREATMENT_GROUP_OF, type)));
  return TREATMENT_GROUPS.filter((group) => present.has(group));
}

type OfRehabilitation = Omit<JourneyValues, keyof OfPerson | "age" | "eventGroup" | "eventMonth" | "treatmentGroups">;

const between = (from: string | null, to: string | null): number | null =>
  from === null || to === null ? null : readNumber(daysBetween(from, to));

/** @param referralDate of the rehabilitation, else of its event */
function describeRehabilitation(
  rehabilitation: FedRehabilitation | null,
  referralDate: string | null,
  eventDate: string,
): OfRehabilitation {
  const { coreStartDate = null, coreEndDate = null, components = [] } = rehabilitation ?? {};
  const columns = JOURNEY_COLUMNS;
  return {
    nation: codeIn(columns.nation.codes, rehabilitation?.nation),
    region: readRegisteredCode(rehabilitation?.region ?? null),
    programme: readRegisteredCode(rehabilitation?.programme ?? null),
    trust: readRegisteredCode(rehabilitation?.trust ?? null),
    referralWaitDays: between(eventDate, referralDate),
    startWaitDays: between(referralDate, coreStartDate),
    durationDays: between(coreStartDate, coreEndDate),
    agreedToTakePart: codeIn(columns.agreedToTakePart.codes, rehabilitation?.agreedToTakePart),
    reasonNotTakingPart: codeIn(columns.reasonNotTakingPart.codes, rehabilitation?.reasonNotTakingPart),
    stage: rehabilitation === null ? null : toStage(rehabilitation),
    reasonNotCompleting: codeIn(columns.reasonNotCompleting.codes, rehabilitation?.reasonNotCompleting),
    deliveryMode: codeIn(columns.deliveryMode.codes, rehabilitation?.deliveryMode),
    components: codesIn(columns.components.codes, components),
  };
}

/** Who completed has started, whether or not the start was sent. */
function toStage({ completed, coreStartDate }: FedRehabilitation): Stage {
  if (completed === "YES") return "COMPLETED";
  return coreStartDate === null ? "REFERRED_ONLY" : "STARTED_NOT_COMPLETED";
}

function describeBelow(
  rehabilitation: FedRehabilitation,
  eventDate: string,
  person: NationalPerson,
): Pick<NationalJourney, "assessments" | "acuteEvents" | "drugs"> {
  const isBelow = ({ ods, rehabilitationId }: { readonly ods: string; readonly rehabilitationId: string }): boolean =>
    ods === rehabilitation.ods && rehabilitationId === rehabilitation.id;
  const assessments = person.assessments.filter(isBelow).toSorted((a, b) => a.number - b.number);
  return {
    assessments: assessments.map(({ number, date, values }) => ({
      ...readMeasures(ASSESSMENT_COLUMNS, values),
      number,
      day: between(eventDate, date),
    })),
    acuteEvents: numberInOrder(
      person.acuteEvents
        .filter(isBelow)
        .map(({ type, date }) => ({ type: codeIn(EVENT_COLUMNS.type.codes, type), day: between(eventDate, date) })),
    ),
    drugs: assessments.flatMap((assessment) => drugsOf(assessment, person)),
  };
}

/** Their order says nothing but when they happened: nothing of the rows they come from. */
function numberInOrder(events: readonly Omit<AcuteEventValues, "number">[]): readonly AcuteEventValues[] {
  const sortText = ({ type, day }: Omit<AcuteEventValues, "number">): string => `${type ?? ""} ${day ?? ""}`;
  return events
    .toSorted((a, b) => (a.day ?? Infinity) - (b.day ?? Infinity) || (sortText(a) < sortText(b) ? -1 : 1))
    .map((event, index) => ({ ...event, number: index + 1 }));
}

const drugsOf = ({ ods, id, number }: FedAssessment, { drugs }: NationalPerson): readonly DrugClassValues[] =>
  drugs.flatMap((drug) => {
    const drugClass =
      drug.ods === ods && drug.assessmentId === id ? codeIn(DRUG_CLASS_COLUMNS.drugClass.codes, drug.class) : null;
    return drugClass === null
      ? []
      : [{ assessment: number, drugClass, taking: codeIn(DRUG_CLASS_COLUMNS.taking.codes, drug.taking) }];
  });
