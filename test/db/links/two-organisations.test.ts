/** Persons and episodes over the real submission service and the real stores. */
import { beforeAll, describe, expect, it } from "vitest";
import type { LinkedRef } from "../../../src/episodes/link-words.ts";
import { LIMITS } from "../../../src/lib/limits.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { databaseKind } from "../../support/database.ts";
import { event, type Input, person, recordOf } from "../../support/journey-records.ts";
import { city, coast, NORTH, provideBench, type Sent, SOUTH } from "../submission/submission-bench.ts";
import { createLinkBench, type LinkBench } from "./link-bench.ts";

const bench = provideBench();
let link: LinkBench;
let seed = 700;
const next = (): number => ++seed;
beforeAll(() => {
  link = createLinkBench(bench().test);
});

const send = (actor: OrganisationActor, record: unknown): Promise<Sent> => bench().send(actor, [record]);
const refOf = (sent: Sent, type: "PATIENT" | "INITIATING_EVENT", actor: OrganisationActor): LinkedRef => ({
  ods: actor.ods,
  id: sent.only(type).recordId ?? "",
});
const nameOf = ({ ods, id }: LinkedRef): string => `${ods}/${id}`;
const both = (one: LinkedRef, other: LinkedRef): string => [nameOf(one), nameOf(other)].toSorted().join(" ");
const about = (lines: readonly string[], ref: LinkedRef): readonly string[] => lines.filter((line) => line.includes(ref.id));

/** The same patient from both, with an event each. */
async function sendBoth(north: Input, south: Input, eventOfSouth: Input = {}) {
  const n = next();
  const first = await send(city, recordOf(n, { patient: person(n, north), initiatingEvents: [event()] }));
  const second = await send(coast, recordOf(n, { patient: person(n, south), initiatingEvents: [event(eventOfSouth)] }));
  await link.workOff();
  return {
    n,
    first: { patient: refOf(first, "PATIENT", city), event: refOf(first, "INITIATING_EVENT", city), sent: first },
    second: { patient: refOf(second, "PATIENT", coast), event: refOf(second, "INITIATING_EVENT", coast), sent: second },
  };
}

/** A patient known by hospital number, name and postcode. */
const named = (surname: string) => ({ nhsNumber: undefined, surname, forename: "Ann", postcode: "YO10 5DD" });

