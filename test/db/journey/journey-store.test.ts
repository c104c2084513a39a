/** Reading a person over organisations: what is read, who hears of it, how often, and at what cost. */
import { beforeAll, describe, expect, it } from "vitest";
import { createReadJourney } from "../../../src/episodes/read-journey.ts";
import { countDatabase } from "../../support/counted-database.ts";
import { provideDatabase } from "../../support/database.ts";
import { CANARY, linkPatients, type PlacedPatient, placePair, placePatient, storeAt, teamOf } from "./journey-fixture.ts";

const testDatabase = provideDatabase();
const NOON = "2026-11-22T12:00:00.000Z";
const MINUTE_MS = 60_000;
const minutesAfter = (minutes: number): string => new Date(Date.parse(NOON) + minutes * MINUTE_MS).toISOString();
const codeOf = (error: unknown) => (error instanceof Error && "code" in error ? error.code : error);

let own: PlacedPatient;
let theirs: PlacedPatient;
let third: PlacedPatient;

beforeAll(async () => {
  own = await placePatient(testDatabase(), "RAA");
  theirs = await placePatient(testDatabase(), "RBB", ["MI_STEMI", "USE_TREATMENT"]);
  third = await placePatient(testDatabase(), "RCC");
  await linkPatients(testDatabase(), [own, theirs, third]);
});

function readAt(now = NOON, database = testDatabase().database) {
  const { store, dictionary } = storeAt(database, () => now);
  return createReadJourney({ store, dictionary });
}

const linesOf = (column: "ods" | "agent_ods", ods: string) =>
  testDatabase().query(
    `select ods, patient, agent_ods as reader_ods, agent_id as client_id, agent_role as role, type as action,
       person_ids is not null as linked, correlation_id
     from audit.event cross join unnest(patient_ids::text[]) patient where ${column} = $1 order by at, ods, patient`,
    [ods],
  );

