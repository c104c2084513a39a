/** The nation beside a programme, and thresholds from a published cut, over a gateway that has one. */
import { beforeAll, describe, expect, it } from "vitest";
import { auditYearPeriod } from "../../../src/reporting/period.ts";
import type { DemoIdentity } from "../../support/gateway.ts";
import { drawJourneys, toRecord } from "../../support/reporting-oracle.ts";
import { CUT_ID, putSampleCut, sampleCube } from "../../support/sample-cuts.ts";
import { provideSubmitter } from "../submission/submitting.ts";

const submitter = provideSubmitter();
const YEAR = 2025;
const DAYS = 47;

const ask = async <Data>(as: DemoIdentity, query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> => {
  const { data, text } = await submitter().gateway.gql<Data>(as, query, variables);
  if (data === null) throw new Error(text);
  return data;
};

/** Frozen journeys of four trusts, of which every third has no gender. */
const FROZEN = `insert into cut.journey (cut_id, journey, pseudonym, key_version, programme, trust, event_group, event_month, treatment_groups,
    components, comorbidities, gender)
  select $1::uuid, n, sha256(n::text::bytea), 1, 'CR-X', ('{RAA,RBB,RCC,RDD}'::text[])[1 + n % 4], 'MI', '2025-09-01', '{}', '{}', '{}',
    case when n % 3 = 0 then null else 'MALE' end
  from generate_series(1, 30) n`;

beforeAll(async () => {
  const { database } = submitter().gateway;
  const cube = sampleCube(YEAR);
  await putSampleCut(database, { ...cube, medians: new Int16Array(cube.medians.length).fill(DAYS) });
  await database.query(FROZEN, [CUT_ID]);
  await submitter().records(drawJourneys(60, 31).map(toRecord));
});

interface Threshold {
  readonly nation: string;
  readonly standard: string;
  readonly operator: string;
  readonly value: number;
  readonly basis: string;
  readonly status: string;
  readonly source: string;
}
const COLUMNS = "auditYear nation standard operator value basis status source";

describe("a programme's report beside a published cut", () => {
  it("names the cut, and shows published figures of the nation in every part", async () => {
    const { programmeReport } = await ask<{
      programmeReport: {
        national: unknown;
        durations: { nationalMedian: number | null }[];
        outcomes: { later: number; improvedPercent: number; nationalImprovedPercent: number | null }[];
        completeness: { recordType: string; item: string; nationalPercent: number | null }[];
      };
    }>(
      "team",
      `query ($period: ReportPeriodInput!) { programmeReport(programmeCode: "CR-VALLEY", period: $period) {
         national { cutId cutNumber auditYear isSynthetic } durations { nationalMedian }
         outcomes { later improvedPercent nationalImprovedPercent } completeness { recordType item nationalPercent } } }`,
      { period: auditYearPeriod(YEAR) },
    );
    expect(programmeReport.national).toEqual({ cutId: CUT_ID, cutNumber: 1, auditYear: YEAR, isSynthetic: true });
    // Of the wait after infarction or PCI nothing is published.
    expect(programmeReport.durations.map(({ nationalMedian }) => nationalMedian)).toEqual([DAYS, DAYS, DAYS, null]);
    expect(programmeReport.outcomes.some(({ later, improvedPercent }) => later === 2 && improvedPercent > 0)).toBe(true);
    const nationOf = (wanted: string) => programmeReport.completeness.find(({ item }) => item === wanted)?.nationalPercent;
    expect(nationOf("gender")).toBe(67);
    expect(nationOf("surname")).toBeUndefined();
  });

  it("says on the page which cut it is, and that it is of a generated population", async () => {
    const { url, token } = submitter().gateway;
    const headers = { authorization: `Bearer ${await token("team")}` };
    const { from, to } = auditYearPeriod(YEAR);
    const page = await (await fetch(`${url}/programmes/CR-VALLEY/report.html?from=${from}&to=${to}`, { headers })).text();
    expect(page).toContain("From cut 1 as of 1 February 2026");
    expect(page).toContain("generated population");
  });
});

describe("a threshold from a cut", () => {
  it("names cut and figure, makes the colour provisional, and is confirmed by being recorded so", async () => {
    const { computeThresholds } = await ask<{ computeThresholds: (Threshold & { auditYear: number })[] }>(
      "admin",
      `mutation { computeThresholds(auditYear: ${YEAR}) { ${COLUMNS} } }`,
    );
    const england = computeThresholds.filter(({ nation }) => nation === "ENGLAND");
    expect(england.find(({ standard }) => standard === "DURATION")?.value).toBe(DAYS);
    // Of no nation that the cut does not have.
    expect(new Set(computeThresholds.map(({ nation }) => nation))).toEqual(new Set(["ENGLAND", "WALES"]));
    for (const row of england) expect(row).toMatchObject({ basis: "COMPUTED", status: "UNCONFIRMED" });
    expect(england.find(({ standard }) => standard === "CABG_WAIT")).toMatchObject({
      operator: "AT_MOST",
      source: `Cut 1 (${CUT_ID}) as of 2026-02-01, audit year ${YEAR}: MEDIAN_START_WAIT ENGLAND CABG; a generated population`,
    });
    const reasons = async (): Promise<readonly string[]> => {
      const { certification } = await ask<{ certification: { provisional: { standard: string; code: string }[] } }>(
        "team",
        `{ certification(programmeCode: "CR-VALLEY", auditYear: ${YEAR}) { provisional { standard code } } }`,
      );
      return certification.provisional.map(({ standard, code }) => `${standard} ${code}`);
    };
    expect(await reasons()).toContain("DURATION UNCONFIRMED_THRESHOLD");
    expect(
      (await submitter().gateway.gql("team", `mutation { computeThresholds(auditYear: ${YEAR}) { value } }`)).data,
    ).toBeNull();
    const rows = england.map((row) => ({ ...row, status: "CONFIRMED" }));
    await ask("admin", `mutation ($rows: [ThresholdInput!]!) { recordThresholds(rows: $rows) { ${COLUMNS} } }`, { rows });
    expect(await reasons()).not.toContain("DURATION UNCONFIRMED_THRESHOLD");
  });
});
