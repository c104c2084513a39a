/** Certification as programmes and administrators see it, against figures worked out naively from what was sent. */
import { describe, expect, it } from "vitest";
import type { DemoIdentity } from "../../support/gateway.ts";
import { drawJourneys, naiveFigures, type SentJourney, toRecord } from "../../support/reporting-oracle.ts";
import { provideSubmitter } from "../submission/submitting.ts";

const submitter = provideSubmitter();
const YEAR = 2025;
const SENT = drawJourneys(120, 11);

const CERTIFICATION = `query ($code: String!, $year: Int!) { certification(programmeCode: $code, auditYear: $year) {
  programme { code } auditYear nation colour met isProvisional next { colour standards }
  standards { standard kpi numerator denominator value verdict isWithheld unit threshold { value auditYear status } shortfall { amount text } }
  provisional { standard code text } } }`;

interface Standard {
  readonly standard: string;
  readonly numerator: number | null;
  readonly denominator: number | null;
  readonly value: number | null;
  readonly verdict: string;
  readonly isWithheld: boolean;
  readonly shortfall: { readonly amount: number } | null;
}
interface Answer {
  readonly colour: string;
  readonly met: number;
  readonly isProvisional: boolean;
  readonly next: { readonly colour: string; readonly standards: number } | null;
  readonly standards: readonly Standard[];
  readonly provisional: readonly { readonly standard: string; readonly code: string }[];
}

const ask = (as: DemoIdentity, code = "CR-VALLEY", year = YEAR) =>
  submitter().gateway.gql<{ certification: Answer }>(as, CERTIFICATION, { code, year });
const certificationOf = async (as: DemoIdentity, code?: string): Promise<Answer> => {
  const { data, text } = await ask(as, code);
  if (data === null) throw new Error(text);
  return data.certification;
};
const standardOf = ({ standards }: Answer, wanted: string): Standard => {
  const found = standards.find(({ standard }) => standard === wanted);
  if (found === undefined) throw new Error(`no ${wanted}`);
  return found;
};
const send = async (sent: readonly SentJourney[], as: DemoIdentity = "submitter") => {
  const answer = await submitter().records(sent.map(toRecord), {}, as);
  expect(answer.counts.rejected).toBe(0);
};
const gql = <Data>(as: DemoIdentity, query: string, variables: Readonly<Record<string, unknown>> = {}) =>
  submitter().gateway.gql<Data>(as, query, variables);

const SURVEY = `mutation ($staff: [SurveyStaffInput!]!, $groups: [PriorityGroup!]!) {
  recordProgrammeSurvey(programmeCode: "CR-VALLEY", auditYear: ${YEAR}, staff: $staff, groupsOffered: $groups) { id groupsOffered } }`;
const STAFF = ["Nurse", "Physiotherapist", "Dietitian", "nurse "].map((profession) => ({ profession, wte: 0.5, regular: true }));
const GROUPS = ["MI", "MI_PCI", "PCI", "CABG", "HEART_FAILURE"];

