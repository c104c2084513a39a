/** Many submissions at once, and more records of one person than anybody has. */
import { beforeAll, describe, expect, it } from "vitest";
import { GatewayError } from "../../../src/errors/gateway-error.ts";
import { addDays } from "../../../src/lib/calendar-date.ts";
import { LIMITS } from "../../../src/lib/limits.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { event, person, recordOf } from "../../support/journey-records.ts";
import { city, coast, NORTH, provideBench, SOUTH } from "../submission/submission-bench.ts";
import { createLinkBench, type LinkBench, newId } from "./link-bench.ts";

const bench = provideBench();
let link: LinkBench;
beforeAll(() => {
  link = createLinkBench(bench().test);
});

const EACH = 25;
/** On a busy machine the one connection of the embedded database is waited for too long: a client sends again what it is told to. */
async function untilAccepted<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof GatewayError && error.code === "OVERLOADED")) throw error;
    }
  }
}

const dayOf = (number: number): string => addDays("2026-01-02", number);

describe("the linker", () => {
  it("makes one person and one episode of fifty submissions that two organisations send at once, and no value is lost", async () => {
    const send = async (actor: OrganisationActor, number: number): Promise<void> => {
      const treated = event({ treatments: [{ type: "PCI", date: dayOf(number) }] });
      const sourceRecordId = `${actor.ods}-${number}`;
      const record = recordOf(1, { sourceRecordId, patient: person(1), initiatingEvents: [treated] });
      await untilAccepted(() => bench().send(actor, [record]));
      if (number % 5 === 0) await untilAccepted(() => link.linker(3).workBatch());
    };
    const numbers = Array.from({ length: EACH }, (_, number) => number);
    await Promise.all(numbers.flatMap((number) => [send(city, number), send(coast, number)]));
    await link.workOff();
    const links = await link.links();
    expect(links.persons.map((members) => members.split(" ").length)).toEqual([2]);
    expect(links.episodes.map((members) => members.split(" ").length)).toEqual([2]);
    expect(links.pairs).toHaveLength(2);
    expect(links.grants).toHaveLength(4);
    expect(await bench().test.query("select ods, count(*)::integer as n from public.treatment group by ods order by 1")).toEqual(
      [NORTH, SOUTH].map((ods) => ({ ods, n: EACH })),
    );
  }, 120_000);

  it("leaves the episodes of a person with too many events as they are, links its patients, and says so", async () => {
    const { test } = bench();
    const sent = await bench().send(city, [recordOf(2)]);
    await bench().send(coast, [recordOf(2)]);
    await link.workOff();
    const patient = sent.only("PATIENT").recordId ?? "";
    await test.query(
      `insert into public.initiating_event (ods, id, patient_id, programme_code, version, created_submission_id, submission_id, source_time,
         updated_at, event_type, event_date)
       select $1, gen_random_uuid(), $2::uuid, 'P', 1, $3::uuid, $3::uuid, now(), now(), 'MI_STEMI', date '2020-01-01' + n
       from generate_series(1, $4::integer) n`,
      [NORTH, patient, newId(), LIMITS.eventsPerPerson + 5],
    );
    const reports = await link.workOff();
    expect(reports.map(({ tooLarge }) => tooLarge)).toEqual([1]);
    const links = await link.links();
    expect(links.persons.filter((members) => members.includes(patient))).toHaveLength(1);
    expect(links.episodes).toHaveLength(1);
    await test.query("delete from public.initiating_event where patient_id = $1::uuid and event_date > '2020-01-03'", [patient]);
    expect((await link.workOff()).map(({ tooLarge }) => tooLarge)).toEqual([0]);
    expect((await link.links()).episodes.map((members) => members.split(" ").length).toSorted()).toEqual([2, 2]);
  });
});
