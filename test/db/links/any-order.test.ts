/** Whatever is written, decided, removed and worked off in between: the links are those that the rows alone give. */
import { describe, expect, it } from "vitest";
import type { LinkedRef } from "../../../src/episodes/link-words.ts";
import { createSeededRandom, type SeededRandom } from "../../../src/lib/seeded-random.ts";
import { databaseKind, provideDatabase, type TestDatabase } from "../../support/database.ts";
import { createLinkBench, type LinkBench, newId, type StoredLinks } from "./link-bench.ts";

const testDatabase = provideDatabase();
const HISTORIES = databaseKind === "embedded" ? 3 : 10;
const STEPS = 60;

const ORGANISATIONS = ["RAAA", "RBBB", "RCCC"];
const TYPES = ["MI_STEMI", "MI_NSTEMI", "USE_TREATMENT", "ANGINA", "HEART_FAILURE"];
const TREATMENTS = ["PCI", "STAGED_PCI", "BYPASS_SURGERY"];

interface Patient extends LinkedRef {
  readonly events: string[];
}

/** Rows as any writer might leave them: few numbers, births and names, so that patients meet. */
class History {
  readonly #random: SeededRandom;
  readonly #test: TestDatabase;
  readonly #link: LinkBench;
  #patients: Patient[] = [];

