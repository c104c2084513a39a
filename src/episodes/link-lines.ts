/** The lines that stored links consist of: made from what was worked out, and compared with those that are there. */
import type { EpisodeLine, GrantLine, LinkChanges, LinkLines, PairLine } from "./link-ports.ts";
import { keyOf, type LinkedRef } from "./link-words.ts";
import { nameGroups } from "./name-groups.ts";
import type { WorkedOut, WorkedOutPerson } from "./work-out-links.ts";

/** What there is to say: of a patient alone with one event, or with events of which nothing is said, nothing. */
export function toLines({ persons, pairs }: WorkedOut, stored: LinkLines, newId: () => string): LinkLines {
  const paired = new Set(pairs.flatMap(({ a, b }) => [keyOf(a), keyOf(b)]));
  const isPaired = (ref: LinkedRef): boolean => paired.has(keyOf(ref));
  const keptEpisodes = Map.groupBy(stored.episodes, ({ ods, patientId }) => keyOf({ ods, id: patientId }));
  const told = persons.filter(({ patients, events, episodes }) => {
    if (patients.length > 1 || patients.some(isPaired) || events.some(isPaired)) return true;
    return episodes === null && patients.some((patient) => keptEpisodes.has(keyOf(patient)));
  });
  const personIds = new Map(stored.persons.map((line) => [keyOf(line), line.personId]));
  const named = nameGroups(told, ({ patients }) => patients, personIds, newId);
  return {
    persons: named.flatMap(({ group, id }) => group.patients.map(({ ods, id: patient }) => ({ ods, id: patient, personId: id }))),
    episodes: toEpisodeLines(named, stored, isPaired, newId),
    pairs: [...pairs, ...keptPairs(told, stored)],
    grants: named.flatMap(({ group, id }) => toGrants(group, id)),
  };
}

interface NamedPerson {
  readonly group: WorkedOutPerson;
  readonly id: string;
}

function toEpisodeLines(
  named: readonly NamedPerson[],
  stored: LinkLines,
  isPaired: (ref: LinkedRef) => boolean,
  newId: () => string,
): readonly EpisodeLine[] {
  const ids = new Map(stored.episodes.map((line) => [keyOf(line), line.episodeId]));
  const told = named.flatMap(({ group, id: personId }) => {
    const patientOf = new Map(group.events.map((event) => [keyOf(event), event.patientId]));
    const episodes = group.episodes ?? keptEpisodes(group, ids);
    return episodes
      .filter((members) => members.length > 1 || members.some(isPaired) || group.episodes === null)
      .map((members) => ({ members, patientOf, personId }));
  });
  return nameGroups(told, ({ members }) => members, ids, newId).flatMap(({ group: { members, patientOf, personId }, id }) =>
    members.flatMap(({ ods, id: event }) => {
      const patientId = patientOf.get(keyOf({ ods, id: event }));
      return patientId === undefined ? [] : [{ ods, id: event, patientId, personId, episodeId: id }];
    }),
  );
}

/** Of a person with too many events: what was stored of those that are still there. */
const keptEpisodes = (person: WorkedOutPerson, ids: ReadonlyMap<string, string>): readonly (readonly LinkedRef[])[] => [
  ...Map.groupBy(
    person.events.filter((event) => ids.has(keyOf(event))),
    (event) => ids.get(keyOf(event)),
  ).values(),
];

function keptPairs(persons: readonly WorkedOutPerson[], stored: LinkLines): readonly PairLine[] {
  const personOf = new Map<string, WorkedOutPerson>();
  for (const person of persons) {
    if (person.episodes === null) for (const event of person.events) personOf.set(keyOf(event), person);
  }
  return stored.pairs.filter(({ kind, a, b }) => {
    const person = personOf.get(keyOf(a));
    return kind === "EPISODE" && person !== undefined && person === personOf.get(keyOf(b));
  });
}

/** The team of each organisation may read patient and events of all the others (ADR 0004). */
function toGrants({ patients, events }: WorkedOutPerson, personId: string): readonly GrantLine[] {
  const readers = [...new Set(patients.map(({ ods }) => ods))];
  if (readers.length < 2) return [];
  const grant = (recordType: GrantLine["recordType"], { ods, id }: LinkedRef): readonly GrantLine[] =>
    readers.filter((reader) => reader !== ods).map((reader) => ({ reader, owner: ods, recordType, recordId: id, personId }));
  return [
    ...patients.flatMap((patient) => grant("PATIENT", patient)),
    ...events.flatMap((event) => grant("INITIATING_EVENT", event)),
  ];
}

/** Lines that differ: by what makes a line of its kind unique, and what else it says. */
export function compareLines(stored: LinkLines, wanted: LinkLines): LinkChanges {
  const persons = compare(stored.persons, wanted.persons, keyOf, ({ personId }) => personId);
  const episodes = compare(stored.episodes, wanted.episodes, keyOf, (line) =>
    [line.patientId, line.personId, line.episodeId].join(" "),
  );
  const pairs = compare(stored.pairs, wanted.pairs, pairKeyOf, pairTextOf);
  const grants = compare(
    stored.grants,
    wanted.grants,
    ({ reader, owner, recordId }) => `${reader} ${owner} ${recordId}`,
    ({ recordType, personId }) => `${recordType} ${personId}`,
  );
  return {
    removed: { persons: persons.removed, episodes: episodes.removed, pairs: pairs.removed, grants: grants.removed },
    written: { persons: persons.written, episodes: episodes.written, pairs: pairs.written, grants: grants.written },
  };
}

const pairKeyOf = ({ kind, a, b }: PairLine): string => `${kind}\n${keyOf(a)}\n${keyOf(b)}`;

function pairTextOf({ state, rule, confidence, madeBy, heldBackBy }: PairLine): string {
  const held = heldBackBy === null ? null : `${keyOf(heldBackBy.a)}\n${keyOf(heldBackBy.b)}`;
  return [state, rule, confidence, madeBy, held].join("\n");
}

function compare<Line>(
  stored: readonly Line[],
  wanted: readonly Line[],
  key: (line: Line) => string,
  textOf: (line: Line) => string,
): { readonly removed: readonly Line[]; readonly written: readonly Line[] } {
  const there = new Map(stored.map((line) => [key(line), textOf(line)]));
  const wantedKeys = new Set(wanted.map(key));
  return {
    removed: stored.filter((line) => !wantedKeys.has(key(line))),
    written: wanted.filter((line) => there.get(key(line)) !== textOf(line)),
  };
}

/** How many lines change. */
export const countChanges = ({ removed, written }: LinkChanges): number =>
  [removed, written]
    .flatMap(({ persons, episodes, pairs, grants }) => [persons, episodes, pairs, grants])
    .reduce((count, lines) => count + lines.length, 0);
