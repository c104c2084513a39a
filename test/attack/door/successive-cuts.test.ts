/**
 * S5 end to end: a submitter adds records through the door between three cuts and watches, as an analyst, what its additions do to the figures
 * of its own programme. The other hospitals stand in the national side from the start. How many cuts and cells it takes in general is for
 * test/unit/statistics; this is that the published cuts are made so.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { toColumnName } from "../../../src/dataset/compile-dictionary.ts";
import { addDays } from "../../../src/lib/calendar-date.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { createCutRows } from "../../../src/persistence/cut-rows.ts";
import { insertRows } from "../../../src/persistence/sql/national-statements.ts";
import { codeJourneys } from "../../../src/statistics/cube/coded-journeys.ts";
import { CubeReader } from "../../../src/statistics/cube/look-up.ts";
import { publishCube } from "../../../src/statistics/cube/publish-cube.ts";
import type { CutJourney } from "../../../src/statistics/cut-journey.ts";
import { event, journey, person, rehabilitation } from "../../support/journey-records.ts";
import { drawAttackedPopulation } from "../black-box/people.ts";
import { type AttackedGateway, openAttackedGateway } from "./attacked-gateway.ts";

const PROGRAMME = "CR-VALLEY";
/** In the audit year of the other hospitals' journeys. */
const EVENT_DATES = ["2024-05-10", "2024-08-10", "2024-11-10", "2025-02-10"];
const WITHIN = { timeout: 120_000, interval: 200 };
const TIME = 600_000;

/** What other systems of the hospital sent: the attacker wants the counts. */
const HIDDEN = { MI_STEMI: 42, ANGINA: 7, HEART_FAILURE: 6 };
/** By cut: what the attacker adds. */
const ADDED: readonly Readonly<Record<string, number>>[] = [
  {},
  { MI_STEMI: 1, ANGINA: 1, HEART_FAILURE: 1 },
  { HEART_FAILURE: 1 },
];
const GROUPS = ["MI", "ANGINA", "HEART_FAILURE"];

let gateway: AttackedGateway;
let sent = 0;
beforeAll(async () => {
  gateway = await openAttackedGateway({
    consent: { ledgerFile: null, ndo: { applyAt: "NONE", cacheDays: 7 }, mesh: null },
  });
  const [validFrom, validTo] = [addDays(systemClock.today(), -1), addDays(systemClock.today(), 300)];
  const reference = { reference: "24/CAG/0000", validFrom, validTo, evidence: "letter" };
  await gateway.ask("admin", "mutation ($input: RecordSection251Input!) { recordSection251(input: $input) { id } }", {
    input: reference,
  });
  await submit(HIDDEN);
  await addOtherHospitals();
}, TIME);
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => gateway?.close());

/** Of both sexes, all ages, quarters and stages: a row that is all in one category would be withheld for that. */
function recordOf(eventType: string): Readonly<Record<string, unknown>> {
  sent += 1;
  const eventDate = EVENT_DATES[sent % EVENT_DATES.length] ?? "";
  const coreStartDate = sent % 3 === 0 ? undefined : addDays(eventDate, 40);
  const rehabilitations = [
    rehabilitation({ programmeCode: PROGRAMME, referralDate: addDays(eventDate, 7), coreStartDate, assessments: [] }),
  ];
  const more = { gender: sent % 2 === 0 ? "MALE" : "FEMALE", dateOfBirth: `${1930 + ((sent * 7) % 45)}-03-14` };
  return journey(sent, { patient: person(sent, more), initiatingEvents: [event({ eventType, eventDate, rehabilitations })] });
}

/** Through the door, until the national side has them. */
async function submit(counts: Readonly<Record<string, number>>): Promise<void> {
  const records = Object.entries(counts).flatMap(([eventType, count]) =>
    Array.from({ length: count }, () => recordOf(eventType)),
  );
  const options = {
    idempotencyKey: `successive-${sent}`,
    programmeCode: PROGRAMME,
    sourceSystem: { vendor: "Demo Vendor", product: "Demo CR", version: "1" },
  };
  await gateway.ask("submitter", "mutation ($input: SubmitRecordsInput!) { submitRecords(input: $input) { id status } }", {
    input: { options, records },
  });
  const fed = async () =>
    Number(
      (await gateway.database.query(`select count(*)::int as n from national.journey where programme = '${PROGRAMME}'`))[0]?.n,
    );
  await vi.waitFor(async () => expect(await fed()).toBe(sent), WITHIN);
}

