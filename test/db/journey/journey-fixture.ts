/** Persons of several organisations with the lines a linker would write, put straight into the tables. All data are invented. */

import type { Database } from "../../../src/persistence/database/database.ts";
import { createJourneyStore } from "../../../src/persistence/journey-store.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import { eventRow, newId, patientRow, rehabilitationRow } from "../../support/clinical-rows.ts";
import type { TestDatabase } from "../../support/database.ts";

/** What no answer to another organisation may ever hold. */
export const CANARY = "CR-CANARY";
const programmeOf = (ods: string): string => `${CANARY}-${ods}`;

export const teamOf = (ods: string, more: Partial<OrganisationActor> = {}): OrganisationActor => ({
  clientId: `team-${ods}`,
  role: "CLINICAL_TEAM",
  ods,
  programmes: [programmeOf(ods)],
  scopes: [],
  ...more,
});

export interface PlacedEvent {
  readonly id: string;
  readonly treatmentId: string;
}

export interface PlacedPatient {
  readonly ods: string;
  readonly id: string;
  readonly events: readonly PlacedEvent[];
}

/** A patient with events of one day each, a PCI and a rehabilitation below each. */
export async function placePatient(
  test: TestDatabase,
  ods: string,
  eventTypes: readonly string[] = ["MI_STEMI"],
): Promise<PlacedPatient> {
  await test.query("insert into public.organisation (ods_code, name, nation) values ($1, $2, 'ENGLAND') on conflict do nothing", [
    ods,
    `Trust ${ods}`,
  ]);
  const programme = programmeOf(ods);
  const patient = { ...patientRow(ods, programme), gender: "MALE" };
  const events = eventTypes.map((eventType) => ({ ...eventRow(ods, programme, patient.id), eventType }));
  await test.database.withRole({ role: "nacr_app", ods, programmes: [programme] }, async (tx) => {
    await tx.patient.create({ data: patient });
    for (const event of events) {
      await tx.initiatingEvent.create({ data: event });
      await tx.rehabilitation.create({ data: rehabilitationRow(ods, programme, event.id) });
    }
  });
  const placed: PlacedEvent[] = [];
  for (const { id } of events) {
    const treatmentId = newId();
    placed.push({ id, treatmentId });
    await test.query(
      `insert into public.treatment (ods, id, initiating_event_id, programme_code, version, created_submission_id, submission_id, source_time,
         updated_at, type, date)
       values ($1, $2::uuid, $3::uuid, $4, 1, $2::uuid, $2::uuid, now(), now(), 'PCI', '2026-01-01')`,
      [ods, treatmentId, id, programme],
    );
  }
  return { ods, id: patient.id, events: placed };
}

/** One person, all events one episode, everything granted to everybody. @returns the person */
export async function linkPatients(test: TestDatabase, patients: readonly PlacedPatient[]): Promise<string> {
  const [personId, episodeId] = [newId(), newId()];
  const events = patients.flatMap(({ ods, id, events: own }) => own.map((event) => ({ ods, id: event.id, patientId: id })));
  for (const { ods, id } of patients)
    await test.query("insert into link.person_member (ods, patient_id, person_id) values ($1, $2::uuid, $3::uuid)", [
      ods,
      id,
      personId,
    ]);
  for (const { ods, id, patientId } of events)
    await test.query(
      "insert into link.episode_member (ods, event_id, patient_id, person_id, episode_id) values ($1, $2::uuid, $3::uuid, $4::uuid, $5::uuid)",
      [ods, id, patientId, personId, episodeId],
    );
  const records = [
    ...patients.map(({ ods, id }) => ({ ods, id, type: "PATIENT" })),
    ...events.map(({ ods, id }) => ({ ods, id, type: "INITIATING_EVENT" })),
  ];
  const readers = new Set(patients.map(({ ods }) => ods));
  for (const { ods, id, type } of records)
    for (const reader of readers)
      if (reader !== ods)
        await test.query(
          `insert into link.link_grant (reader_ods, owner_ods, record_type, record_id, person_id)
           values ($1, $2, $3, $4::uuid, $5::uuid)`,
          [reader, ods, type, id, personId],
        );
  return personId;
}

interface PairEnd {
  readonly ods: string;
  readonly id: string;
}

export async function placePair(test: TestDatabase, a: PairEnd, b: PairEnd, state = "LINKED"): Promise<string> {
  const id = newId();
  await test.query(
    `insert into link.pair (id, kind, a_ods, a_id, b_ods, b_id, state, rule, confidence, made_by, since)
     values ($1::uuid, 'EPISODE', $2, $3::uuid, $4, $5::uuid, $6, 'SAME_TYPE_SAME_DATE', 'CERTAIN', 'RULE', now())`,
    [id, a.ods, a.id, b.ods, b.id, state],
  );
  return id;
}

/** The store at an instant that a test may move. */
export function storeAt(database: Database, now: () => string, ids: () => string = newId) {
  const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
  if (dictionary === null) throw new Error("no dictionary");
  return { store: createJourneyStore({ database, dictionary, clock: { now }, newId: ids }), dictionary };
}
