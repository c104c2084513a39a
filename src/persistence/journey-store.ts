/**
 * Reads a person for its journey, in two transactions: own rows as always, then what links show of other organisations, with the lines
 * in the access logs. What a link shows is what it shows in the second.
 */
import type { Dictionary } from "../dataset/dictionary.ts";
import type { JourneyStore, ShownPatient, StoredPerson } from "../episodes/journey-ports.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import { hasLinkedRows, readEpisodes, readLinkedRows, readLinks, readNames } from "./journey-linked-rows.ts";
import { type JourneyRows, type OwnRows, OwnRowsReader } from "./journey-own-rows.ts";
import { admitPersons, writeAccessEntries } from "./linked-access.ts";
import { isUuid } from "./page-cursor.ts";

export interface JourneyStoreDependencies {
  readonly database: Database;
  readonly dictionary: Dictionary;
  readonly clock: Pick<Clock, "now">;
  readonly newId: NewId;
}

interface Reading {
  readonly actor: OrganisationActor;
  readonly own: OwnRows;
  readonly at: string;
  readonly correlationId: string;
  readonly newId: NewId;
}

/** Compiles the dictionary's SQL once. */
export function createJourneyStore({ database, dictionary, clock, newId }: JourneyStoreDependencies): JourneyStore {
  const reader = new OwnRowsReader(dictionary);
  return {
    async person(actor, patientId, correlationId) {
      if (!isUuid(patientId)) return null;
      const { ods, programmes } = actor;
      const own = await database.withRole({ role: "nacr_app", ods, programmes }, (tx) => reader.read(tx, ods, patientId));
      if (own === null) return null;
      const reading = { actor, own, at: clock.now(), correlationId, newId };
      return await database.withRole({ role: "nacr_journey", ods }, (tx) => readPerson(tx, reading));
    },
  };
}

const NOTHING: JourneyRows = { patients: [], events: [], treatments: [] };

/** Admitted first, then read, then written down: all or nothing of it commits. */
async function readPerson(tx: Transaction, { actor, own, at, correlationId, newId }: Reading): Promise<StoredPerson> {
  const { personId } = own;
  const isLinked = personId !== null && (await hasLinkedRows(tx, personId, actor.ods));
  if (isLinked) await admitPersons(tx, actor, [personId], at);
  const linked = isLinked ? await readLinkedRows(tx, personId, actor.ods) : NOTHING;
  const rows = {
    patients: [...own.patients, ...linked.patients],
    events: [...own.events, ...linked.events],
    treatments: [...own.treatments, ...linked.treatments],
    episodeOf: personId === null ? new Map<string, string>() : await readEpisodes(tx, personId),
  };
  const links = personId === null ? [] : await readLinks(tx, rows);
  const shown = listShown(rows, isLinked ? personId : null);
  await writeAccessEntries(tx, actor, { action: "READ_JOURNEY", at, correlationId, shown }, newId);
  const organisations = await readNames(tx, [...new Set(shown.map(({ ods }) => ods))]);
  return { rows, links, organisations, sources: own.sources };
}

/** Every patient of whom a row is shown, once; of another organisation, an event may be shown without its patient. */
function listShown({ patients, events }: JourneyRows, personId: string | null): readonly ShownPatient[] {
  const all = [
    ...patients.map(({ ods, id }) => ({ ods, patientId: id, personId })),
    ...events.map(({ ods, patientId }) => ({ ods, patientId, personId })),
  ];
  return [...new Map(all.map((shown) => [`${shown.ods} ${shown.patientId}`, shown])).values()];
}
