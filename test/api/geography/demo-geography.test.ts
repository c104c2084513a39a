/** Demo mode with synthetic people: what the population, the sample directory and the national feed make of each other. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { addDays } from "../../../src/lib/calendar-date.ts";
import { systemClock } from "../../../src/lib/system-clock.ts";
import { generateCutJourneys, generatePatientRecords } from "../../../src/population/generate-population.ts";
import { layOutProgrammes } from "../../../src/population/programmes.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    config: { consent: { ledgerFile: null, ndo: { applyAt: "NONE", cacheDays: 7 }, mesh: null } },
  });
});
afterAll(() => gateway.close());

const RECORD = "mutation ($input: RecordSection251Input!) { recordSection251(input: $input) { id } }";
const SUBMIT = `mutation ($input: SubmitRecordsInput!) { submitRecords(input: $input) {
  outcome counts { received rejected held } issueGroups { code } } }`;
const options = {
  seed: 11,
  journeys: 40,
  programmes: layOutProgrammes({ seed: 11, programmes: 1 }).map((programme) => ({
    ...programme,
    code: "CR-VALLEY",
    trust: "ZDM01",
  })),
};

it("synthetic people are accepted as they are, and become the national rows they were made to be", async () => {
  const input = {
    options: {
      idempotencyKey: "population",
      programmeCode: "CR-VALLEY",
      sourceSystem: { vendor: "Demo Vendor", product: "Demo CR", version: "1" },
    },
    records: [...generatePatientRecords(options)],
  };
  const { data, errors } = await gateway.gql<{ submitRecords: unknown }>("submitter", SUBMIT, { input });
  expect(errors).toEqual([]);
  expect(data?.submitRecords).toMatchObject({
    counts: { rejected: 0, held: 0 },
    issueGroups: [{ code: "NHS_NUMBER_TEST_RANGE" }],
  });
  const reference = {
    reference: "24/CAG/0000",
    validFrom: addDays(systemClock.today(), -1),
    validTo: addDays(systemClock.today(), 300),
    evidence: "letter",
  };
  expect((await gateway.gql("admin", RECORD, { input: reference })).errors).toEqual([]);
  const fed = "select * from national.journey";
  await expect.poll(async () => (await gateway.database.query(fed)).length, { timeout: 20_000, interval: 200 }).toBe(40);
  const rows = await gateway.database.query(
    "select to_jsonb(j) - 'subject' - 'journey' - 'pseudonym' as row from national.journey j",
  );
  const made = [...generateCutJourneys(options)].map(({ row: { pseudonym: _, ...row } }) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
    ),
  );
  const sorted = (list: readonly unknown[]) =>
    list.map((row) => JSON.stringify(Object.entries(Object(row)).toSorted())).toSorted();
  expect(sorted(rows.map(({ row }) => row))).toEqual(sorted(made));
  const assessments = await gateway.database.query(
    "select count(*)::int as n, sum(iswt_metres)::int as metres from national.assessment",
  );
  const told = [...generateCutJourneys(options)].flatMap((journey) => journey.assessments);
  expect(assessments).toEqual([{ n: told.length, metres: told.reduce((sum, { iswtMetres }) => sum + (iswtMetres ?? 0), 0) }]);
});