/** Six programmes around the attacker's, in its region. */
async function addOtherHospitals(): Promise<void> {
  const [own] = await gateway.database.query(
    `select region, nation from national.journey where programme = '${PROGRAMME}' limit 1`,
  );
  const { journeys } = drawAttackedPopulation({ seed: 3, journeys: 900, programmes: 6 });
  const rows = journeys.map(({ row }, index) => ({
    ...row,
    region: own?.region,
    nation: own?.nation,
    subject: 1_000_000 + index,
    journey: 1,
  }));
  const records = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [toColumnName(name), name === "pseudonym" ? `\\x${String(value)}` : value]),
    ),
  );
  await gateway.database.database.prisma.$executeRaw(insertRows("journey")([JSON.stringify(records)]));
}

/** By the worker of the gateway. @returns the cut's id */
async function publishCut(): Promise<string> {
  const { id } = await gateway.ask<{ id: string }>("admin", "mutation { publishCut { id } }");
  const QUERY = "query ($id: ID!) { cutPublication(id: $id) { state cutId } }";
  const look = () => gateway.ask<{ state: string; cutId: string | null }>("admin", QUERY, { id });
  return await vi.waitFor(async () => {
    const { state, cutId } = await look();
    expect(state).toBe("PUBLISHED");
    return cutId ?? "";
  }, WITHIN);
}

type Figures = readonly (number | null | undefined)[];

async function seenByAnalyst(cut: string): Promise<Figures> {
  const { data } = await gateway.look({
    cut,
    dimensions: ["EVENT_GROUP"],
    where: [{ dimension: "PROGRAMME", category: PROGRAMME }],
  });
  return GROUPS.map(
    (group) =>
      data?.statistics.rows.find(({ categories }) => categories.some(({ category }) => category === group))?.value.number,
  );
}

/** What the same rows would show if nothing of the cut before were kept. */
async function publishedAfresh(cut: string): Promise<Figures> {
  const rows: CutJourney[] = [];
  for await (const row of createCutRows(gateway.database.database).journeys(cut, 2024)) rows.push(row);
  const [coded] = await codeJourneys(rows);
  const publication = coded === undefined ? null : await publishCube(coded, null);
  if (publication?.kind !== "PUBLISHED") throw new Error("not published");
  const question = { measure: "JOURNEYS", dimensions: ["eventGroup"], where: [{ dimension: "programme", category: PROGRAMME }] };
  const answer = new CubeReader(publication.cube).lookUp(question);
  if (answer.kind !== "PUBLISHED") throw new Error("not published");
  return GROUPS.map(
    (group) => answer.rows.find(({ categories }) => categories.some(({ category }) => category === group))?.value,
  );
}

describe("three cuts, with a record more in a cell before each (S5)", () => {
  it(
    "show the insider nothing of the counts it adds to, which cubes published afresh give away (control)",
    async () => {
      const [seen, afresh]: [Figures[], Figures[]] = [[], []];
      for (const [turn, added] of ADDED.entries()) {
        gateway.at(new Date(Date.now() + turn * 32 * 86_400_000).toISOString());
        if (turn > 0) await submit(added);
        const cut = await publishCut();
        seen.push(await seenByAnalyst(cut));
        if (turn < 2) afresh.push(await publishedAfresh(cut));
        vi.useRealTimers();
      }
      // 42 and one more is rounded upwards, and 7 and one more is 8, which is shown: both counts are known then.
      expect(afresh).toEqual([
        [40, null, null],
        [45, 10, null],
      ]);
      expect(seen).toEqual([afresh[0], afresh[0], afresh[0]]);
    },
    TIME,
  );
});
