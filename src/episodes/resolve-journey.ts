/**
 * The rows of one person, of whatever organisations, read together: each item with the value that stands, the rule that decided and
 * everything that was said against it. Knows nothing of who asks, so that statistics resolve a journey as a clinical team sees it. The
 * answer depends on the rows alone, not on their order.
 */
import { keyOf, type LinkedRef } from "./link-words.ts";
import { compareText, type JourneyRow, type ResolvedItem, resolveItem, type Statement } from "./resolve-item.ts";
import type { EventItem, PatientItem, WinnerRules } from "./winner-rules.ts";

export interface JourneyPatient extends JourneyRow {
  /** Null: no statement. */
  readonly values: Readonly<Record<PatientItem, string | null>>;
}

export interface JourneyEvent extends JourneyRow {
  readonly patientId: string;
  readonly values: Readonly<Record<EventItem, string | null>>;
  /** ODS code of the organisation that referred, as the event states it. */
  readonly referringOrganisation: string | null;
}

export interface JourneyTreatment extends JourneyRow {
  readonly eventId: string;
  readonly type: string | null;
  readonly date: string | null;
}

export interface PersonRows {
  readonly patients: readonly JourneyPatient[];
  readonly events: readonly JourneyEvent[];
  readonly treatments: readonly JourneyTreatment[];
  /** `keyOf` of an event to its episode; an event that is not in it is an episode by itself. */
  readonly episodeOf: ReadonlyMap<string, string>;
}

/** Null: nobody states the item. */
export type ResolvedItems<Item extends string> = Readonly<Record<Item, ResolvedItem | null>>;

/** What several organisations list of one treatment. */
export interface ResolvedTreatment {
  readonly type: string | null;
  readonly date: string | null;
  readonly rows: readonly JourneyTreatment[];
}

export interface ResolvedEpisode {
  readonly items: ResolvedItems<EventItem>;
  /** By organisation and id. */
  readonly events: readonly JourneyEvent[];
  /** By date, those without one last. */
  readonly treatments: readonly ResolvedTreatment[];
}

export interface ResolvedJourney {
  readonly items: ResolvedItems<PatientItem>;
  /** By the date that stands, those without one last. */
  readonly episodes: readonly ResolvedEpisode[];
}

export interface Resolving {
  readonly rules: WinnerRules;
  /** Whether a value of the item says that it is not known. */
  readonly isUnknown: (item: PatientItem | EventItem, value: string) => boolean;
}

export function resolveJourney({ patients, events, treatments, episodeOf }: PersonRows, resolving: Resolving): ResolvedJourney {
  const ofItem = (item: PatientItem): ResolvedItem | null =>
    resolveItem(toStatements(patients, item, resolving), null, resolving.rules.patient[item], resolving.rules);
  const treatmentsOf = Map.groupBy(treatments, ({ ods, eventId }) => keyOf({ ods, id: eventId }));
  const episodes = Map.groupBy(inOrder(events), (event) => episodeOf.get(keyOf(event)) ?? keyOf(event));
  return {
    items: { gender: ofItem("gender"), ethnicGroup: ofItem("ethnicGroup"), maritalStatus: ofItem("maritalStatus") },
    episodes: [...episodes.values()]
      .map((members) => resolveEpisode(members, treatmentsOf, resolving))
      .toSorted((a, b) => compareText(dateOf(a), dateOf(b)) || compareText(firstKeyOf(a), firstKeyOf(b))),
  };
}

function resolveEpisode(
  events: readonly JourneyEvent[],
  treatmentsOf: ReadonlyMap<string, readonly JourneyTreatment[]>,
  resolving: Resolving,
): ResolvedEpisode {
  const ofItem = (item: EventItem, goesWith: ResolvedItem | null): ResolvedItem | null =>
    resolveItem(toStatements(events, item, resolving), goesWith, resolving.rules.event[item], resolving.rules);
  const eventType = ofItem("eventType", null);
  return {
    items: { eventType, eventDate: ofItem("eventDate", eventType) },
    events,
    treatments: gatherTreatments(events.flatMap((event) => treatmentsOf.get(keyOf(event)) ?? [])),
  };
}

function gatherTreatments(rows: readonly JourneyTreatment[]): readonly ResolvedTreatment[] {
  const alike = Map.groupBy(inOrder(rows), ({ type, date }) => JSON.stringify([type, date]));
  return [...alike.values()]
    .flatMap((members) => members.slice(0, 1).map(({ type, date }) => ({ type, date, rows: members })))
    .toSorted((a, b) => compareText(a.date ?? LAST, b.date ?? LAST) || compareText(a.type ?? LAST, b.type ?? LAST));
}

type StatingRow<Item extends string> = JourneyRow & {
  readonly values: Readonly<Record<Item, string | null>>;
  readonly referringOrganisation?: string | null;
};

function toStatements<Item extends PatientItem | EventItem>(
  rows: readonly StatingRow<Item>[],
  item: Item,
  { isUnknown }: Resolving,
): readonly Statement[] {
  return rows.flatMap((row) => {
    const value = row.values[item];
    if (value === null) return [];
    const { referringOrganisation: referrer = null } = row;
    return [{ value, row, known: !isUnknown(item, value), copyOf: referrer === row.ods ? null : referrer }];
  });
}

/** After every ISO date and every name. */
const LAST = "~";
const dateOf = ({ items }: ResolvedEpisode): string => items.eventDate?.winner.value ?? LAST;
const firstKeyOf = ({ events }: ResolvedEpisode): string => events.map(keyOf).join();

const inOrder = <Row extends LinkedRef>(rows: readonly Row[]): readonly Row[] =>
  rows.toSorted((a, b) => compareText(keyOf(a), keyOf(b)));
