/** Rows of the linker's queries as its use case knows them. */
import { type Digest, readDigest } from "../episodes/judge-persons.ts";
import {
  type EpisodeLine,
  type GrantLine,
  type LinkEvent,
  type LinkPatient,
  PAIR_KINDS,
  PAIR_STATES,
  type PairLine,
  type PatientMerge,
  type PersonLine,
  type TeamDecision,
} from "../episodes/link-ports.ts";
import { CONFIDENCES, type LinkedPair, type LinkedRef, toPair } from "../episodes/link-words.ts";
import { optionalTextOf, type SqlRow, textOf, wordOf } from "./sql-row.ts";

const optionalDigestOf = (row: SqlRow, column: string): Digest | null => {
  const digest = optionalTextOf(row, column);
  return digest === null ? null : readDigest(digest);
};

const refOf = (row: SqlRow, ods: string, id: string): LinkedRef => ({ ods: textOf(row, ods), id: textOf(row, id) });

export function readLinkPatient(row: SqlRow): LinkPatient {
  const former = optionalTextOf(row, "former");
  return {
    ...refOf(row, "ods", "id"),
    nhsNumber: optionalDigestOf(row, "nhs"),
    formerNhsNumbers: former === null ? [] : former.split(" ").map(readDigest),
    dateOfBirth: optionalDigestOf(row, "birth"),
    nameAndPostcode: optionalDigestOf(row, "name"),
  };
}

export function readLinkEvent(row: SqlRow): LinkEvent {
  const listed: readonly (readonly [type: string | null, date: string | null])[] = JSON.parse(
    optionalTextOf(row, "treatments") ?? "[]",
  );
  return {
    ...refOf(row, "ods", "id"),
    patientId: textOf(row, "patient_id"),
    eventType: optionalTextOf(row, "event_type"),
    eventDate: optionalTextOf(row, "event_date"),
    treatments: listed.map(([type, date]) => ({ type, date })),
  };
}

export const readMerge = (row: SqlRow): PatientMerge => ({
  ods: textOf(row, "ods"),
  patientId: textOf(row, "patient_id"),
  mergedInto: textOf(row, "merged_into"),
  mergedAt: textOf(row, "merged_at"),
});

export const readDecision = (row: SqlRow): TeamDecision => ({
  ...toPair(refOf(row, "a_ods", "a_id"), refOf(row, "b_ods", "b_id")),
  decision: wordOf(row, "decision", ["CONFIRMED", "REJECTED", "UNLINKED"]),
  decidedAt: textOf(row, "decided_at"),
  decidedBy: textOf(row, "decided_by_ods"),
});

export const readPersonLine = (row: SqlRow): PersonLine => ({ ...refOf(row, "ods", "id"), personId: textOf(row, "person_id") });

export const readEpisodeLine = (row: SqlRow): EpisodeLine => ({
  ...refOf(row, "ods", "id"),
  patientId: textOf(row, "patient_id"),
  personId: textOf(row, "person_id"),
  episodeId: textOf(row, "episode_id"),
});

export const readGrantLine = (row: SqlRow): GrantLine => ({
  reader: textOf(row, "reader"),
  owner: textOf(row, "owner"),
  recordType: wordOf(row, "record_type", ["PATIENT", "INITIATING_EVENT"]),
  recordId: textOf(row, "record_id"),
  personId: textOf(row, "person_id"),
});

export const readPairLine = (row: SqlRow): PairLine => ({
  kind: wordOf(row, "kind", PAIR_KINDS),
  a: refOf(row, "a_ods", "a_id"),
  b: refOf(row, "b_ods", "b_id"),
  state: wordOf(row, "state", PAIR_STATES),
  rule: optionalTextOf(row, "rule"),
  confidence: row.confidence === null ? null : wordOf(row, "confidence", CONFIDENCES),
  madeBy: wordOf(row, "made_by", ["RULE", "PERSON"]),
  heldBackBy: readHeldBack(row),
});

const readHeldBack = (row: SqlRow): LinkedPair | null =>
  row.held_back_a_ods === null
    ? null
    : { a: refOf(row, "held_back_a_ods", "held_back_a_id"), b: refOf(row, "held_back_b_ods", "held_back_b_id") };
