/** A cut held against the hospitals' history: whatever came after it makes no difference, and a difference that was planted is found. */
import { beforeAll, describe, expect, it } from "vitest";
import { toTestNhsNumber } from "../../../src/dataset/nhs-number.ts";
import { createResolving } from "../../../src/episodes/read-journey.ts";
import { loadGeography } from "../../../src/geography/load-geography.ts";
import type { GeographyFile } from "../../../src/geography/read-deprivation.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { createFrozenPersons } from "../../../src/persistence/cut-rows.ts";
import { createGeographyStore } from "../../../src/persistence/geography-store.ts";
import { createPersonsAsOf } from "../../../src/persistence/persons-as-of.ts";
import { createVerifyHistory, type HistoryVerification } from "../../../src/statistics/cuts/verify-history.ts";
import { event, type Input, person, recordOf, rehabilitation } from "../../support/journey-records.ts";
import { provideControlBench } from "../control/control-bench.ts";
import { createLinkBench, type LinkBench } from "../links/link-bench.ts";
import { createNationalBench, type NationalBench } from "../national/national-bench.ts";
import { city, coast, type Sent } from "../submission/submission-bench.ts";
import { createCutBench } from "./cut-bench.ts";

const control = provideControlBench();
const HOUR_MS = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();
let link: LinkBench;
let national: NationalBench;
/** By what becomes of them. */
const sent = new Map<string, Sent>();

beforeAll(async () => {
  const { bench } = control();
  link = createLinkBench(bench.test);
  national = createNationalBench(bench.test, bench.stores.keys);
  bench.now = inHours(-48);
  await loadPostcodes(3, "Y63");
  await query("update audit.event set at = at - interval '2 days'");
  for (const [n, what] of ["stays", "corrected", "grows", "withdrawn", "objects", "renumbered", "linked"].entries())
    sent.set(what, await bench.send(city, [whole(n + 1)]));
  sent.set("linked there", await bench.send(coast, [whole(7, { eventDate: "2026-01-03" })]));
  await bench.send(city, [whole(8)]);
  sent.set("partly withdrawn", await bench.send(coast, [whole(8)]));
  await bench.send(city, [whole(9, LATE)]);
  await settle();
  // Half an hour before the cut, and the feed has not come to it.
  bench.now = inHours(-0.5);
  await bench.send(city, [whole(9, LATE, { completed: "YES" })]);
  const cuts = createCutBench(bench.test, { keys: bench.stores.keys });
  expect(await cuts.publish()).toMatchObject({ state: "PUBLISHED" });
});

/** What tells the person apart whom the feed has not come to. */
const LATE = { eventType: "HEART_FAILURE" };
const SETTLED = "(select min(journey) from cut.journey where event_group = 'MI')";

const whole = (n: number, of: Input = {}, started: Input = {}): Input =>
  recordOf(n, {
    patient: person(n, { ethnicGroup: "INDIAN", postcode: "YO10 5DD" }),
    comorbidities: [{ type: "DIABETES" }],
    initiatingEvents: [
      event({
        treatments: [{ type: "PCI", date: "2026-01-02" }],
        rehabilitations: [
          rehabilitation({
            components: ["EDUCATION", "EXERCISE_GROUP"],
            acuteEvents: [{ type: "ANGINA", date: "2026-02-10" }],
            assessments: [{ number: 1, date: "2026-01-28", weightKg: 82.5, drugs: [{ class: "STATIN", taking: "YES" }] }],
            ...started,
          }),
        ],
        ...of,
      }),
    ],
  });

const fileOf = (...text: readonly string[]): GeographyFile => ({
  name: "file",
  lines: {
    async *[Symbol.asyncIterator]() {
      yield* text;
    },
  },
});

/** A directory by which everybody lives in the quintile, and the first organisation is in the region. */
async function loadPostcodes(quintile: number, region: string): Promise<void> {
  const { database, keys } = control().bench.stores;
  const { outcome } = await loadGeography(
    {
      directory: fileOf("pcds,lsoa21cd", "YO10 5DD,E01000001"),
      deprivation: [fileOf("LSOA code (2021),Index of Multiple Deprivation (IMD) Quintile", `E01000001,${quintile}`)],
      organisations: fileOf("code,region", `${city.ods},${region}`),
    },
    await createGeographyStore({ database, keys, newId: createUuid7() }),
  );
  expect(outcome).toBe("PUBLISHED");
}

const settle = async (): Promise<void> => {
  await link.workOff();
  await national.workOff();
};
const patientOf = (what: string, ods: string) => ({ ods, id: sent.get(what)?.only("PATIENT").recordId ?? "" });

/** As people do it after the cut: the bench has a clock of its own. */
async function unlinkSeventh(): Promise<void> {
  const pair = [patientOf("linked", city.ods), patientOf("linked there", coast.ods)] as const;
  await link.decide("PERSON", "UNLINKED", pair, city.ods);
  await query("update link.decision set decided_at = now() + interval '1 day'");
  await settle();
}
const query = (sql: string) => control().bench.test.query(sql);

async function verify(): Promise<HistoryVerification> {
  const { test, stores } = control().bench;
  const { keys, dictionary, database } = stores;
  const judgeRelease = async () => national.withheld;
  const clock = { today: () => "2026-12-01" };
  const verifyHistory = createVerifyHistory({
    store: createCutBench(test, { keys }).verification,
    history: createPersonsAsOf({ database, keys, dictionary, judgeRelease, clock, newId: createUuid7() }),
    frozen: createFrozenPersons(database),
    resolving: createResolving(dictionary),
    settleMs: HOUR_MS,
  });
  const verification = await verifyHistory(1);
  if (verification === null || verification === "SYNTHETIC") throw new Error("there is such a cut");
  return verification;
}