describe("the linker over two organisations", () => {
  it("makes one person and one episode of the same patient and event, and grants each what the other has", async () => {
    const { first, second } = await sendBoth({}, {}, { eventDate: "2026-01-03" });
    const links = await link.links();
    expect(about(links.persons, first.patient)).toEqual([both(first.patient, second.patient)]);
    expect(about(links.episodes, first.event)).toEqual([both(first.event, second.event)]);
    expect(about(links.pairs, first.patient)).toEqual([
      `PERSON LINKED SAME_NUMBER_SAME_BIRTH CERTAIN RULE ${both(first.patient, second.patient)}`,
    ]);
    expect(about(links.pairs, first.event)).toEqual([
      `EPISODE LINKED SAME_TYPE_NEARLY_SAME_DATE PROBABLE RULE ${both(first.event, second.event)}`,
    ]);
    expect([first.patient, first.event, second.patient, second.event].flatMap((ref) => about(links.grants, ref))).toEqual([
      `${SOUTH} reads PATIENT ${nameOf(first.patient)}`,
      `${SOUTH} reads INITIATING_EVENT ${nameOf(first.event)}`,
      `${NORTH} reads PATIENT ${nameOf(second.patient)}`,
      `${NORTH} reads INITIATING_EVENT ${nameOf(second.event)}`,
    ]);
  });

  it("keeps patients whose dates of birth differ apart, says that they are in conflict, and grants nothing", async () => {
    const { first, second } = await sendBoth({}, { dateOfBirth: "1951-03-15" });
    const links = await link.links();
    expect(about(links.persons, first.patient)).toEqual([nameOf(first.patient)]);
    expect(about(links.pairs, first.patient)).toEqual([
      `PERSON CONFLICT SAME_NUMBER_OTHER_BIRTH CERTAIN RULE ${both(first.patient, second.patient)}`,
    ]);
    expect([...about(links.grants, first.patient), ...about(links.grants, second.event)]).toEqual([]);
  });

  it("proposes who has the same name and postcode, whatever case and spaces, and links nobody for it", async () => {
    const name = named("O'Neil");
    const { first, second } = await sendBoth(name, { ...name, surname: "ONEIL", postcode: "yo105dd" });
    const links = await link.links();
    expect(about(links.persons, first.patient)).toEqual([nameOf(first.patient)]);
    expect(about(links.pairs, first.patient)).toEqual([
      `PERSON PROPOSED SAME_NAME_AND_POSTCODE POSSIBLE RULE ${both(first.patient, second.patient)}`,
    ]);
    expect(about(links.grants, first.patient)).toEqual([]);
  });

  it("proposes nobody whose name and postcode more patients have than can be namesakes", async () => {
    const { test } = bench();
    const name = named("Placeholder");
    const { first } = await sendBoth(name, name);
    expect(about((await link.links()).pairs, first.patient)).toHaveLength(1);
    const more = Array.from({ length: LIMITS.patientsPerName }, () => recordOf(next(), { patient: person(seed, name) }));
    await bench().send(city, more);
    await test.query("insert into link.due (ods, patient_id) values ($1, $2::uuid)", [NORTH, first.patient.id]);
    await link.workOff();
    expect(about((await link.links()).pairs, first.patient)).toEqual([]);
  });

  it("links a proposal between organisations when both have confirmed it, and takes it apart when one of them says so", async () => {
    const { first, second } = await sendBoth(named("Both"), named("Both"));
    const pair = [first.patient, second.patient] as const;
    const statesOf = async () => about((await link.links()).pairs, first.patient).map((line) => line.split(" ")[1]);
    expect(await statesOf()).toEqual(["PROPOSED"]);
    await link.decide("PERSON", "CONFIRMED", pair, NORTH);
    await link.workOff();
    expect(await statesOf()).toEqual(["PROPOSED"]);
    await link.decide("PERSON", "CONFIRMED", pair, SOUTH);
    await link.workOff();
    const confirmed = await link.links();
    expect(about(confirmed.pairs, first.patient)).toEqual([
      `PERSON LINKED SAME_NAME_AND_POSTCODE POSSIBLE PERSON ${both(...pair)}`,
    ]);
    expect(about(confirmed.grants, first.patient)).toHaveLength(1);
    await link.decide("PERSON", "UNLINKED", pair, SOUTH);
    await link.workOff();
    const apart = await link.links();
    expect(await statesOf()).toEqual(["APART"]);
    expect([...about(apart.grants, first.patient), ...about(apart.grants, second.event)]).toEqual([]);
    await link.decide("PERSON", "CONFIRMED", pair, SOUTH);
    await link.workOff();
    expect(await link.links()).toEqual(confirmed);
  });

  it("takes an episode apart by one team's word, remembers it when more is sent, and puts it together again", async () => {
    const { n, first, second } = await sendBoth({}, {}, { eventDate: "2026-01-03" });
    const linked = await link.links();
    const pair = [first.event, second.event] as const;
    await link.decide("EPISODE", "UNLINKED", pair, SOUTH);
    await link.workOff();
    await bench().send(city, [
      recordOf(n, { patient: person(n), initiatingEvents: [event({ treatments: [{ type: "PCI", date: "2026-01-02" }] })] }),
    ]);
    await link.workOff();
    const apart = await link.links();
    expect(about(apart.pairs, first.event)).toEqual([
      `EPISODE APART SAME_TYPE_NEARLY_SAME_DATE PROBABLE PERSON ${both(...pair)}`,
    ]);
    expect(about(apart.episodes, first.event)).toEqual([nameOf(first.event)]);
    expect(about(apart.persons, first.patient)).toEqual(about(linked.persons, first.patient));
    await link.decide("EPISODE", "CONFIRMED", pair, NORTH);
    await link.workOff();
    expect(about((await link.links()).episodes, first.event)).toEqual([both(...pair)]);
  });

  it("works a decision out at once when it is asked to, and counts it as due besides", async () => {
    const { first, second } = await sendBoth({}, {});
    await link.decide("EPISODE", "UNLINKED", [first.event, second.event], NORTH);
    expect(await link.store.countDue()).toBe(1);
    expect(await link.linker().relink({ kind: "EPISODE", records: [first.event, second.event] })).toBe(true);
    expect(about((await link.links()).episodes, first.event)).toEqual([nameOf(first.event)]);
    const [report] = await link.workOff();
    expect(report).toMatchObject({ taken: 1, changed: 0 });
  });

  // The embedded database has one connection: there, nobody can be at work meanwhile.
  it.runIf(databaseKind === "postgresql")("gives way while another linker is at work", async () => {
    const whileAtWork = await link.store.inTurn(() => link.linker().workBatch());
    expect(whileAtWork).toBeNull();
    expect(await link.linker().workBatch()).not.toBeNull();
  });

  it("finds a patient by a number that was superseded", async () => {
    const n = next();
    const old = await send(city, recordOf(n));
    const current = await send(coast, recordOf(n + 5_000));
    const [north, south] = [refOf(old, "PATIENT", city), refOf(current, "PATIENT", coast)];
    await bench().test.query(
      `insert into identity.former_nhs_number (ods, patient_id, nhs_hmac, submission_id)
       select $1, $2::uuid, i.nhs_hmac, $3::uuid from identity.patient_identity i where i.patient_id = $4::uuid`,
      [SOUTH, south.id, south.id, north.id],
    );
    await link.workOff();
    expect(about((await link.links()).pairs, north)).toEqual([
      `PERSON LINKED SUPERSEDED_NUMBER_SAME_BIRTH PROBABLE RULE ${both(north, south)}`,
    ]);
    await bench().test.query("delete from identity.former_nhs_number where patient_id = $1::uuid", [south.id]);
    await link.workOff();
    expect(about((await link.links()).persons, north)).toEqual([]);
  });

  it("takes a merge of the sender as a link of two patients of one organisation, for as long as the merge stands", async () => {
    const n = next();
    const losing = await send(city, recordOf(n, { initiatingEvents: [event()] }));
    const winning = await send(city, recordOf(n + 5_000, { initiatingEvents: [event({ eventDate: "2026-01-03" })] }));
    const [from, into] = [refOf(losing, "PATIENT", city), refOf(winning, "PATIENT", city)];
    await bench().test.query(
      `insert into identity.patient_merge (ods, patient_id, merged_into, submission_id, merged_at)
       values ($1, $2::uuid, $3::uuid, $3::uuid, now())`,
      [NORTH, from.id, into.id],
    );
    await link.workOff();
    const links = await link.links();
    expect(about(links.pairs, from)).toEqual([`PERSON LINKED MERGED_BY_SENDER CERTAIN RULE ${both(from, into)}`]);
    expect(about(links.episodes, refOf(losing, "INITIATING_EVENT", city))).toHaveLength(1);
    expect(about(links.grants, from)).toEqual([]);
    await bench().test.query("delete from identity.patient_merge where patient_id = $1::uuid", [from.id]);
    await link.workOff();
    const parted = await link.links();
    expect([...about(parted.persons, from), ...about(parted.pairs, from)]).toEqual([]);
  });

  it("forgets a patient that is removed, and what the others were granted of it", async () => {
    const { first, second } = await sendBoth({}, {});
    const { test } = bench();
    await test.query("delete from identity.source_id where record_id = $1::uuid", [second.patient.id]);
    await test.query("delete from public.initiating_event where id = $1::uuid", [second.event.id]);
    await test.query("delete from identity.patient_identity where patient_id = $1::uuid", [second.patient.id]);
    await test.query("delete from public.patient where id = $1::uuid", [second.patient.id]);
    await link.workOff();
    const links = await link.links();
    for (const lines of Object.values(links))
      for (const ref of [first.patient, second.patient, second.event]) {
        expect(about(lines, ref)).toEqual([]);
      }
  });

  it("keeps the ids of person, episode and pair when a third record joins", async () => {
    const { n, first } = await sendBoth({}, {});
    const idsOf = () =>
      bench().test.query(
        `select m.person_id, e.episode_id, p.id, p.since from link.person_member m
         join link.episode_member e on e.patient_id = m.patient_id join link.pair p on p.a_id = m.patient_id
         where m.patient_id = $1::uuid`,
        [first.patient.id],
      );
    const before = await idsOf();
    expect(before).toHaveLength(1);
    await send(coast, recordOf(n, { initiatingEvents: [event({ eventType: "UNSTABLE_ANGINA", eventDate: "2026-01-04" })] }));
    await link.workOff();
    expect(await idsOf()).toEqual(before);
  });

  it("says nothing of a patient who is alone with one event", async () => {
    const n = next();
    const sent = await send(city, recordOf(n, { initiatingEvents: [event()] }));
    const [report] = await link.workOff();
    expect(report).toMatchObject({ taken: 1, patients: 0, changed: 0 });
    expect(about((await link.links()).persons, refOf(sent, "PATIENT", city))).toEqual([]);
  });

  it("comes to the same links from scratch", async () => {
    expect(await link.fromScratch()).toEqual(await link.links());
  });
});
