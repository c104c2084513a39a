/** A programme's report, completeness, a patient's progress, and the importer's files, over a whole gateway. */
import { parse } from "csv-parse/sync";
import { beforeAll, describe, expect, it } from "vitest";
import { samplePatientRecord } from "../../../src/dataset/sample-records.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../../../src/records/dictionaries.ts";
import type { DemoIdentity } from "../../support/gateway.ts";
import { event, person, recordOf } from "../../support/journey-records.ts";
import { drawJourneys, naiveMedian, toRecord } from "../../support/reporting-oracle.ts";
import { sendFile } from "../files/file-client.ts";
import { provideSubmitter } from "../submission/submitting.ts";

const submitter = provideSubmitter();
/** What a submission is of that does not say. */
const dictionary = dictionaryOf("gw-1.0");
if (dictionary === null) throw new Error("the dictionary is missing");

const SENT = drawJourneys(60, 12);
const PERIOD = { from: "2025-04-01", to: "2026-03-31" };
/** Of a patient whom a page, a cell or a spreadsheet could be attacked by. */
const SHARP = {
  surname: "<script>alert(1)</script>",
  forename: "=1+1",
  address: '12 "High" St, @home',
  telephone: "+441904000000",
};

beforeAll(async () => {
  const samples = Array.from({ length: 40 }, (_, index) => samplePatientRecord(dictionary, 5_000 + index));
  const sharp = recordOf(7_001, {
    patient: person(7_001, SHARP),
    initiatingEvents: [
      event({
        rehabilitations: [
          {
            referralDate: "2026-01-08",
            coreStartDate: "2026-01-20",
            components: ["EDUCATION", "EXERCISE_GROUP"],
            assessments: [
              {
                number: 1,
                date: "2026-01-20",
                hadsAnxiety: 12,
                iswtMetres: 300,
                smokingStatus: "CURRENTLY_SMOKING",
                drugs: [{ class: "STATIN", taking: "YES" }],
              },
              { number: 2, date: "2026-04-10", hadsAnxiety: 7, iswtMetres: 320, smokingStatus: "STOPPED_SINCE_EVENT" },
              { number: 3, date: "2026-11-01", hadsAnxiety: 8, iswtMetres: 290 },
            ],
          },
        ],
      }),
    ],
    previousEvents: [{ type: "ANGINA", date: "2019" }],
    comorbidities: [{ type: "DIABETES" }],
  });
  const sent = [
    [[...SENT.map(toRecord), sharp], "CR-VALLEY"],
    [samples, "CR-HILL"],
  ] as const;
  for (const [records, programmeCode] of sent) {
    const answer = await submitter().records(records, { programmeCode });
    if (answer.counts.rejected !== 0) throw new Error(JSON.stringify(answer.issueGroups));
  }
});

