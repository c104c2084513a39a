/** Links as their organisation's clinical team lists them and decides about them. Reasons are kept sealed with the organisation's keys. */
import { type KnownLink, LISTED_STATES, type LinkListStore, type WhichLink } from "../episodes/link-list-ports.ts";
import type { PairKind } from "../episodes/link-ports.ts";
import type { LinkedRef } from "../episodes/link-words.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { type AuditEntry, entryOf } from "../records/audit-entry.ts";
import type { NewId } from "../submission/ports.ts";
import { writeAuditEntry } from "./audit-entries.ts";
import type { BoundSql } from "./database/constant-sql.ts";
import type { Database } from "./database/database.ts";
import type { Transaction } from "./database/unit.ts";
import {
  decisionPlace,
  ownEventsOf,
  readEntries,
  readLink,
  readOwnEvents,
  readTeamDecision,
  type SealedDecision,
  toRefColumns,
} from "./link-list-row.ts";
import { isUuid, readTimeAndId, toCursor, toPage } from "./page-cursor.ts";
import { toReading } from "./patient-status.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import {
  COUNT_CONFLICTS,
  COUNT_LINKS,
  DECISIONS_AROUND,
  DECISIONS_OF_LINKS,
  INSERT_DECISION,
  LINK_BY_ID,
  LINK_BY_RECORDS,
  OWN_EVENT_RECORDS,
  OWN_EVENTS,
  OWN_PATIENT_RECORDS,
  PAGE_OF_CONFLICTS,
  PAGE_OF_LINKS,
} from "./sql/link-list-queries.ts";
import { numberOf, type SqlRow, textOf } from "./sql-row.ts";

export interface LinkListDependencies {
  readonly database: Database;
  readonly keys: KeyRing;
  readonly newId: NewId;
}

const RECORDS_OF: Readonly<Record<PairKind, typeof OWN_EVENT_RECORDS>> = {
  PERSON: OWN_PATIENT_RECORDS,
  EPISODE: OWN_EVENT_RECORDS,
};

/** The `total` of a count. */
async function readTotal(tx: Transaction, count: BoundSql): Promise<number> {
  const [row] = await tx.$queryRaw<SqlRow[]>(count);
  return row === undefined ? 0 : numberOf(row, "total");
}

/** The links of these rows with their own events and their decisions: one statement for each. */
export async function completeLinks(
  tx: Transaction,
  ods: string,
  keys: OrganisationKeys,
  rows: readonly SqlRow[],
): Promise<readonly KnownLink[]> {
  const events = await tx.$queryRaw<SqlRow[]>(OWN_EVENTS([ods, toArrayLiteral(ownEventsOf(rows, ods))]));
  const ids = toColumnLiteral(rows, (row) => textOf(row, "id"));
  const decisions = await tx.$queryRaw<SqlRow[]>(DECISIONS_OF_LINKS([ods, ids]));
  const parts = { ods, events: readOwnEvents(events), decisions: readEntries(decisions, keys) };
  return rows.map((row) => readLink(row, parts));
}

/** The same under the actor's row-level security, its keys read before the transaction: they may be in the database, too. */
export async function asOrganisation<T>(
  { database, keys: keyRing }: Omit<LinkListDependencies, "newId">,
  { ods, programmes }: OrganisationActor,
  work: (tx: Transaction, keys: OrganisationKeys) => Promise<T>,
): Promise<T> {
  const keys = await keyRing.organisation(ods);
  return await database.withRole({ role: "nacr_app", ods, programmes }, (tx) => work(tx, keys));
}

/** Each once. */
const ownPatientsOf = (links: readonly KnownLink[]): readonly string[] => [
  ...new Set(links.flatMap(({ a, b }) => [a, b].flatMap(({ own, patientId }) => (own && patientId !== null ? [patientId] : [])))),
];

/** The own records that it is about are named beside the decision: one of them may be the other organisation's. */
function decisionOf(actor: OrganisationActor, id: string, records: readonly LinkedRef[], decision: string): AuditEntry {
  const [record] = records.filter(({ ods }) => ods === actor.ods);
  const details = { decision, decisionId: id };
  return entryOf(actor, {
    action: "UPDATE",
    type: "DECIDE_LINK",
    details,
    ...(record && { entity: { kind: "RECORD", id: record.id } }),
  });
}

