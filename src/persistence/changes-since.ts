/** What changed since an instant of that which history does not give back: numbers, links, postcodes. */
import { keyOf, type LinkedRef } from "../episodes/link-words.ts";
import type { NationalPerson } from "../national/to-national-rows.ts";
import type { CutInstants, Hindrance } from "../statistics/cuts/history-ports.ts";
import type { Database } from "./database/database.ts";
import { readRef } from "./national-rows.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import { CHANGED_SINCE, RELINKED_SINCE } from "./sql/person-history-queries.ts";
import { type SqlRow, textOf } from "./sql-row.ts";

/** Makes the pseudonym, and the age; both also decide who is linked. */
const IDENTITY = ["nhsNumber", "dateOfBirth"] as const;
const POSTCODE = ["postcode"] as const;
/** By these the rules link events to episodes. */
const EVENT = ["eventType", "eventDate"] as const;
const TREATMENT = ["type", "date"] as const;

const TIMEOUT_MS = 60_000;

interface Since extends CutInstants {
  readonly database: Database;
  /** Of the whole register. */
  readonly programmes: readonly string[];
}

export interface Changes {
  hindranceOf(persons: readonly NationalPerson[]): Hindrance | null;
  isPostcodeChanged(persons: readonly NationalPerson[]): boolean;
}

/** @param persons as they were then */
export async function readChanges(since: Since, persons: readonly NationalPerson[]): Promise<Changes> {
  const fields = await readChangedFields(since, persons.flatMap(recordsOf));
  const relinked = await readRelinked(
    since,
    persons.flatMap(({ patients, events }) => [...patients, ...events]),
  );
  const changed = (records: readonly LinkedRef[], names: readonly string[]): boolean =>
    records.some((record) => names.some((name) => fields.get(keyOf(record))?.has(name)));
  const isRelinked = ({ patients, events, treatments }: NationalPerson): boolean =>
    [...patients, ...events].some((record) => relinked.has(keyOf(record))) ||
    // One event by itself is one episode, whatever it says.
    (events.length > 1 && (changed(events, EVENT) || changed(treatments, TREATMENT)));
  return {
    hindranceOf: (of) => {
      if (of.some(({ patients }) => changed(patients, IDENTITY))) return "IDENTITY_CHANGED";
      return of.some(isRelinked) ? "LINKS_CHANGED" : null;
    },
    isPostcodeChanged: (of) => of.some(({ patients }) => changed(patients, POSTCODE)),
  };
}

const recordsOf = ({ patients, events, treatments }: NationalPerson): readonly LinkedRef[] => [
  ...patients,
  ...events,
  ...treatments,
];

async function readChangedFields(
  { database, programmes, asOf }: Since,
  records: readonly LinkedRef[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const found = new Map<string, Set<string>>();
  for (const [ods, own] of Map.groupBy(records, (record) => record.ods)) {
    const values = [ods, toArrayLiteral(own.map(({ id }) => id)), asOf];
    const rows = await database.withRole(
      { role: "nacr_app", ods, programmes },
      (tx) => tx.$queryRaw<SqlRow[]>(CHANGED_SINCE(values)),
      { timeoutMs: TIMEOUT_MS },
    );
    for (const row of rows) {
      const key = keyOf({ ods, id: textOf(row, "id") });
      found.set(key, (found.get(key) ?? new Set()).add(textOf(row, "field")));
    }
  }
  return found;
}

async function readRelinked({ database, settled }: Since, records: readonly LinkedRef[]): Promise<ReadonlySet<string>> {
  const values = [toColumnLiteral(records, ({ ods }) => ods), toColumnLiteral(records, ({ id }) => id), settled];
  const rows = await database.withRole({ role: "nacr_linker" }, (tx) => tx.$queryRaw<SqlRow[]>(RELINKED_SINCE(values)), {
    timeoutMs: TIMEOUT_MS,
  });
  return new Set(rows.map((row) => keyOf(readRef(row))));
}