describe("a journey", () => {
  it("shows of other organisations the items that a link shows, and no id, no submission, no programme", async () => {
    const journey = await readAt()(teamOf("RAA"), own.id, "corr-0001");
    expect(journey.organisations.map(({ odsCode, own: isOwn }) => [odsCode, isOwn])).toEqual([
      ["RAA", true],
      ["RBB", false],
      ["RCC", false],
    ]);
    expect(journey.patient).toMatchObject({ recordIds: [own.id], gender: { value: "MALE", rule: "ALL_AGREE" } });
    expect(journey.episodes).toHaveLength(1);
    const [episode] = journey.episodes;
    expect(episode?.events.map(({ organisation, recordId, eventType }) => [organisation.name, recordId, eventType])).toEqual([
      ["Trust RAA", own.events[0]?.id, "MI_STEMI"],
      ...theirs.events
        .map(({ id }, at) => ({ id, type: at === 0 ? "MI_STEMI" : "USE_TREATMENT" }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .map(({ type }) => ["Trust RBB", null, type]),
      ["Trust RCC", null, "MI_STEMI"],
    ]);
    expect(episode?.treatments).toMatchObject([{ type: "PCI", date: "2026-01-01", sources: [{}, {}, {}, {}] }]);
    const text = JSON.stringify(journey);
    for (const { id, events } of [theirs, third])
      for (const hidden of [id, ...events.flatMap((event) => [event.id, event.treatmentId])]) expect(text).not.toContain(hidden);
    expect(text).not.toMatch(new RegExp(`${CANARY}-R(BB|CC)`));
    expect(text).toContain(`${CANARY}-RAA`);
  });

  it("tells links between two records that are both shown, also of other organisations", async () => {
    const [mine, other, last] = [own.events[0], theirs.events[0], third.events[0]];
    if (mine === undefined || other === undefined || last === undefined) throw new Error("no events");
    const hidden = await placePatient(testDatabase(), "RDD");
    await placePair(testDatabase(), { ods: "RAA", id: mine.id }, { ods: "RBB", id: other.id });
    await placePair(testDatabase(), { ods: "RBB", id: other.id }, { ods: "RCC", id: last.id });
    await placePair(testDatabase(), { ods: "RAA", id: mine.id }, { ods: "RDD", id: hidden.events[0]?.id ?? "" });
    await placePair(testDatabase(), { ods: "RAA", id: mine.id }, { ods: "RCC", id: last.id }, "PROPOSED");
    const { episodes } = await readAt()(teamOf("RAA"), own.id, "corr-0002");
    const links = episodes[0]?.links.map(({ rule, says, madeBy, records }) => [
      rule,
      says,
      madeBy,
      ...records.map(({ organisation, recordId }) => [organisation.odsCode, recordId]),
    ]);
    const said = ["SAME_TYPE_SAME_DATE", "Both have the same event type and the same event date.", "RULE"];
    expect(links).toEqual([
      [...said, ["RAA", mine.id], ["RBB", null]],
      [...said, ["RBB", null], ["RCC", null]],
    ]);
  });

  it("of a patient whom nothing is linked to has own rows only, each event an episode", async () => {
    const alone = await placePatient(testDatabase(), "REE", ["MI_STEMI", "ANGINA"]);
    const journey = await readAt()(teamOf("REE"), alone.id, "corr-0003");
    expect([journey.organisations.length, journey.episodes.length, journey.links.length]).toEqual([1, 2, 0]);
    expect(await linesOf("ods", "REE")).toMatchObject([{ patient: alone.id, reader_ods: "REE", linked: false }]);
  });

  it("of a person whom the own organisation has twice shows both, with a line for each, and counts towards no limit", async () => {
    const [one, other] = [await placePatient(testDatabase(), "RFF"), await placePatient(testDatabase(), "RFF", ["ANGINA"])];
    await linkPatients(testDatabase(), [one, other]);
    const journey = await readAt()(teamOf("RFF"), other.id, "corr-0012");
    expect(journey.patient.recordIds.toSorted()).toEqual([one.id, other.id].toSorted());
    expect(journey.episodes.map(({ events }) => events.length)).toEqual([2]);
    const lines = await linesOf("ods", "RFF");
    expect(lines.map(({ patient, linked }) => [patient, linked]).toSorted()).toEqual(
      [one.id, other.id].toSorted().map((id) => [id, false]),
    );
  });

  it("is not there for another organisation's patient, for none, and for what is no id; no line is written", async () => {
    const before = await linesOf("agent_ods", "RZZ");
    for (const id of [own.id, "01890000-0000-7000-8000-00000000dead", "no id"])
      await expect(readAt()(teamOf("RZZ"), id, "corr-0004")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await linesOf("agent_ods", "RZZ")).toEqual(before);
  });

  it("leaves a line in the log of every organisation whose rows it shows", async () => {
    const count = (await linesOf("agent_ods", "RCC")).length;
    await readAt(minutesAfter(1))(teamOf("RCC"), third.id, "corr-0005");
    const common = { reader_ods: "RCC", client_id: "team-RCC", role: "CLINICAL_TEAM", action: "READ_JOURNEY", linked: true };
    expect((await linesOf("agent_ods", "RCC")).slice(count)).toEqual([
      { ...common, ods: "RAA", patient: own.id, correlation_id: "corr-0005" },
      { ...common, ods: "RBB", patient: theirs.id, correlation_id: "corr-0005" },
      { ...common, ods: "RCC", patient: third.id, correlation_id: "corr-0005" },
    ]);
  });

  it("is not answered where its lines cannot be written", async () => {
    const same = "01890000-0000-7000-8000-0000000000ff";
    const { store } = storeAt(
      testDatabase().database,
      () => NOON,
      () => same,
    );
    await store.person(teamOf("REE"), (await placePatient(testDatabase(), "REE")).id, "corr-0006");
    const next = await placePatient(testDatabase(), "REE");
    await expect(store.person(teamOf("REE"), next.id, "corr-0007")).rejects.toThrow();
    expect((await linesOf("ods", "REE")).map(({ patient }) => patient)).not.toContain(next.id);
  });
});

describe("the limit of linked persons", () => {
  const patients: PlacedPatient[] = [];

  beforeAll(async () => {
    for (let count = 0; count < 62; count += 1) {
      const [reader, owner] = [await placePatient(testDatabase(), "RGG"), await placePatient(testDatabase(), "RHH")];
      await linkPatients(testDatabase(), [reader, owner]);
      patients.push(reader);
    }
  });

  const read = async (at: number, minutes = 0, clientId = "team-RGG") => {
    try {
      const journey = await readAt(minutesAfter(minutes))(teamOf("RGG", { clientId }), patients[at]?.id ?? "", "corr-0008");
      return journey.organisations.length;
    } catch (error) {
      return codeOf(error);
    }
  };

  it("admits 60 persons an hour and client, each as often as it likes, and refuses the 61st", async () => {
    for (let at = 0; at < 59; at += 1) expect(await read(at)).toBe(2);
    // Two at once for the one place left.
    const atOnce = await Promise.all([read(59, 1), read(60, 1)]);
    expect(atOnce.toSorted()).toEqual([2, "LIMIT_EXCEEDED"]);
    const refused = atOnce[0] === 2 ? 60 : 59;
    expect([await read(0, 2), await read(58, 2)]).toEqual([2, 2]);
    const before = (await linesOf("ods", "RHH")).length;
    expect(await read(refused, 2)).toBe("LIMIT_EXCEEDED");
    expect((await linesOf("ods", "RHH")).length).toBe(before);
    expect(await read(refused, 2, "another-client")).toBe(2);
    const alone = await placePatient(testDatabase(), "RGG");
    expect((await readAt(minutesAfter(2))(teamOf("RGG"), alone.id, "corr-0009")).organisations).toHaveLength(1);
    // 58 of them were read an hour before.
    expect(await read(61, 61)).toBe(2);
  });

  it("names itself in the refusal", async () => {
    const { store } = storeAt(testDatabase().database, () => minutesAfter(2));
    for (let at = 0; at < 60; at += 1) await read(at, 2, "third-client");
    await expect(store.person(teamOf("RGG", { clientId: "third-client" }), patients[61]?.id ?? "", "c")).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      details: { limit: "linkedPersonsPerHour", value: 60 },
    });
  });
});

it("asks the database the same whatever the number of records", async () => {
  const counted = countDatabase(testDatabase());
  const counts: string[] = [];
  for (const types of [["MI_STEMI"], ["MI_STEMI", "ANGINA", "USE_TREATMENT", "OTHER", "HEART_FAILURE"]]) {
    const patients = [
      await placePatient(testDatabase(), "RKK", types),
      await placePatient(testDatabase(), "RLL", types),
      await placePatient(testDatabase(), "RMM", types),
    ];
    await linkPatients(testDatabase(), patients);
    counted.takeCount();
    await readAt(NOON, counted.database)(teamOf("RKK"), patients[0]?.id ?? "", "corr-0010");
    counts.push(counted.takeCount());
  }
  const alone = await placePatient(testDatabase(), "RKK", ["MI_STEMI", "ANGINA"]);
  counted.takeCount();
  await readAt(NOON, counted.database)(teamOf("RKK"), alone.id, "corr-0011");
  counts.push(counted.takeCount());
  expect(counts).toMatchInlineSnapshot(`
    [
      "2 transactions, 14 statements",
      "2 transactions, 14 statements",
      "2 transactions, 6 statements",
    ]
  `);
});
