/** Probable duplicates of an organisation, and what is known of the persons they are of. */
import type { DuplicateStore } from "../episodes/link-list-ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import { readPersonEvent, readTeamDecision, toRefColumns } from "./link-list-row.ts";
import { asOrganisation, completeLinks, type LinkListDependencies } from "./link-list-store.ts";
import { readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import { toReading } from "./patient-status.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import {
  DECISIONS_AMONG,
  LINKS_OF_PERSONS,
  MEMBERS_OF_PERSONS,
  OWN_EVENTS_OF_PERSONS,
  PAGE_OF_DUPLICATES,
} from "./sql/link-list-queries.ts";
import { numberOf, type SqlRow, textOf } from "./sql-row.ts";

/** What is apart is no duplicate. */
const TOGETHER = toArrayLiteral(["LINKED", "PROPOSED"]);

export function createDuplicateStore(dependencies: LinkListDependencies): DuplicateStore {
  const { database } = dependencies;
  return {
    duplicates: async ({ ods }, { first, after }) => {
      const position = after === null ? null : readTimeAndId(after);
      return await database.withRole({ role: "nacr_journey", ods }, async (tx) => {
        const values = [ods, position?.time ?? null, position?.id ?? null, first + 1];
        const rows = await tx.$queryRaw<SqlRow[]>(PAGE_OF_DUPLICATES(values));
        const [any] = rows;
        const total = any === undefined ? 0 : numberOf(any, "total");
        const groups = rows
          .filter((row) => row.id !== null)
          .map((row) => ({
            id: textOf(row, "id"),
            personId: textOf(row, "person_id"),
            since: textOf(row, "since"),
            episodeIds: textOf(row, "episodes").split(","),
          }));
        return toPage(groups, first, total, ({ since, id }) => toCursor(since, id));
      });
    },
    personEvents: async (actor, personIds) => {
      const { ods } = actor;
      const persons = toArrayLiteral(personIds);
      const members = await database.withRole({ role: "nacr_journey", ods }, (tx) =>
        tx.$queryRaw<SqlRow[]>(MEMBERS_OF_PERSONS([persons])),
      );
      return await asOrganisation(dependencies, actor, async (tx, keys) => {
        const own = await tx.$queryRaw<SqlRow[]>(OWN_EVENTS_OF_PERSONS([ods, persons]));
        const links = await tx.$queryRaw<SqlRow[]>(LINKS_OF_PERSONS([ods, persons, TOGETHER]));
        const patientIds = [...new Set(own.map((row) => textOf(row, "patient_id")))];
        await writeAuditEntry(tx, toReading(actor, "LIST_DUPLICATES", patientIds, false), dependencies.newId);
        return {
          own: own.map(readPersonEvent),
          members: members.map((row) => ({
            ods: textOf(row, "ods"),
            id: textOf(row, "id"),
            personId: textOf(row, "person_id"),
            episodeId: textOf(row, "episode_id"),
          })),
          links: await completeLinks(tx, ods, keys, links),
        };
      });
    },
    decisionsAmong: async (events) =>
      await database.withRole({ role: "nacr_linker" }, async (tx) =>
        (await tx.$queryRaw<SqlRow[]>(DECISIONS_AMONG(toRefColumns(events)))).map(readTeamDecision),
      ),
  };
}
