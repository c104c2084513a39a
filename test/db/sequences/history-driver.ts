/** Drives one random history through the real stores and the model side by side. */
import { expect } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import type { SeededRandom } from "../../../src/lib/seeded-random.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import type { ControlBench } from "../control/control-bench.ts";
import { type Sent, toSent } from "../submission/submission-bench.ts";
import { PatientModel, type PatientStatement } from "./sequential-model.ts";

const EVENT_IDS = ["e-1", "e-2", "e-3"] as const;
/** Near enough for links, and some far apart. */
const EVENT_DATES = ["2025-01-05", "2025-01-06", "2025-02-20", "2025-06-30"] as const;
const EVENT_TYPES = ["MI_STEMI", "MI_NSTEMI", "ANGINA", "HEART_FAILURE"] as const;
const TREATMENT_DATES = ["2025-06-30", "2025-07-20"] as const;

/** What one organisation's half of a history has come to. */
export interface Side {
  readonly actor: OrganisationActor;
  readonly model: PatientModel;
  readonly sent: PatientStatement[];
}

export const createSide = (actor: OrganisationActor): Side => ({ actor, model: new PatientModel(), sent: [] });

function inventStatement(random: SeededRandom): PatientStatement {
  const maybe = <T>(share: number, value: () => T): T | undefined => (random.next() < share ? value() : undefined);
  const gender = random.pick(["MALE", "FEMALE", "NOT_KNOWN"]);
  const maritalStatus = maybe(0.5, () => random.pick(["SINGLE", "MARRIED", "UNKNOWN"]));
  const clear = random.next() < 0.15 && maritalStatus === undefined ? ["maritalStatus"] : [];
  const event = maybe(0.8, () => ({
    sourceRecordId: random.pick(EVENT_IDS),
    eventType: random.pick(EVENT_TYPES),
    eventDate: random.pick(EVENT_DATES),
    treatments: random.next() < 0.4 ? [{ type: random.pick(["PCI", "BYPASS_SURGERY"]), date: random.pick(TREATMENT_DATES) }] : [],
  }));
  return { gender, ...(maritalStatus && { maritalStatus }), clear, event: event ?? null };
}

/** The record as `submitRecords` takes it; what is not stated is null or absent, which must be the same. */
const toRecord = (person: number, { gender, maritalStatus, clear, event }: PatientStatement) => ({
  sourceRecordId: `patient-${person}`,
  patient: {
    nhsNumber: toTestNhsNumber(person),
    dateOfBirth: "1950-05-05",
    gender,
    maritalStatus: maritalStatus ?? null,
    clear,
  },
  initiatingEvents: event === null ? null : [{ ...event, sourceRecordId: `${event.sourceRecordId}-${person}` }],
});

export class HistoryDriver {
  readonly #control: ControlBench;
  readonly #person: number;
  readonly #random: SeededRandom;

  constructor(control: ControlBench, person: number, random: SeededRandom) {
    this.#control = control;
    this.#person = person;
    this.#random = random;
  }

  /** New, or a copy of one that was sent before: whole, and late. */
  async submit(side: Side): Promise<void> {
    const copies = side.sent.length > 0 && this.#random.next() < 0.25;
    const statement = copies ? this.#random.pick(side.sent) : inventStatement(this.#random);
    await this.#send(side, statement);
  }

  async #send(side: Side, statement: PatientStatement): Promise<void> {
    const { bench } = this.#control;
    const sent: Sent = toSent(await bench.submit({ actor: side.actor, payload: [toRecord(this.#person, statement)] }));
    side.sent.push(statement);
    const told = side.model.submit(
      sent.header.id,
      statement,
      sent.results.map(({ recordId }) => recordId),
    );
    expect(
      sent.results.map(({ outcome }) => outcome),
      JSON.stringify([statement, sent.issues]),
    ).toEqual(told);
  }

  /** Refused exactly where something that stands was built upon it. */
  async withdraw(side: Side): Promise<"withdrawn" | "refused" | null> {
    const { standing } = side.model;
    if (standing.length === 0) return null;
    const chosen = this.#random.pick(standing);
    const builtUpon = side.model.isBuiltUpon(chosen);
    const refused = await this.#control.withdraw(side.actor, chosen).then(
      () => false,
      () => true,
    );
    expect(refused, `withdrawal of ${standing.indexOf(chosen)} of ${standing.length} of person ${this.#person}`).toBe(builtUpon);
    if (!refused) side.model.withdraw(chosen);
    return refused ? "refused" : "withdrawn";
  }
}

/** The tree of the person as the tables hold it, in the model's words. */
export async function describeStored({ bench }: ControlBench, { actor, model }: Side): Promise<unknown> {
  const id = model.patient?.recordId;
  if (id === undefined) return null;
  const [patient] = await bench.test.query("select gender, marital_status from patient where ods = $1 and id = $2::uuid", [
    actor.ods,
    id,
  ]);
  const events = await bench.test.query(
    `select event_type as type, event_date::text as date, array(
       select t.type || ' ' || t.date::text from treatment t where t.ods = e.ods and t.initiating_event_id = e.id order by 1) as treatments
     from initiating_event e where ods = $1 and patient_id = $2::uuid order by event_date::text || event_type`,
    [actor.ods, id],
  );
  return patient === undefined ? null : { gender: patient.gender, maritalStatus: patient.marital_status, events };
}