describe("certification of a programme", () => {
  it("fails without anything, says what is missing, and tells how far red is", async () => {
    const empty = await certificationOf("team");
    expect(empty).toMatchObject({ colour: "FAIL", met: 0, isProvisional: true, next: { colour: "RED", standards: 1 } });
    expect(empty.provisional.filter(({ code }) => code === "NO_DATA")).toHaveLength(7);
  });

  it("counts what was sent as somebody counts it by hand", async () => {
    await send(SENT);
    const naive = naiveFigures(SENT, YEAR);
    const certification = await certificationOf("team");
    expect(naive.started).toBeGreaterThan(40);
    expect(standardOf(certification, "ASSESSMENT_1")).toMatchObject({ numerator: naive.first, denominator: naive.started });
    expect(standardOf(certification, "ASSESSMENT_2")).toMatchObject({ numerator: naive.second, denominator: naive.started });
    expect(standardOf(certification, "DURATION").value).toBe(naive.duration);
    expect(standardOf(certification, "CABG_WAIT")).toMatchObject({ value: naive.cabgWait, denominator: naive.cabgCount });
    expect(standardOf(certification, "MI_PCI_WAIT").value).toBe(naive.miWait);
  });

  it("finds a figure that is off by one patient (control)", () => {
    const [first, ...rest] = SENT.filter(({ start }) => start !== null && start >= "2025-04-01" && start < "2026-04-01");
    expect(first).toBeDefined();
    expect(naiveFigures(rest, YEAR).started).not.toBe(naiveFigures(SENT, YEAR).started);
  });

  it("takes the survey for standards 1 and 2, two spellings of a profession as one, and keeps earlier answers", async () => {
    expect((await gql("team", SURVEY, { staff: STAFF.slice(0, 2), groups: ["MI"] })).errors).toEqual([]);
    expect(standardOf(await certificationOf("team"), "MULTIDISCIPLINARY_TEAM")).toMatchObject({
      verdict: "NOT_MET",
      shortfall: { amount: 1 },
    });
    expect((await gql("team", SURVEY, { staff: STAFF, groups: GROUPS })).errors).toEqual([]);
    const certification = await certificationOf("team");
    expect(standardOf(certification, "MULTIDISCIPLINARY_TEAM")).toMatchObject({ verdict: "MET", value: 3 });
    expect(standardOf(certification, "PRIORITY_GROUPS")).toMatchObject({ verdict: "MET", numerator: 5, denominator: 5 });
    const surveys = await gql<{ programmeSurveys: unknown[] }>(
      "team",
      `query { programmeSurveys(programmeCode: "CR-VALLEY", auditYear: ${YEAR}) { id } }`,
    );
    expect(surveys.data?.programmeSurveys).toHaveLength(2);
  });

  it("says of an unmet share how many assessments are missing, and that so many would do", async () => {
    const { numerator, denominator, shortfall } = standardOf(await certificationOf("team"), "ASSESSMENT_2");
    if (shortfall === null) throw new Error("the standard is met: choose another seed");
    const needed = (57 * (denominator ?? 0)) / 100;
    expect((numerator ?? 0) + shortfall.amount).toBeGreaterThanOrEqual(needed);
    expect((numerator ?? 0) + shortfall.amount - 1).toBeLessThan(needed);
  });

  it("takes the site's own thresholds before the shipped ones, and is final once every row is of the year and confirmed", async () => {
    const row = { auditYear: YEAR, nation: "ENGLAND", basis: "COMPUTED", status: "CONFIRMED", source: "Cut of May 2026" };
    const values = { MULTIDISCIPLINARY_TEAM: 3, PRIORITY_GROUPS: 5, DURATION: 20, ASSESSMENT_1: 1, ASSESSMENT_2: 1 };
    const rows = [
      ...Object.entries(values).map(([standard, value]) => ({ ...row, standard, value, operator: "AT_LEAST" })),
      ...["CABG_WAIT", "MI_PCI_WAIT"].map((standard) => ({ ...row, standard, value: 100, operator: "AT_MOST" })),
    ];
    const RECORD = "mutation ($rows: [ThresholdInput!]!) { recordThresholds(rows: $rows) { standard value } }";
    const recorded = await gql<{ recordThresholds: unknown[] }>("admin", RECORD, { rows });
    expect(recorded.data?.recordThresholds).toHaveLength(7);
    expect(await certificationOf("team")).toMatchObject({ colour: "GREEN", met: 7, isProvisional: false, next: null });
    expect((await gql("team", RECORD, { rows })).errors).not.toEqual([]);
  });

  it("answers of a programme of another organisation as of one that is none", async () => {
    const [foreign, none] = [await ask("team", "CR-COAST"), await ask("team", "CR-NOWHERE")];
    expect(foreign.errors[0]?.extensions.code).toBe("FORBIDDEN");
    expect(foreign.errors[0]?.message).toBe(none.errors[0]?.message);
    expect(none.errors[0]?.extensions.code).toBe("FORBIDDEN");
    expect((await ask("admin", "CR-NOWHERE")).errors[0]?.extensions.code).toBe("FORBIDDEN");
  });
});

const PATIENTS = `query ($state: CertificationPatientState, $after: String, $first: Int!) {
  certificationPatients(programmeCode: "CR-VALLEY", auditYear: ${YEAR}, standard: ASSESSMENT_1, state: $state, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { rehabilitationId patientRecordId sourceRecordId state } } }`;
interface PatientsAnswer {
  readonly certificationPatients: {
    readonly totalCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
    readonly nodes: readonly { readonly sourceRecordId: string; readonly state: string; readonly rehabilitationId: string }[];
  };
}

