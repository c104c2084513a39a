/** National rows over the real submission service, the real linker and the real stores. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../../src/records/actor.ts";
import { databaseKind } from "../../support/database.ts";
import { event, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { createLinkBench, type LinkBench } from "../links/link-bench.ts";
import { city, coast, hill, provideBench, type Sent } from "../submission/submission-bench.ts";
import { createNationalBench, type NationalBench } from "./national-bench.ts";

const bench = provideBench();
let link: LinkBench;
let national: NationalBench;
beforeAll(() => {
  link = createLinkBench(bench().test);
  national = createNationalBench(bench().test, bench().stores.keys);
});
let seed = 0;
const next = (): number => ++seed;

const ADMIN: Actor = { clientId: "admin", role: "AUDIT_ADMIN", ods: null, programmes: [], scopes: [] };

const settle = async (): Promise<void> => {
  await link.workOff();
  await national.workOff();
};
const full = (n: number) =>
  recordOf(n, {
    patient: person(n, { ethnicGroup: "INDIAN", postcode: "YO10 5DD", surname: "Lark", gpPracticeCode: "B81001" }),
    comorbidities: [{ type: "DIABETES" }],
    initiatingEvents: [
      event({
        eventType: "MI_NSTEMI",
        treatments: [{ type: "PRIMARY_PCI", date: "2026-01-02" }],
        rehabilitations: [
          rehabilitation({
            coreEndDate: "2026-03-29",
            completed: "YES",
            components: ["EDUCATION", "EXERCISE_GROUP"],
            acuteEvents: [{ type: "ANGINA", date: "2026-02-10" }],
            assessments: [
              { number: 1, date: "2026-01-28", weightKg: 82.5, smokingStatus: "EX", drugs: [{ class: "STATIN", taking: "YES" }] },
            ],
          }),
        ],
      }),
    ],
  });
const patientOf = (sent: Sent, ods: string) => ({ ods, patientId: sent.only("PATIENT").recordId ?? "" });
const journeysAfter = async (): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  await settle();
  return national.table("journey");
};

describe("the national rows", () => {
  it("say of a journey when in months, waits in days and groups of codes, and nothing that names anybody", async () => {
    await bench().send(city, [full(next())]);
    const [journey, ...others] = await journeysAfter();
    expect(others).toEqual([]);
    expect(journey).toMatchObject({
      journey: 1,
      key_version: 1,
      nation: "ENGLAND",
      programme: "N-CITY",
      trust: "RNORTH",
      age: 75,
      gender: "MALE",
      ethnic_group: "ASIAN",
      event_group: "MI",
      treatment_groups: ["PCI"],
      referral_wait_days: 6,
      start_wait_days: 24,
      duration_days: 56,
      stage: "COMPLETED",
      components: ["EXERCISE_GROUP", "EDUCATION"],
      comorbidities: ["DIABETES"],
      region: null,
      imd_quintile: null,
    });
    expect(await national.table("assessment")).toMatchObject([
      { number: 1, day: 26, weight_kg: 82.5, smoking_status: "EX", bmi: null },
    ]);
    expect(await national.table("drug_class")).toMatchObject([{ assessment: 1, drug_class: "STATIN", taking: "YES" }]);
    expect(await national.table("acute_event")).toMatchObject([{ number: 1, type: "ANGINA", day: 39 }]);
  });

  it("are one journey of one person where two organisations sent parts, with the programme that started first", async () => {
    const before = (await journeysAfter()).length;
    const n = next();
    await bench().send(city, [
      recordOf(n, { initiatingEvents: [event({ rehabilitations: [rehabilitation({ coreStartDate: undefined })] })] }),
    ]);
    await bench().send(coast, [
      recordOf(n, {
        initiatingEvents: [event({ eventDate: "2026-01-03", rehabilitations: [rehabilitation({ completed: "NO" })] })],
      }),
    ]);
    const journeys = await journeysAfter();
    expect(journeys).toHaveLength(before + 1);
    expect(journeys.at(-1)).toMatchObject({ programme: "S-COAST", trust: "RSOUTH", stage: "STARTED_NOT_COMPLETED" });
  });

  it("have no programme where nobody was referred, and are there all the same", async () => {
    await bench().send(city, [recordOf(next(), { initiatingEvents: [event({ eventType: "HEART_FAILURE" })] })]);
    expect((await journeysAfter()).at(-1)).toMatchObject({
      programme: null,
      trust: null,
      nation: null,
      stage: null,
      event_group: "HEART_FAILURE",
    });
  });

  it("follow what is sent later, by another programme, too", async () => {
    const n = next();
    await bench().send(city, [recordOf(n, { initiatingEvents: [event()] })]);
    const before = await journeysAfter();
    await bench().send(hill, [recordOf(n, { initiatingEvents: [event({ rehabilitations: [rehabilitation()] })] })]);
    const after = await journeysAfter();
    expect(after).toHaveLength(before.length);
    expect(after.at(-1)).toMatchObject({ programme: "N-HILL", stage: "STARTED_NOT_COMPLETED" });
  });

  it("go when the gate withholds a person, of every organisation, and come back when it does no more", async () => {
    const n = next();
    const sent = await bench().send(city, [full(n)]);
    await bench().send(coast, [full(n)]);
    await settle();
    const before = await national.rows();
    const patient = patientOf(sent, city.ods);
    national.withheld.set(`${patient.ods}/${patient.patientId}`, "OBJECTION");
    await national.markDue([patient]);
    await settle();
    const without = await national.rows();
    expect(without.journey).toHaveLength((before.journey?.length ?? 0) - 1);
    await bench().send(coast, [full(n)]);
    await settle();
    expect(await national.rows()).toEqual(without);
    national.withheld.clear();
    await national.markDue([patient]);
    await settle();
    expect(await national.rows()).toEqual(before);
  });

  it("go, and come, on the day the gate says something else, although nobody wrote anything", async () => {
    const sent = await bench().send(city, [full(next())]);
    await settle();
    const before = await national.rows();
    const { ods, patientId } = patientOf(sent, city.ods);
    national.withheld.set(`${ods}/${patientId}`, "OPT_OUT_UNKNOWN");
    await settle();
    expect(await national.rows()).toEqual(before);
    national.today = "2026-07-02";
    await national.workOff(2);
    expect((await national.rows()).journey).toHaveLength((before.journey?.length ?? 0) - 1);
    national.withheld.clear();
    national.today = "2026-07-03";
    await settle();
    expect(await national.rows()).toEqual(before);
  });

  it("are the same when an organisation's are made anew", async () => {
    await settle();
    const before = await national.rows();
    expect(await national.store.rebuild(ADMIN, city.ods)).toBe(true);
    expect(await national.store.rebuild(ADMIN, "RNONE")).toBe(false);
    expect((await national.store.counts()).due).toBeGreaterThan(0);
    await settle();
    expect(await national.rows()).toEqual(before);
    expect(await national.fromScratch()).toEqual(before);
  });

  it.runIf(databaseKind === "postgresql")("are made by one feed at a time", async () => {
    const other = await national.store.inTurn(() => national.work());
    expect(other).toBeNull();
    expect(await national.work()).not.toBeNull();
  });

  it("are told of in the audit trail by batch, small numbers not at all", async () => {
    await bench().send(city, [full(next())]);
    await national.work();
    const entries = await bench().test.query(
      "select action, outcome, ods, agent_role, details from audit.event where type = 'FEED_NATIONAL' order by id desc limit 1",
    );
    expect(entries).toMatchObject([
      { action: "E", outcome: "DONE", ods: null, agent_role: null, details: { patients: "1-7", withheld: 0, journeys: "1-7" } },
    ]);
  });
});