  constructor(seed: number, test: TestDatabase, link: LinkBench) {
    this.#random = createSeededRandom(seed);
    this.#test = test;
    this.#link = link;
  }

  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step++) {
      const kinds = [
        ...Array.from({ length: 4 }, () => () => this.#addPatient()),
        ...Array.from({ length: 5 }, () => () => this.#addEvent()),
        () => this.#changeIdentity(),
        () => this.#changeEvent(),
        () => this.#addTreatment(),
        () => this.#supersede(),
        () => this.#merge(),
        () => this.#decide("PERSON"),
        () => this.#decide("EPISODE"),
        () => this.#removePatient(),
        () => this.#removeEvent(),
      ];
      await this.#random.pick<() => Promise<void>>(kinds)();
      if (this.#random.integer(0, 4) === 0) await this.#link.linker(this.#random.integer(1, 5)).workBatch();
    }
    await this.#link.workOff(this.#random.integer(1, 7));
  }

  /** Null now and then. */
  #maybe(digest: string): string {
    return this.#random.integer(0, 5) === 0 ? "null" : digest;
  }

  #run(sql: string): Promise<unknown> {
    return this.#test.query(sql);
  }

  #columns(): readonly string[] {
    const text = (kind: string, of: number) => `decode(rpad('${kind}${this.#random.integer(1, of)}', 64, '0'), 'hex')`;
    return [this.#maybe(text("a", 6)), this.#maybe(text("b", 2)), this.#maybe(text("c", 5))];
  }

  async #addPatient(): Promise<void> {
    const patient: Patient = { ods: this.#random.pick(ORGANISATIONS), id: newId(), events: [] };
    const [nhs, birth, name] = this.#columns();
    const { ods, id } = patient;
    await this.#run(`insert into public.patient (ods, id, programme_code, version, created_submission_id, submission_id, source_time, updated_at)
      values ('${ods}', '${id}', 'P', 1, '${id}', '${id}', now(), now())`);
    await this.#run(`insert into identity.patient_identity (ods, patient_id, nhs_hmac, dob_hmac, name_hmac, key_version, sealed)
      values ('${ods}', '${id}', ${this.#free(ods, nhs)}, ${birth}, ${name}, 1, '\\x00')`);
    this.#patients.push(patient);
  }

  /** A number is one patient's within an organisation. */
  #free(ods: string, digest = "null"): string {
    return `(select d from (select ${digest}::bytea as d) x
      where not exists (select from identity.patient_identity i where i.ods = '${ods}' and i.nhs_hmac = d))`;
  }

  async #changeIdentity(): Promise<void> {
    const patient = this.#any();
    if (patient === null) return;
    const [nhs, birth, name] = this.#columns();
    await this.#run(`update identity.patient_identity set nhs_hmac = ${this.#free(patient.ods, nhs)}, dob_hmac = ${birth}, name_hmac = ${name}
      where ods = '${patient.ods}' and patient_id = '${patient.id}'`);
  }

  #day(): string {
    return `date '2025-01-01' + ${this.#random.integer(0, 130)}`;
  }

  async #addEvent(): Promise<void> {
    const patient = this.#any();
    if (patient === null) return;
    const id = newId();
    const added = await this.#test.query(
      `insert into public.initiating_event (ods, id, patient_id, programme_code, version, created_submission_id, submission_id, source_time,
         updated_at, event_type, event_date)
       values ('${patient.ods}', '${id}', '${patient.id}', 'P', 1, '${id}', '${id}', now(), now(), '${this.#random.pick(TYPES)}', ${this.#day()})
       on conflict do nothing returning id`,
    );
    if (added.length > 0) patient.events.push(id);
  }

  async #changeEvent(): Promise<void> {
    const event = this.#anyEvent();
    if (event === null) return;
    await this.#run(`update public.initiating_event e set event_date = x.d from (select ${this.#day()} as d) x
      where e.id = '${event.id}' and not exists (
        select from public.initiating_event o where o.patient_id = e.patient_id and o.event_type = e.event_type and o.event_date = x.d)`);
  }

  async #addTreatment(): Promise<void> {
    const event = this.#anyEvent();
    if (event === null) return;
    const id = newId();
    await this.#run(`insert into public.treatment (ods, id, initiating_event_id, programme_code, version, created_submission_id, submission_id,
        source_time, updated_at, type, date)
      values ('${event.ods}', '${id}', '${event.id}', 'P', 1, '${id}', '${id}', now(), now(), '${this.#random.pick(TREATMENTS)}', ${this.#day()})
      on conflict do nothing`);
  }

  async #supersede(): Promise<void> {
    const patient = this.#any();
    if (patient === null) return;
    const place = `ods = '${patient.ods}' and patient_id = '${patient.id}'`;
    if (this.#random.integer(0, 2) === 0) await this.#run(`delete from identity.former_nhs_number where ${place}`);
    else
      await this.#run(`insert into identity.former_nhs_number (ods, patient_id, nhs_hmac, submission_id)
        values ('${patient.ods}', '${patient.id}', decode(rpad('a${this.#random.integer(1, 6)}', 64, '0'), 'hex'), '${patient.id}')
        on conflict do nothing`);
  }

  async #merge(): Promise<void> {
    const from = this.#any();
    const into = this.#patients.find(({ ods, id }) => ods === from?.ods && id !== from.id);
    if (from === null || into === undefined) return;
    const added =
      await this.#test.query(`insert into identity.patient_merge (ods, patient_id, merged_into, submission_id, merged_at)
      values ('${from.ods}', '${from.id}', '${into.id}', '${from.id}', '2026-07-01T09:${10 + this.#random.integer(0, 49)}:00Z')
      on conflict do nothing returning ods`);
    if (added.length === 0) await this.#run(`delete from identity.patient_merge where patient_id = '${from.id}'`);
  }

  async #decide(kind: "PERSON" | "EPISODE"): Promise<void> {
    const [one, other] = kind === "PERSON" ? [this.#any(), this.#any()] : [this.#anyEvent(), this.#anyEvent()];
    if (one === null || other === null || one.id === other.id) return;
    const decision = this.#random.pick(["CONFIRMED", "CONFIRMED", "REJECTED", "UNLINKED"] as const);
    await this.#link.decide(kind, decision, [one, other], this.#random.pick([one.ods, other.ods]));
  }

  async #removeEvent(): Promise<void> {
    const event = this.#anyEvent();
    if (event === null) return;
    for (const patient of this.#patients) {
      const at = patient.events.indexOf(event.id);
      if (at >= 0) patient.events.splice(at, 1);
    }
    await this.#deleteEvents(`id = '${event.id}'`);
  }

  async #deleteEvents(which: string): Promise<void> {
    await this.#run(
      `delete from public.treatment where initiating_event_id in (select id from public.initiating_event where ${which})`,
    );
    await this.#run(`delete from public.initiating_event where ${which}`);
  }

  async #removePatient(): Promise<void> {
    const patient = this.#any();
    if (patient === null) return;
    this.#patients = this.#patients.filter(({ id }) => id !== patient.id);
    await this.#deleteEvents(`patient_id = '${patient.id}'`);
    await this.#run(`delete from identity.former_nhs_number where patient_id = '${patient.id}'`);
    await this.#run(`delete from identity.patient_merge where '${patient.id}' in (patient_id, merged_into)`);
    await this.#run(`delete from identity.patient_identity where patient_id = '${patient.id}'`);
    await this.#run(`delete from public.patient where id = '${patient.id}'`);
  }

  #any(): Patient | null {
    return this.#patients.length === 0 ? null : this.#random.pick(this.#patients);
  }

  #anyEvent(): LinkedRef | null {
    const events = this.#patients.flatMap(({ ods, events: ids }) => ids.map((id) => ({ ods, id })));
    return events.length === 0 ? null : this.#random.pick(events);
  }
}

const EMPTY = `truncate link.person_member, link.episode_member, link.pair, link.link_grant, link.due, link.decision,
  identity.former_nhs_number, identity.patient_merge, public.treatment, public.initiating_event, identity.patient_identity, public.patient cascade`;

/** @returns what was left by small steps, and what comes out of the rows alone */
async function runHistory(
  seed: number,
  forget?: (test: TestDatabase) => Promise<unknown>,
): Promise<readonly [StoredLinks, StoredLinks]> {
  const test = testDatabase();
  const link = createLinkBench(test);
  await test.query(EMPTY);
  await new History(seed, test, link).run();
  await forget?.(test);
  return [await link.links(), await link.fromScratch()];
}

describe("links", () => {
  it("are those that rows and decisions alone give, whatever history led to them", async () => {
    let told = 0;
    for (let seed = 1; seed <= HISTORIES; seed++) {
      const [step, scratch] = await runHistory(seed);
      expect(step, `history ${seed}`).toEqual(scratch);
      told += scratch.pairs.length + scratch.grants.length;
    }
    expect(told).toBeGreaterThan(HISTORIES * 10);
  });

  it("are found wrong where a line was lost (control)", async () => {
    const [step, scratch] = await runHistory(1, (test) => test.query("delete from link.person_member"));
    expect(step).not.toEqual(scratch);
  });
});
