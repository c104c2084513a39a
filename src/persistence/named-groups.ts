/** Patients grouped by national pseudonym, with the rows as they stood at an instant, each organisation's under its own row-level security. */
import { keyOf } from "../episodes/link-words.ts";
import type { KeyRing, PseudonymKey } from "../keys/key-ring.ts";
import type { FedPatient } from "../national/fed-rows.ts";
import { type Quintile, readPseudonym } from "../national/national-values.ts";
import { groupByPerson, indexRows, nameOf, rowsBelow } from "../national/person-rows.ts";
import type { NationalPerson } from "../national/to-national-rows.ts";
import type { NamedPersons } from "../statistics/cuts/history-ports.ts";
import type { Database } from "./database/database.ts";
import type { PatientThen, ReadRowsThen, RowsThen } from "./fed-rows-as-of.ts";
import { readRef } from "./national-rows.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import { EPISODES_OF } from "./sql/person-history-queries.ts";
import { type SqlRow, textOf } from "./sql-row.ts";

/** A page of patients with everything below them. */
const LONG = { timeoutMs: 60_000 } as const;

export interface GroupReading {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly key: PseudonymKey;
  readonly readRows: ReadRowsThen;
  /** Of the whole register: rows are hidden from whoever does not name their programme. */
  readonly programmes: readonly string[];
}

/** Patients as the feed knows them today, with everybody who is one person with one of them. */
export interface KnownToday {
  readonly patients: readonly FedPatient[];
  /** By `keyOf` the patient. */
  readonly quintiles: ReadonlyMap<string, Quintile>;
}

export type NamedGroup = Pick<NamedPersons, "pseudonym" | "persons">;

/** @param instant ISO; who was not there yet is left out, and so is a pseudonym that named nobody. @throws what the database throws */
export async function readGroups(
  reading: GroupReading,
  { patients, quintiles }: KnownToday,
  instant: string,
): Promise<readonly NamedGroup[]> {
  const then = await readThen(reading, patients, instant);
  const known = new Map(patients.map((patient) => [keyOf(patient), patient]));
  const members = then.flatMap((rows) => rows.patients).flatMap((patient) => toMember(patient, known));
  const rows = indexRows(await withEpisodes(reading.database, then));
  const { version: keyVersion } = reading.key;
  return [...Map.groupBy(groupByPerson(members), nameOf)].map(([name, persons]) => {
    const pseudonym = readPseudonym(reading.key.mac(name));
    const toPerson = (own: readonly FedPatient[]): NationalPerson => ({
      patients: own,
      quintiles,
      pseudonym,
      keyVersion,
      ...rowsBelow(own, rows),
    });
    return { pseudonym, persons: persons.map(toPerson) };
  });
}

const toMember = (patient: PatientThen, known: ReadonlyMap<string, FedPatient>): readonly FedPatient[] => {
  const today = known.get(keyOf(patient));
  return today === undefined ? [] : [{ ...patient, nhsDigest: today.nhsDigest, personId: today.personId }];
};

/** One unit for each organisation. */
async function readThen(
  { database, keys, programmes, readRows }: GroupReading,
  patients: readonly FedPatient[],
  instant: string,
): Promise<readonly RowsThen[]> {
  const then: RowsThen[] = [];
  for (const [ods, members] of Map.groupBy(patients, (patient) => patient.ods)) {
    // Before the unit: keys are read on a connection of their own, and the embedded database has one.
    const own = { ods, ids: members.map(({ id }) => id), keys: await keys.organisation(ods) };
    then.push(await database.withRole({ role: "nacr_app", ods, programmes }, (tx) => readRows(tx, own, instant), LONG));
  }
  return then;
}

async function withEpisodes(database: Database, then: readonly RowsThen[]): Promise<Omit<RowsThen, "patients">> {
  const events = then.flatMap((rows) => rows.events);
  const columns = [toColumnLiteral(events, ({ ods }) => ods), toColumnLiteral(events, ({ id }) => id)];
  const found = await database.withRole({ role: "nacr_feed" }, (tx) => tx.$queryRaw<SqlRow[]>(EPISODES_OF(columns)), LONG);
  const episodeOf = new Map(found.map((row) => [keyOf(readRef(row)), textOf(row, "episode_id")]));
  return {
    events: events.map((event) => ({ ...event, episodeId: episodeOf.get(keyOf(event)) ?? null })),
    comorbidities: then.flatMap((rows) => rows.comorbidities),
    treatments: then.flatMap((rows) => rows.treatments),
    rehabilitations: then.flatMap((rows) => rows.rehabilitations),
    assessments: then.flatMap((rows) => rows.assessments),
    acuteEvents: then.flatMap((rows) => rows.acuteEvents),
    drugs: then.flatMap((rows) => rows.drugs),
  };
}
