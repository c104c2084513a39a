/** What links show of a person's rows at other organisations: under the role `nacr_journey`, which sees no other column. */

import type { PersonLink } from "../episodes/journey-ports.ts";
import { PAIR_KINDS } from "../episodes/link-ports.ts";
import { CONFIDENCES, keyOf } from "../episodes/link-words.ts";
import type { Transaction } from "./database/unit.ts";
import type { JourneyRows } from "./journey-own-rows.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import { EPISODES, HAS_GRANTS, LINKED_EVENTS, LINKED_PATIENTS, LINKED_TREATMENTS, LINKS, NAMES } from "./sql/journey-queries.ts";
import { booleanOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

const MAKERS = ["RULE", "PERSON"] as const;

/** Whether a link shows the reader anything of another organisation. */
export async function hasLinkedRows(tx: Transaction, personId: string, reader: string): Promise<boolean> {
  const [row] = await tx.$queryRaw<SqlRow[]>(HAS_GRANTS([personId, reader]));
  return row !== undefined && booleanOf(row, "linked");
}

/** Three statements, whatever the number of rows. */
export async function readLinkedRows(tx: Transaction, personId: string, reader: string): Promise<JourneyRows> {
  const patients = await tx.$queryRaw<SqlRow[]>(LINKED_PATIENTS([personId, reader]));
  const events = await tx.$queryRaw<SqlRow[]>(LINKED_EVENTS([personId, reader]));
  const treatments = await tx.$queryRaw<SqlRow[]>(LINKED_TREATMENTS([personId, reader]));
  return {
    patients: patients.map((row) => ({
      ...statedBy(row),
      values: {
        gender: optionalTextOf(row, "gender"),
        ethnicGroup: optionalTextOf(row, "ethnic_group"),
        maritalStatus: optionalTextOf(row, "marital_status"),
      },
    })),
    events: events.map((row) => ({
      ...statedBy(row),
      patientId: textOf(row, "patient_id"),
      values: { eventType: optionalTextOf(row, "event_type"), eventDate: optionalTextOf(row, "event_date") },
      referringOrganisation: optionalTextOf(row, "referring_organisation"),
    })),
    treatments: treatments.map((row) => ({
      ...statedBy(row),
      eventId: textOf(row, "initiating_event_id"),
      type: optionalTextOf(row, "type"),
      date: optionalTextOf(row, "date"),
    })),
  };
}

const statedBy = (row: SqlRow) => ({
  ods: textOf(row, "ods"),
  id: textOf(row, "id"),
  sourceTime: textOf(row, "source_time"),
  updatedAt: textOf(row, "updated_at"),
});

/** `keyOf` of an event to its episode: own events, and those that a link shows. */
export async function readEpisodes(tx: Transaction, personId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.$queryRaw<SqlRow[]>(EPISODES([personId]));
  return new Map(rows.map((row) => [keyOf({ ods: textOf(row, "ods"), id: textOf(row, "event_id") }), textOf(row, "episode_id")]));
}

/** Links between two records that are both shown. */
export async function readLinks(tx: Transaction, { patients, events }: JourneyRows): Promise<readonly PersonLink[]> {
  const records = [...patients, ...events];
  const shown = [toColumnLiteral(records, ({ ods }) => ods), toColumnLiteral(records, ({ id }) => id)];
  const rows = await tx.$queryRaw<SqlRow[]>(LINKS(shown));
  return rows.map((row) => ({
    id: textOf(row, "id"),
    kind: wordOf(row, "kind", PAIR_KINDS),
    a: { ods: textOf(row, "a_ods"), id: textOf(row, "a_id") },
    b: { ods: textOf(row, "b_ods"), id: textOf(row, "b_id") },
    rule: optionalTextOf(row, "rule"),
    confidence: row.confidence === null ? null : wordOf(row, "confidence", CONFIDENCES),
    madeBy: wordOf(row, "made_by", MAKERS),
  }));
}

export async function readNames(tx: Transaction, organisations: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.$queryRaw<SqlRow[]>(NAMES([toArrayLiteral(organisations)]));
  return new Map(rows.map((row) => [textOf(row, "ods_code"), textOf(row, "name")]));
}
