/** Links, their records and decisions, read from rows. */
import type { EpisodeEvent, EventTreatment } from "../episodes/judge-events.ts";
import {
  DECISIONS,
  type DecisionEntry,
  type KnownLink,
  LISTED_STATES,
  type LinkEnd,
  type PersonEvent,
  type SharedEvent,
} from "../episodes/link-list-ports.ts";
import { PAIR_KINDS, type TeamDecision } from "../episodes/link-ports.ts";
import { CONFIDENCES, type LinkedRef } from "../episodes/link-words.ts";
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import { optionalBytesOf, optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

/** Where the box of a decision belongs: it opens nowhere else. */
export const decisionPlace = (decisionId: string): string => `${decisionId}/decision`;

/** What a decision's box holds. */
export interface SealedDecision {
  readonly reason: string;
  readonly clientId: string;
}

const MAKERS = ["RULE", "PERSON"] as const;
const HELD_BACK = ["held_back_a", "held_back_b"] as const;

/** An own event with its patient, by the event's id. */
export type OwnEvents = ReadonlyMap<string, { readonly patientId: string; readonly event: EpisodeEvent }>;

function readEvent(row: SqlRow): EpisodeEvent {
  const treatments: readonly EventTreatment[] = JSON.parse(textOf(row, "treatments"));
  return {
    ods: textOf(row, "ods"),
    id: textOf(row, "id"),
    eventType: optionalTextOf(row, "event_type"),
    eventDate: optionalTextOf(row, "event_date"),
    treatments,
  };
}

export const readOwnEvents = (rows: readonly SqlRow[]): OwnEvents =>
  new Map(rows.map((row) => [textOf(row, "id"), { patientId: textOf(row, "patient_id"), event: readEvent(row) }]));

export const readSharedEvent = (row: SqlRow): SharedEvent => ({
  ...readEvent(row),
  organisationName: textOf(row, "name"),
  personId: textOf(row, "person_id"),
});

export function readPersonEvent(row: SqlRow): PersonEvent {
  const event = readEvent(row);
  return {
    ods: event.ods,
    id: event.id,
    own: true,
    organisationName: textOf(row, "name"),
    patientId: textOf(row, "patient_id"),
    personId: textOf(row, "person_id"),
    event,
  };
}

/** The own events that the links of these rows are about. */
export const ownEventsOf = (rows: readonly SqlRow[], ods: string): readonly string[] =>
  rows
    .filter((row) => row.kind === "EPISODE")
    .flatMap((row) =>
      (["a", "b"] as const).filter((side) => row[`${side}_ods`] === ods).map((side) => textOf(row, `${side}_id`)),
    );

/** Organisations and ids as two columns of a statement. */
export const toRefColumns = (refs: readonly LinkedRef[]): readonly [string, string] => [
  toColumnLiteral(refs, ({ ods }) => ods),
  toColumnLiteral(refs, ({ id }) => id),
];

/** What is read besides the links themselves. */
export interface LinkParts {
  readonly ods: string;
  readonly events: OwnEvents;
  /** By the pair's id. */
  readonly decisions: ReadonlyMap<string, readonly DecisionEntry[]>;
}

export function readLink(row: SqlRow, { ods, events, decisions }: LinkParts): KnownLink {
  const id = textOf(row, "id");
  const kind = wordOf(row, "kind", PAIR_KINDS);
  const end = (side: "a" | "b"): LinkEnd => {
    const recordId = textOf(row, `${side}_id`);
    const own = textOf(row, `${side}_ods`) === ods;
    const known = own && kind === "EPISODE" ? events.get(recordId) : undefined;
    return {
      ods: textOf(row, `${side}_ods`),
      id: recordId,
      own,
      organisationName: textOf(row, `${side}_name`),
      patientId: own && kind === "PERSON" ? recordId : (known?.patientId ?? null),
      event: known?.event ?? null,
    };
  };
  return {
    id,
    kind,
    state: wordOf(row, "state", LISTED_STATES),
    rule: optionalTextOf(row, "rule"),
    confidence: row.confidence === null ? null : wordOf(row, "confidence", CONFIDENCES),
    madeBy: wordOf(row, "made_by", MAKERS),
    since: textOf(row, "since"),
    // Of patients it is a conflict of identities, which is told in its own list, and not before the next day.
    heldBackBy: kind === "EPISODE" ? HELD_BACK.flatMap((column) => optionalTextOf(row, column) ?? []) : [],
    a: end("a"),
    b: end("b"),
    decisions: decisions.get(id) ?? [],
  };
}

/** By the pair's id, in the order of the rows. */
export function readEntries(rows: readonly SqlRow[], keys: OrganisationKeys): ReadonlyMap<string, readonly DecisionEntry[]> {
  const entries = rows.map((row) => ({ pair: textOf(row, "pair_id"), entry: readEntry(row, keys) }));
  const byPair = Map.groupBy(entries, ({ pair }) => pair);
  return new Map([...byPair].map(([pair, ofPair]) => [pair, ofPair.map(({ entry }) => entry)]));
}

function readEntry(row: SqlRow, keys: OrganisationKeys): DecisionEntry {
  const box = optionalBytesOf(row, "sealed");
  const opened: SealedDecision | null =
    box === null ? null : JSON.parse(keys.open(box, decisionPlace(textOf(row, "id"))).toString());
  return {
    decision: wordOf(row, "decision", DECISIONS),
    ods: textOf(row, "decided_by_ods"),
    organisationName: textOf(row, "name"),
    at: textOf(row, "at"),
    clientId: opened?.clientId ?? null,
    reason: opened?.reason ?? null,
  };
}

export const readTeamDecision = (row: SqlRow): TeamDecision => ({
  a: { ods: textOf(row, "a_ods"), id: textOf(row, "a_id") },
  b: { ods: textOf(row, "b_ods"), id: textOf(row, "b_id") },
  decision: wordOf(row, "decision", DECISIONS),
  decidedAt: textOf(row, "at"),
  decidedBy: textOf(row, "decided_by_ods"),
});