function findOne(ods: string, which: WhichLink): BoundSql {
  const states = toArrayLiteral(LISTED_STATES);
  if ("id" in which) return LINK_BY_ID([ods, states, which.id]);
  const { kind, a, b } = which;
  return LINK_BY_RECORDS([ods, states, kind, a.ods, a.id, b.ods, b.id]);
}

export function createLinkListStore(dependencies: LinkListDependencies): LinkListStore {
  const { database, newId } = dependencies;
  return {
    links: async (actor, { kind, states, recordId }, { first, after }) => {
      const position = after === null ? null : readTimeAndId(after);
      const filter = [actor.ods, kind, toArrayLiteral(states), recordId];
      return await asOrganisation(dependencies, actor, async (tx, keys) => {
        const total = await readTotal(tx, COUNT_LINKS(filter));
        const values = [...filter, position?.time ?? null, position?.id ?? null, first + 1];
        const rows = await tx.$queryRaw<SqlRow[]>(PAGE_OF_LINKS(values));
        const links = await completeLinks(tx, actor.ods, keys, rows);
        await writeAuditEntry(tx, toReading(actor, "LIST_LINKS", ownPatientsOf(links), false), newId);
        return toPage(links, first, total, ({ since, id }) => toCursor(since, id));
      });
    },
    link: async (actor, which) =>
      await asOrganisation(dependencies, actor, async (tx, keys) => {
        const rows = await tx.$queryRaw<SqlRow[]>(findOne(actor.ods, which));
        const [link = null] = rows.length === 0 ? [] : await completeLinks(tx, actor.ods, keys, rows);
        if (link !== null) await writeAuditEntry(tx, toReading(actor, "READ_LINK", ownPatientsOf([link]), false), newId);
        return link;
      }),
    ownRecords: async (actor, kind, ids) =>
      await asOrganisation(dependencies, actor, async (tx) => {
        const rows = await tx.$queryRaw<SqlRow[]>(RECORDS_OF[kind]([actor.ods, toArrayLiteral(ids.filter(isUuid))]));
        return rows.map((row) => ({
          ods: actor.ods,
          id: textOf(row, "id"),
          patientId: textOf(row, "patient_id"),
          personId: textOf(row, "person_id"),
        }));
      }),
    decide: async (actor, { kind, a, b, decision, reason, at }) =>
      await asOrganisation(dependencies, actor, async (tx, keys) => {
        const id = newId();
        const content: SealedDecision = { reason, clientId: actor.clientId };
        const box = keys.seal(JSON.stringify(content), decisionPlace(id)).toString("hex");
        await tx.$executeRaw(INSERT_DECISION([id, kind, a.ods, a.id, b.ods, b.id, decision, actor.ods, at, box]));
        await writeAuditEntry(tx, decisionOf(actor, id, [a, b], decision), newId);
      }),
    decisionsAround: async ({ kind, records }) =>
      await database.withRole({ role: "nacr_linker" }, async (tx) => {
        const rows = await tx.$queryRaw<SqlRow[]>(DECISIONS_AROUND([kind, ...toRefColumns(records)]));
        return rows.map(readTeamDecision);
      }),
    identityConflicts: async (actor, day, { first, after }) => {
      const position = after === null ? null : readTimeAndId(after);
      return await asOrganisation(dependencies, actor, async (tx) => {
        const total = await readTotal(tx, COUNT_CONFLICTS([actor.ods, day]));
        const values = [actor.ods, day, position?.time ?? null, position?.id ?? null, first + 1];
        const rows = await tx.$queryRaw<SqlRow[]>(PAGE_OF_CONFLICTS(values));
        const conflicts = rows.map((row) => ({ patientId: textOf(row, "patient_id"), since: textOf(row, "since") }));
        const patientIds = conflicts.map(({ patientId }) => patientId);
        await writeAuditEntry(tx, toReading(actor, "LIST_IDENTITY_CONFLICTS", patientIds, false), newId);
        return toPage(conflicts, first, total, ({ since, patientId }) => toCursor(since, patientId));
      });
    },
  };
}
