/**
 * Events of other organisations that links show: read under the role `nacr_journey`, which sees nothing else of them, and written into
 * the access logs of all organisations concerned in the transaction that reads them.
 */
import type { ShownPatient } from "../episodes/journey-ports.ts";
import type { ReadSharedEvents } from "../episodes/link-list-ports.ts";
import type { Clock, NewId } from "../submission/ports.ts";
import type { Database } from "./database/database.ts";
import { readSharedEvent, toRefColumns } from "./link-list-row.ts";
import { admitPersons, writeAccessEntries } from "./linked-access.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { OWN_PATIENTS_OF_PERSONS, PERSONS_OF_SHARED, SHARED_EVENTS } from "./sql/link-list-queries.ts";
import { type SqlRow, textOf } from "./sql-row.ts";

export interface SharedEventDependencies {
  readonly database: Database;
  readonly clock: Clock;
  readonly newId: NewId;
}

export function createReadSharedEvents({ database, clock, newId }: SharedEventDependencies): ReadSharedEvents {
  return async ({ actor, correlationId }, wanted) => {
    const { ods } = actor;
    const events = "events" in wanted ? wanted.events : [];
    const personIds = "personIds" in wanted ? wanted.personIds : [];
    if (events.length + personIds.length === 0) return [];
    const granted = [ods, ...toRefColumns(events), toArrayLiteral(personIds)];
    return await database.withRole({ role: "nacr_journey", ods }, async (tx) => {
      const persons = (await tx.$queryRaw<SqlRow[]>(PERSONS_OF_SHARED(granted))).map((row) => textOf(row, "person_id"));
      if (persons.length === 0) return [];
      const at = clock.now();
      await admitPersons(tx, actor, persons, at);
      const admitted = toArrayLiteral(persons);
      const shared = await tx.$queryRaw<SqlRow[]>(SHARED_EVENTS([...granted, admitted]));
      const own = await tx.$queryRaw<SqlRow[]>(OWN_PATIENTS_OF_PERSONS([ods, admitted]));
      const shown = eachOnce([...shared, ...own].map(readShown));
      await writeAccessEntries(tx, actor, { action: "READ_PROPOSALS", at, correlationId, shown }, newId);
      return shared.map(readSharedEvent);
    });
  };
}

const readShown = (row: SqlRow): ShownPatient => ({
  ods: textOf(row, "ods"),
  patientId: textOf(row, "patient_id"),
  personId: textOf(row, "person_id"),
});

const eachOnce = (shown: readonly ShownPatient[]): readonly ShownPatient[] => [
  ...new Map(shown.map((patient) => [`${patient.ods} ${patient.patientId}`, patient])).values(),
];
