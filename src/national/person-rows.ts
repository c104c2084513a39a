/** Rows of many patients put together by person: for the feed, and for whoever makes the rows of an earlier instant again. */
import { keyOf, type LinkedRef } from "../episodes/link-words.ts";
import { compareText } from "../episodes/resolve-item.ts";
import type { FedPatient, FedRows } from "./fed-rows.ts";
import { nameByNumber, nameByPatient } from "./person-names.ts";

/** Who is linked with nobody is a person by itself. */
export const groupByPerson = (patients: readonly FedPatient[]): readonly (readonly FedPatient[])[] => [
  ...Map.groupBy(patients, (patient) => patient.personId ?? keyOf(patient)).values(),
];

/** By what they hang off. */
export type RowIndex = { readonly [Kind in keyof FedRows]: ReadonlyMap<string, FedRows[Kind]> };

/** Made once for many persons: each is then found without looking at the others. */
export function indexRows(rows: FedRows): RowIndex {
  const refTo = (ods: string, id: string): string => keyOf({ ods, id });
  return {
    events: Map.groupBy(rows.events, ({ ods, patientId }) => refTo(ods, patientId)),
    comorbidities: Map.groupBy(rows.comorbidities, ({ ods, patientId }) => refTo(ods, patientId)),
    treatments: Map.groupBy(rows.treatments, ({ ods, eventId }) => refTo(ods, eventId)),
    rehabilitations: Map.groupBy(rows.rehabilitations, ({ ods, eventId }) => refTo(ods, eventId)),
    assessments: Map.groupBy(rows.assessments, ({ ods, rehabilitationId }) => refTo(ods, rehabilitationId)),
    acuteEvents: Map.groupBy(rows.acuteEvents, ({ ods, rehabilitationId }) => refTo(ods, rehabilitationId)),
    drugs: Map.groupBy(rows.drugs, ({ ods, assessmentId }) => refTo(ods, assessmentId)),
  };
}

/** Everything below some patients. */
export function rowsBelow(patients: readonly LinkedRef[], index: RowIndex): FedRows {
  const below = <Row>(parents: readonly LinkedRef[], rows: ReadonlyMap<string, readonly Row[]>): readonly Row[] =>
    parents.flatMap((parent) => rows.get(keyOf(parent)) ?? []);
  const events = below(patients, index.events);
  const rehabilitations = below(events, index.rehabilitations);
  const assessments = below(rehabilitations, index.assessments);
  return {
    events,
    comorbidities: below(patients, index.comorbidities),
    treatments: below(events, index.treatments),
    rehabilitations,
    assessments,
    acuteEvents: below(rehabilitations, index.acuteEvents),
    drugs: below(assessments, index.drugs),
  };
}

/**
 * What the pseudonym is made from. By the digest of the NHS number a person has one pseudonym in every organisation, linked or not; who has
 * several numbers has that of the first, in an order that does not depend on rows. Without any number it is the patient of an organisation.
 */
export function nameOf(members: readonly FedPatient[]): string {
  const [number] = members.flatMap(({ nhsDigest }) => nhsDigest ?? []).toSorted(compareText);
  if (number !== undefined) return nameByNumber(number);
  const [name] = members.map(nameByPatient).toSorted(compareText);
  if (name === undefined) throw new Error("A person has no patient");
  return name;
}