describe("who is behind a figure", () => {
  it("names exactly those who are missing, by the hospital's own ids, page by page", async () => {
    const found: string[] = [];
    for (let after: string | null = null; ; ) {
      const answer: { readonly data: PatientsAnswer | null } = await gql("submitter", PATIENTS, {
        state: "NOT_MET",
        first: 5,
        after,
      });
      const { data } = answer;
      if (data === null) throw new Error("the list was refused");
      found.push(...data.certificationPatients.nodes.map(({ sourceRecordId }) => sourceRecordId));
      if (!data.certificationPatients.pageInfo.hasNextPage) break;
      after = data.certificationPatients.pageInfo.endCursor;
    }
    const missing = SENT.filter(
      ({ start, assessments }) => start !== null && start >= "2025-04-01" && assessments[1] === undefined,
    );
    expect([...found].sort()).toEqual(missing.map(({ seed }) => `rec-${seed}`).sort());
    expect(found.length).toBeGreaterThan(5);
  });

  it("leaves one entry for each page, with the patients that were named", async () => {
    const before = await entries("LIST_CERTIFICATION_PATIENTS");
    await gql("team", PATIENTS, { first: 3 });
    const after = await entries("LIST_CERTIFICATION_PATIENTS");
    expect(after.length - before.length).toBe(1);
    expect(after.at(-1)).toMatchObject({ programme_code: "CR-VALLEY", patients: 3, agent_role: "CLINICAL_TEAM" });
  });

  it("is no business of an administrator", async () => {
    expect((await gql("admin", PATIENTS, { first: 3 })).data).toBeNull();
  });
});

const entries = (type: string) =>
  submitter().gateway.database.query(
    "select programme_code, agent_role, cardinality(patient_ids) as patients from audit.event where type = $1 order by at",
    [type],
  );

describe("an administrator of the audit", () => {
  it("sees nothing of patients who may not go to the national side", async () => {
    const certification = await certificationOf("admin");
    expect(standardOf(certification, "ASSESSMENT_1")).toMatchObject({
      numerator: null,
      denominator: null,
      value: null,
      isWithheld: true,
    });
    expect(certification.standards.every(({ shortfall }) => shortfall === null)).toBe(true);
  });

  it("sees rounded figures of the others, and none of fewer than eight", async () => {
    await submitter().gateway.database.query(
      `insert into national_feed.member (ods, patient_id, subject) select ods, id, row_number() over () from public.patient on conflict do nothing`,
    );
    const certification = await certificationOf("admin");
    const naive = naiveFigures(SENT, YEAR);
    const shown = standardOf(certification, "ASSESSMENT_1");
    expect(shown.denominator).toBe(Math.floor(naive.started / 5 + 0.5) * 5);
    expect((shown.numerator ?? 1) % 5).toBe(0);
    for (const { denominator, numerator } of certification.standards.slice(2))
      for (const count of [denominator, numerator]) expect(count === null || count >= 8).toBe(true);
  });

  it("lists when every programme last sent, against what was agreed", async () => {
    const LATENESS =
      "query { programmeLateness { totalCount nodes { programme { code } frequency isLate daysLate lastSubmittedAt } } }";
    interface Listed {
      readonly programmeLateness: { readonly totalCount: number; readonly nodes: readonly Readonly<Record<string, unknown>>[] };
    }
    const { data } = await gql<Listed>("admin", LATENESS);
    expect(data?.programmeLateness.totalCount).toBe(3);
    expect(data?.programmeLateness.nodes).toMatchObject([
      { programme: { code: "CR-COAST" }, isLate: true, daysLate: null, lastSubmittedAt: null, frequency: "MONTHLY" },
      { programme: { code: "CR-HILL" }, isLate: true },
      { programme: { code: "CR-VALLEY" }, isLate: false, daysLate: 0 },
    ]);
    const SET = `mutation { setSubmissionFrequency(programmeCode: "CR-VALLEY", frequency: DAILY) { frequency isLate } }`;
    expect((await gql<object>("admin", SET)).data).toEqual({ setSubmissionFrequency: { frequency: "DAILY", isLate: false } });
    await submitter().gateway.database.query("update public.submission set completed_at = completed_at - interval '3 days'");
    expect((await gql<Listed>("admin", LATENESS)).data?.programmeLateness.nodes[2]).toMatchObject({ isLate: true, daysLate: 2 });
    expect((await gql("team", LATENESS)).errors).toHaveLength(1);
  });
});