const gql = <Data>(as: DemoIdentity, query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  submitter().gateway.gql<Data>(as, query, variables);
async function fetchAs(as: DemoIdentity, path: string): Promise<Response> {
  const { url, token } = submitter().gateway;
  return await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${await token(as)}` } });
}
const entryCount = async (type: string): Promise<number> => {
  const [row] = await submitter().gateway.database.query("select count(*)::int as n from audit.event where type = $1", [type]);
  return Number(row?.n);
};
const sharpId = async (): Promise<string> => {
  const { data } = await gql<{ patientRecord: { id: string } }>("team", `{ patientRecord(hospitalNumber: "H-7001") { id } }`);
  return data?.patientRecord.id ?? "";
};

const REPORT = `query ($period: ReportPeriodInput!, $code: String!) { programmeReport(programmeCode: $code, period: $period) {
  counts { referred started completed assessments { number count } } uptakePercent
  durations { label days { count lower median upper } }
  outcomes { item later count fell rose first { middle } last { middle } change { lower middle upper } }
  certification { colour } lateness { isLate } completeness { recordType item rows known percent nationalPercent } } }`;
interface Report {
  readonly counts: {
    readonly started: number;
    readonly assessments: readonly { readonly number: number; readonly count: number }[];
  };
  readonly uptakePercent: number | null;
  readonly outcomes: readonly {
    readonly item: string;
    readonly later: number;
    readonly count: number;
    readonly fell: number;
    readonly rose: number;
    readonly first: { readonly middle: number };
    readonly change: { readonly middle: number };
  }[];
  readonly durations: readonly {
    readonly label: string;
    readonly days: { readonly count: number; readonly median: number } | null;
  }[];
}

describe("a programme's report", () => {
  const period = { from: "2025-05-01", to: "2026-03-31" };
  const inPeriod = (date: string | null): boolean => date !== null && date >= period.from && date <= period.to;
  const reportOf = async (): Promise<Report> => {
    const { data, text } = await gql<{ programmeReport: Report }>("team", REPORT, { code: "CR-VALLEY", period });
    if (data === null) throw new Error(text);
    return data.programmeReport;
  };

  it("says of outcomes and waits what was sent", async () => {
    const report = await reportOf();
    const started = SENT.filter(({ start }) => inPeriod(start));
    expect(started.length).toBeGreaterThan(5);
    // And the one of the sharp texts.
    expect(report.counts.started).toBe(started.length + 1);
    const gap = (one: string, other: string) => (Date.parse(other) - Date.parse(one)) / 86_400_000;
    const pairs = [
      ...started.flatMap(({ hads, assessments: { 1: one, 2: two } }) =>
        one === undefined || two === undefined || gap(one, two) > 140 ? [] : [[hads[1] ?? 0, hads[2] ?? 0] as const],
      ),
      [12, 7] as const,
    ];
    const anxiety = report.outcomes.find(({ item, later }) => item === "hadsAnxiety" && later === 2);
    expect(anxiety?.count).toBe(pairs.length);
    expect(anxiety?.first.middle).toBe(naiveMedian(pairs.map(([first]) => first)));
    expect(anxiety?.change.middle).toBe(naiveMedian(pairs.map(([first, last]) => last - first)));
    expect(anxiety?.fell).toBe(pairs.filter(([first, last]) => last < first).length);
  });

  it("gives uptake for an audit year once somebody has said how many could have come", async () => {
    const RECORD = "mutation ($rows: [DenominatorInput!]!) { recordDenominators(rows: $rows) }";
    const row = { programmeCode: "CR-VALLEY", auditYear: 2025, eligible: 200, source: "HES 2025/26" };
    expect((await gql("admin", RECORD, { rows: [row] })).data).toEqual({ recordDenominators: 1 });
    expect((await gql("admin", RECORD, { rows: [{ ...row, programmeCode: "CR-NOWHERE" }] })).errors[0]?.extensions.code).toBe(
      "NOT_FOUND",
    );
    const { data } = await gql<{ programmeReport: Report }>("team", REPORT, { code: "CR-VALLEY", period: PERIOD });
    expect(data?.programmeReport.uptakePercent).toBe((data?.programmeReport.counts.started ?? 0) / 2);
    expect((await reportOf()).uptakePercent).toBeNull();
  });

  it("is a page without scripts that nothing can be put into, and a CSV file, each with one entry", async () => {
    const before = await entryCount("READ_PROGRAMME_REPORT");
    const path = `/programmes/CR-VALLEY/report`;
    const page = await fetchAs("team", `${path}.html?from=${PERIOD.from}&to=${PERIOD.to}`);
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(html).toContain('<html lang="en-GB">');
    expect(html).not.toContain("<script");
    expect(html.match(/<table>/g)?.length).toBe(html.match(/<caption>/g)?.length);
    const csv = await fetchAs("submitter", `${path}.csv?from=${PERIOD.from}&to=${PERIOD.to}`);
    const rows: Readonly<Record<string, string>>[] = parse(await csv.text(), { bom: true, columns: true });
    expect(rows.find(({ line }) => line === "Started the core programme")?.value).toMatch(/^\d+$/);
    expect((await entryCount("READ_PROGRAMME_REPORT")) - before).toBe(2);
  });

  it.each(["/programmes/CR-COAST/report.html?from=2025-04-01&to=2026-03-31", "/programmes/CR-COAST/importer.zip"])(
    "is not there for another organisation's team: %s",
    async (path) => {
      const answers = await Promise.all([
        fetchAs("team", path),
        fetchAs("team", path.replace("COAST", "NOWHERE")),
        fetchAs("guardian", path),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    },
  );

  it.each([
    ["2026-02-30", "2026-03-31"],
    ["2026-03-31", "2026-01-01"],
    ["1990-01-01", "2026-01-01"],
  ])("refuses the period %s to %s", async (from, to) => {
    expect((await fetchAs("team", `/programmes/CR-VALLEY/report.csv?from=${from}&to=${to}`)).status).toBe(400);
  });
});

describe("completeness", () => {
  const COMPLETENESS = `query ($period: ReportPeriodInput!) { completeness(programmeCode: "CR-VALLEY", period: $period) {
    fields { recordType item mandatory rows known unknown percent nationalPercent trend { month rows known } } } }`;
  interface Field {
    readonly recordType: string;
    readonly item: string;
    readonly rows: number;
    readonly known: number;
    readonly percent: number | null;
    readonly nationalPercent: number | null;
    readonly trend: readonly { readonly month: string; readonly rows: number; readonly known: number }[];
  }
  const fieldOf = async (recordType: string, item: string): Promise<Field> => {
    const { data, text } = await gql<{ completeness: { fields: readonly Field[] } }>("team", COMPLETENESS, {
      period: { from: "2025-03-01", to: "2026-12-31" },
    });
    const found = data?.completeness.fields.find((field) => field.recordType === recordType && field.item === item);
    if (found === undefined) throw new Error(text.slice(0, 400));
    return found;
  };

  it("counts an item of the rehabilitations of the period as the rows say", async () => {
    const field = await fieldOf("REHABILITATION", "coreEndDate");
    const [row] = await submitter().gateway.database.query(
      "select count(*)::int as rows, count(core_end_date)::int as known from public.rehabilitation where anchor_date between '2025-03-01' and '2026-12-31' and programme_code = 'CR-VALLEY'",
    );
    expect(field).toMatchObject({ rows: row?.rows, known: row?.known });
    expect(field.trend.reduce((sum, { known }) => sum + known, 0)).toBe(field.known);
    expect(field.rows).toBeGreaterThan(5);
  });

  it("counts numbers by their digests, and does not count what is sealed", async () => {
    const field = await fieldOf("PATIENT", "nhsNumber");
    expect(field.known).toBe(field.rows);
    await expect(fieldOf("PATIENT", "surname")).rejects.toThrow();
  });

  it("says that there is nothing to compare with where no cut is published", async () => {
    const { data } = await gql<{ completeness: { national: unknown; fields: { nationalPercent: number | null }[] } }>(
      "team",
      `query ($period: ReportPeriodInput!) { completeness(programmeCode: "CR-VALLEY", period: $period) { national { cutNumber } fields { nationalPercent } } }`,
      { period: PERIOD },
    );
    expect(data?.completeness.national).toBeNull();
    expect(data?.completeness.fields.every(({ nationalPercent }) => nationalPercent === null)).toBe(true);
    const page = await fetchAs("team", `/programmes/CR-VALLEY/report.html?from=${PERIOD.from}&to=${PERIOD.to}`);
    expect(await page.text()).toContain("there is nothing to compare with");
    const compute = await gql("admin", "mutation { computeThresholds(auditYear: 2025) { standard } }");
    expect(compute.errors[0]?.extensions.code).toBe("NOT_PUBLISHED");
  });
});

describe("a patient's progress", () => {
  const PROGRESS = `query ($id: ID!) { patientProgress(recordId: $id) { rehabilitations { assessments { number date }
    lines { item direction change isMeaningful values { number display meaning } } } } }`;

  it("puts the assessments side by side, with direction and meaning, and one entry", async () => {
    const id = await sharpId();
    const before = await entryCount("READ_PROGRESS");
    const { data, text } = await gql<{ patientProgress: { rehabilitations: { lines: { item: string }[] }[] } }>(
      "team",
      PROGRESS,
      { id },
    );
    if (data === null) throw new Error(text);
    const lines = data.patientProgress.rehabilitations[0]?.lines ?? [];
    expect(lines.find(({ item }) => item === "hadsAnxiety")).toEqual({
      item: "hadsAnxiety",
      direction: "BETTER",
      change: -4,
      isMeaningful: true,
      values: [
        { number: 1, display: "12", meaning: "case" },
        { number: 2, display: "7", meaning: "normal" },
        { number: 3, display: "8", meaning: "borderline" },
      ],
    });
    expect(lines.find(({ item }) => item === "iswtMetres")).toMatchObject({
      direction: "WORSE",
      change: -10,
      isMeaningful: false,
    });
    expect(lines.find(({ item }) => item === "smokingStatus")).toMatchObject({ direction: "BETTER", change: null });
    expect((await entryCount("READ_PROGRESS")) - before).toBe(1);
    expect(text).not.toContain("alert");
  });

  it("is a page with who it is of, escaped", async () => {
    const before = await entryCount("READ_PROGRESS");
    const page = await fetchAs("team", `/patients/${await sharpId()}/progress.html`);
    const html = await page.text();
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).not.toContain("<script");
    expect(html).toContain("12 (case)");
    expect((await entryCount("READ_PROGRESS")) - before).toBe(1);
  });

  it("is the clinical team's of the organisation alone", async () => {
    const path = `/patients/${await sharpId()}/progress.html`;
    const answers = await Promise.all((["submitter", "vendor", "team2"] as const).map((as) => fetchAs(as, path)));
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 404]);
  });
});

describe("the importer's files", () => {
  const exportAs = async (as: DemoIdentity, programmeCode = "CR-VALLEY"): Promise<Buffer> => {
    const answer = await fetchAs(as, `/programmes/${programmeCode}/importer.zip`);
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  };

  it("come back as UNCHANGED, every record of them", async () => {
    const before = await entryCount("EXPORT_IMPORTER");
    let records = 0;
    for (const programmeCode of ["CR-VALLEY", "CR-HILL"]) {
      const file = await exportAs("team", programmeCode);
      const options = { datasetVersion: LATEST_DATASET_VERSION, programmeCode };
      const { counts, status } = await sendFile(submitter().gateway, file, options, "export.zip");
      const { received = 0, unchanged } = counts;
      expect({ unchanged, status }).toEqual({ unchanged: received, status: "COMPLETED" });
      records += received;
    }
    const [stored] = await submitter().gateway.database.query(
      [
        "patient",
        "initiating_event",
        "treatment",
        "rehabilitation",
        "assessment",
        "drug",
        "acute_event",
        "comorbidity",
        "previous_event",
      ]
        .map((table) => `(select count(*) from public.${table})`)
        .join(" + ")
        .replace(/^/, "select (")
        .concat(")::int as n"),
    );
    expect(records).toBe(stored?.n);
    expect((await entryCount("EXPORT_IMPORTER")) - before).toBe(2);
  });

  it("come back as UPDATED where a value was changed meanwhile (control)", async () => {
    const { database } = submitter().gateway;
    const file = await exportAs("team");
    await database.query("update public.assessment set hads_anxiety = 20 where hads_anxiety = 12 and date = '2026-01-20'");
    const answer = await sendFile(submitter().gateway, file, { datasetVersion: LATEST_DATASET_VERSION }, "export.zip");
    expect(answer.counts.updated).toBe(1);
  });

  it("name nobody to somebody who is not of the clinical team", async () => {
    const text = (await exportAs("submitter")).toString("latin1");
    expect(text.startsWith("PK")).toBe(true);
    expect(text).not.toContain("alert");
    // Of another product, so that no id of the record is known either.
    const options = { datasetVersion: LATEST_DATASET_VERSION, sourceSystem: { vendor: "Other", product: "Other", version: "1" } };
    const answer = await sendFile(submitter().gateway, await exportAs("submitter"), options, "export.zip");
    expect(answer.counts).toMatchObject({ unchanged: 0, created: 0, updated: 0 });
  });
});
