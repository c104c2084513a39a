/** Who may have which file of a submission, what answers where there is none, and that nothing identifying is in a report. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Actor, Role } from "../../../src/records/actor.ts";
import type { RecordResult, SubmissionHeader } from "../../../src/records/submission-record.ts";
import { createReportService, type Download, type ReportDependencies } from "../../../src/submission/report/report-service.ts";
import type { AuditPort } from "../../../src/submission/report-ports.ts";
import { dictionary, headerOf, inParts, rejected, SUBMISSION_ID, textOf } from "./report-fixture.ts";

const actorOf = (role: Role, more: Partial<Actor> = {}): Actor => ({
  clientId: "client-1",
  role,
  ods: "RXX",
  programmes: ["CR-VALLEY"],
  scopes: ["submissions:read"],
  ...more,
});

const REPLAY_ID = "01939f2e-5a00-7000-8000-000000000002";
const PAYLOAD = [
  { sourceRecordId: "a", patient: { surname: "Canary" } },
  { sourceRecordId: "b", patient: {} },
];

type Audited = Parameters<AuditPort["record"]>[0];

let audited: Audited[] = [];
let headers: readonly SubmissionHeader[] = [];
let envelope: string | null = null;
let results: readonly RecordResult[] = [];

beforeEach(() => {
  audited = [];
  headers = [headerOf({ channel: "RECORDS" })];
  envelope = JSON.stringify(PAYLOAD);
  results = [rejected(0, "records[0].patient")];
});

const notUsed = () => Promise.reject(new Error("not asked for here"));
const dependencies = (more: Partial<ReportDependencies> = {}): ReportDependencies => ({
  status: { submission: async (_actor, id) => headers.find((header) => header.id === id) ?? null },
  reports: { results: () => inParts(results), submittedFile: async () => null },
  envelopes: { readEnvelope: async (_actor, id) => (id === SUBMISSION_ID ? envelope : null) },
  uploads: { find: async () => null, open: notUsed },
  files: { open: notUsed, readRaw: () => inParts([]) as never },
  parts: { fhirResources: () => [], groupOfFileEntry: () => null },
  audit: { record: async (entry) => void audited.push(entry) },
  dictionaryForAnswer: () => dictionary,
  ...more,
});

const service = (more: Partial<ReportDependencies> = {}) => createReportService(dependencies(more));
const codeOf = (asked: Promise<Download>): Promise<string> =>
  asked.then(
    () => "GIVEN",
    (error: { readonly code?: string }) => error.code ?? "FAULT",
  );

describe("a report", () => {
  it.each<[Role, string]>([
    ["SUBMITTER", "GIVEN"],
    ["CLINICAL_TEAM", "GIVEN"],
    ["VENDOR_APP", "FORBIDDEN"],
    ["CALDICOTT_GUARDIAN", "FORBIDDEN"],
    ["ANALYST", "FORBIDDEN"],
    ["AUDIT_ADMIN", "FORBIDDEN"],
  ])("for a %s is %s", async (role, answer) => {
    const actor = actorOf(role, { clientId: "another" });
    expect(await codeOf(service().reportJson(actor, SUBMISSION_ID))).toBe(answer);
    expect(await codeOf(service().reportCsv(actor, SUBMISSION_ID, "hits"))).toBe(answer);
    // A role that may not ask learns nothing of what there is.
    expect(await codeOf(service().reportJson(actor, "unknown"))).toBe(answer === "GIVEN" ? "NOT_FOUND" : answer);
  });

  it("is named by the submission's id and holds no item's value", async () => {
    const json = await service().reportJson(actorOf("SUBMITTER"), SUBMISSION_ID);
    expect(json.fileName).toBe(`report_${SUBMISSION_ID}.json`);
    const groups = await service().reportCsv(actorOf("SUBMITTER"), SUBMISSION_ID, "groups");
    expect(groups.fileName).toBe(`groups_${SUBMISSION_ID}.csv`);
    expect(await textOf(json.body)).not.toContain("Canary");
    expect(audited.map(({ type, submission }) => [type, submission.id])).toEqual(
      Array(2).fill(["DOWNLOAD_REPORT", SUBMISSION_ID]),
    );
  });
});

describe("failed rows", () => {
  it.each<[Role, string, string]>([
    ["SUBMITTER", "client-1", "GIVEN"],
    ["SUBMITTER", "another", "FORBIDDEN"],
    ["VENDOR_APP", "client-1", "GIVEN"],
    ["VENDOR_APP", "another", "FORBIDDEN"],
    ["CLINICAL_TEAM", "another", "GIVEN"],
    ["CALDICOTT_GUARDIAN", "client-1", "FORBIDDEN"],
    ["ANALYST", "client-1", "FORBIDDEN"],
    ["AUDIT_ADMIN", "client-1", "FORBIDDEN"],
  ])("for a %s of client %s are %s, and only those given are audited", async (role, clientId, answer) => {
    expect(await codeOf(service().failedRows(actorOf(role, { clientId }), SUBMISSION_ID))).toBe(answer);
    expect(audited.map(({ type, actor, submission }) => [type, actor.clientId, submission.id])).toEqual(
      answer === "GIVEN" ? [["DOWNLOAD_FAILED_ROWS", clientId, SUBMISSION_ID]] : [],
    );
  });

  it("are not for who acts for no organisation, and not there for an unknown id", async () => {
    expect(await codeOf(service().failedRows(actorOf("CLINICAL_TEAM", { ods: null }), SUBMISSION_ID))).toBe("FORBIDDEN");
    expect(await codeOf(service().failedRows(actorOf("CLINICAL_TEAM"), "unknown"))).toBe("NOT_FOUND");
  });

  it("hold what was sent, named by the submission's id", async () => {
    const file = await service().failedRows(actorOf("SUBMITTER"), SUBMISSION_ID);
    expect(file).toMatchObject({ fileName: `failed-rows_${SUBMISSION_ID}.ndjson`, contentType: "application/x-ndjson" });
    expect(JSON.parse(await textOf(file.body))).toMatchObject({ sourceRecordId: "a", patient: { surname: "Canary" } });
  });

  it("of an importer file are named by what the file has to say it holds", async () => {
    headers = [headerOf({ channel: "FILE" })];
    const upload = { id: "u", ods: "RXX", recordType: "ACUTE_EVENT" } as Awaited<
      ReturnType<ReportDependencies["uploads"]["find"]>
    >;
    const file = await service({
      reports: { results: () => inParts([]), submittedFile: async () => ({ uploadId: "u", format: "IMPORTER_CSV" }) },
      uploads: { find: async () => upload, open: async () => ({ bytes: 0, read: notUsed, async *stream() {} }) },
    }).failedRows(actorOf("SUBMITTER"), SUBMISSION_ID);
    expect(file.fileName).toBe(`acuteevent_${SUBMISSION_ID}.csv`);
  });

  it("are gone with the input: of a dry run, after its retention, and where the upload expired", async () => {
    envelope = null;
    expect(await codeOf(service().failedRows(actorOf("SUBMITTER"), SUBMISSION_ID))).toBe("GONE");
    headers = [headerOf({ channel: "FILE" })];
    expect(await codeOf(service().failedRows(actorOf("SUBMITTER"), SUBMISSION_ID))).toBe("GONE");
    const submittedFile = async () => ({ uploadId: "u", format: "IMPORTER_CSV" }) as const;
    const reports = { results: () => inParts([]), submittedFile };
    expect(await codeOf(service({ reports }).failedRows(actorOf("SUBMITTER"), SUBMISSION_ID))).toBe("GONE");
    expect(audited).toEqual([]);
  });

  it("of a submission that ran again are those of the input it ran on", async () => {
    headers = [...headers, headerOf({ id: REPLAY_ID, channel: "RECORDS", replayOf: SUBMISSION_ID })];
    results = [rejected(0, "records[1].patient")];
    const file = await service().failedRows(actorOf("SUBMITTER"), REPLAY_ID);
    expect(file.fileName).toContain(REPLAY_ID);
    expect(JSON.parse(await textOf(file.body))).toMatchObject({ sourceRecordId: "b" });
    headers = headers.slice(1);
    expect(await codeOf(service().failedRows(actorOf("SUBMITTER"), REPLAY_ID))).toBe("GONE");
  });
});