const NONE = {
  different: 0,
  withoutQuintile: 0,
  withheld: { OBJECTION: 0, OPT_OUT: 0, OPT_OUT_UNKNOWN: 0, NO_SECTION_251: 0, WITHDRAWN: 0 },
  gone: 0,
  isGoneExplained: true,
  notComparable: { IDENTITY_CHANGED: 0, LINKS_CHANGED: 0, NOT_IN_CUT: 0, WRITTEN_JUST_BEFORE: null, DESTROYED: 0 },
  ok: true,
};

describe("a cut held against history", () => {
  it("is equal, links and quintiles too, for everybody to whom nothing happened since, but whom the feed had not come to", async () => {
    expect(await verify()).toMatchObject({ ...NONE, equal: 8 });
    expect(await query("select distinct imd_quintile, region from cut.journey order by region")).toEqual([
      { imd_quintile: 3, region: "Y63" },
    ]);
    const entries = await query("select agent_id, details::text as details from audit.event where type = 'VERIFY_CUT_HISTORY'");
    expect(entries).toEqual([{ agent_id: "operator", details: '{"cut": 1}' }]);
  });

  it("differs by one person where a value of a frozen row was changed, and where a row was taken away", async () => {
    await query(`update cut.assessment set weight_kg = weight_kg + 1 where journey = ${SETTLED}`);
    expect(await verify()).toMatchObject({ ...NONE, equal: 7, different: 1, ok: false });
    await query(`update cut.assessment set weight_kg = weight_kg - 1 where journey = ${SETTLED}`);
    const [taken] = await query(`delete from cut.drug_class d where journey = ${SETTLED} returning to_jsonb(d)::text as row`);
    expect(await verify()).toMatchObject({ different: 1, ok: false });
    await query(`insert into cut.drug_class select * from jsonb_populate_record(null::cut.drug_class, '${String(taken?.row)}')`);
    expect(await verify()).toMatchObject({ ...NONE, equal: 8 });
  });

  it("says that frozen persons are nobody's where no destruction explains it", async () => {
    const forged = "update cut.journey set pseudonym = sha256(pseudonym) where journey = (select min(journey) from cut.journey)";
    const [before] = await query("select encode(pseudonym, 'hex') as hex from cut.journey order by journey limit 1");
    await query(forged);
    const { gone, isGoneExplained, ok, notComparable } = await verify();
    expect([gone, isGoneExplained, ok, notComparable.NOT_IN_CUT]).toEqual([null, false, false, null]);
    await query(`update cut.journey set pseudonym = decode('${String(before?.hex)}', 'hex')
      where journey = (select min(journey) from cut.journey)`);
  });

  it("is the same after corrections, new records, withdrawals and objections, which are counted", async () => {
    const { bench, withdraw } = control();
    bench.now = inHours(24);
    const corrected = whole(
      2,
      { treatments: [{ type: "CABG", date: "2026-01-02" }] },
      { completed: "YES", deliveryMode: "GROUP_SUPERVISED" },
    );
    const born = { dateOfBirth: "1950-01-01", replaces: { dateOfBirth: "1951-03-14" } };
    const patient = person(2, { ...born, postcode: "YO10 5DD", ethnicGroup: "PAKISTANI" });
    const answer = await bench.send(city, [{ ...corrected, patient, comorbidities: [{ type: "ANGINA" }] }]);
    expect(answer.outcomes.filter((outcome) => outcome.endsWith(" UPDATED"))).toEqual([
      "PATIENT UPDATED",
      "REHABILITATION UPDATED",
    ]);
    await bench.send(city, [recordOf(3, { initiatingEvents: [event({ eventType: "HEART_FAILURE", eventDate: "2026-06-02" })] })]);
    await bench.send(city, [whole(20)]);
    await withdraw(city, sent.get("withdrawn")?.header.id ?? "");
    await withdraw(coast, sent.get("partly withdrawn")?.header.id ?? "");
    const { ods, id } = patientOf("objects", city.ods);
    national.withheld.set(`${ods}/${id}`, "OBJECTION");
    const renumbered = person(6, { nhsNumber: toTestNhsNumber(60), replaces: { nhsNumber: toTestNhsNumber(6) } });
    expect((await bench.send(city, [recordOf(6, { patient: renumbered })])).outcomes).toEqual(["PATIENT UPDATED"]);
    await settle();
    await unlinkSeventh();
    expect(await verify()).toMatchObject({
      ...NONE,
      equal: 3,
      withheld: { ...NONE.withheld, OBJECTION: null, WITHDRAWN: null },
      notComparable: { ...NONE.notComparable, IDENTITY_CHANGED: null, LINKS_CHANGED: null },
    });
  });

  it("still differs where rows were changed of people whose identity and links nobody touched", async () => {
    await query("update cut.journey set duration_days = 9 where duration_days is null");
    // The third had its date of birth corrected, which might have changed its links.
    expect(await verify()).toMatchObject({ different: 2, equal: 0, ok: false });
    await query("update cut.journey set duration_days = null where duration_days = 9");
  });

  it("leaves quintile and region out once another directory was loaded", async () => {
    await loadPostcodes(4, "Y56");
    expect(await verify()).toMatchObject({ different: 0, equal: 3, withoutQuintile: 3, ok: true });
  });
});
