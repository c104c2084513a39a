import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { toCsvRow } from "../../../src/lib/csv-row.ts";
import type { RecordResult } from "../../../src/records/submission-record.ts";
import { type Report, renderReportCsv, renderReportJson } from "../../../src/submission/report/render-report.ts";
import { dictionary, headerOf, inParts, rejected, resultOf, textOf } from "./report-fixture.ts";

const RESULTS: readonly RecordResult[] = [
  resultOf(0, "line 1.patient", {
    changes: [{ field: "ethnicGroup", before: null, after: "WHITE_BRITISH", decision: "SET", previousSource: null }],
  }),
  rejected(1, "line 2.patient"),
  resultOf(2, "line 2.initiatingEvents[0]", {
    recordType: "INITIATING_EVENT",
    outcome: "REJECTED_PARENT",
    sourceRecordId: "=cmd|'/c calc'!A1",
    issues: [
      { severity: "ERROR", code: "PARENT_REJECTED", field: null, expression: "line 2.initiatingEvents[0]", causedBy: 1 },
      { severity: "WARNING", code: "CODE_UNKNOWN", field: "eventType", expression: "line 2.e", suggestion: 'MI, "STEMI"' },
    ],
  }),
];
const HEADER = headerOf({
  issues: [{ severity: "WARNING", code: "COLUMNS_UNRECOGNISED", field: null, expression: "file", params: { count: 2 } }],
  issueGroups: [
    {
      code: "MANDATORY_MISSING",
      severity: "ERROR",
      recordType: "PATIENT",
      field: "gender",
      suggestion: null,
      params: {},
      count: 1,
      cascaded: 1,
      firstRecords: [1],
      causedBy: null,
    },
  ],
});
const report = (): Report => ({ role: "CLINICAL_TEAM", header: HEADER, dictionary, results: inParts(RESULTS) });

interface JsonReport {
  readonly summary: Readonly<Record<string, unknown>>;
  readonly groups: readonly Readonly<Record<string, unknown>>[];
  readonly hits: readonly Readonly<Record<string, unknown>>[];
}
const readJson = async (of: Report): Promise<JsonReport> => JSON.parse(await textOf(renderReportJson(of)));
const readCsv = async (part: Parameters<typeof renderReportCsv>[1]): Promise<Readonly<Record<string, string>>[]> =>
  parse(await textOf(renderReportCsv(report(), part)), { bom: true, columns: true, record_delimiter: "\r\n" });

describe("a report as JSON", () => {
  it("has a summary, the groups with their text, and every hit in input order", async () => {
    const { summary, groups, hits } = await readJson(report());
    expect(summary).toMatchObject({
      id: HEADER.id,
      organisation: "RXX",
      status: "COMPLETED",
      counts: HEADER.counts,
      receipt: { digest: "ab12", keyId: "RXX/1" },
    });
    expect(groups).toEqual([expect.objectContaining({ code: "MANDATORY_MISSING", cascaded: 1, firstRecords: [1] })]);
    expect(groups[0]?.message).toMatch(/Gender/);
    expect(hits.map(({ index, code, outcome }) => [index, code, outcome])).toEqual([
      [null, "COLUMNS_UNRECOGNISED", null],
      [1, "MANDATORY_MISSING", "REJECTED"],
      [2, "PARENT_REJECTED", "REJECTED_PARENT"],
      [2, "CODE_UNKNOWN", "REJECTED_PARENT"],
    ]);
    expect(hits[2]).toMatchObject({ causedBy: 1, recordType: "INITIATING_EVENT", expression: "line 2.initiatingEvents[0]" });
  });

  it("of a submission without a hit, or in work, is a whole document that says so", async () => {
    const header = headerOf({ status: "PROCESSING", outcome: null, completedAt: null, receiptDigest: null });
    expect(await readJson({ role: "SUBMITTER", header, dictionary, results: inParts([]) })).toMatchObject({
      summary: { status: "PROCESSING", outcome: null, receipt: null },
      groups: [],
      hits: [],
    });
  });

  it("has no member for a value", async () => {
    const { hits } = await readJson(report());
    expect(Object.keys(hits[0] ?? {})).toEqual([
      "index",
      "recordType",
      "sourceRecordId",
      "expression",
      "outcome",
      "severity",
      "code",
      "field",
      "message",
      "suggestion",
      "causedBy",
    ]);
    expect(await textOf(renderReportJson(report()))).not.toContain("WHITE_BRITISH");
  });
});

describe("a report as CSV", () => {
  it("holds the same hits, one a row", async () => {
    const { hits } = await readJson(report());
    const rows = await readCsv("hits");
    expect(rows.map(({ index, code, suggestion }) => [index, code, suggestion])).toEqual(
      hits.map(({ index, code, suggestion }) => [String(index ?? ""), code, suggestion ?? ""]),
    );
  });

  it("keeps what a spreadsheet would run from being run", async () => {
    expect((await readCsv("hits"))[2]?.sourceRecordId).toBe("'=cmd|'/c calc'!A1");
  });

  it("has groups and summary as tables of their own", async () => {
    expect(await readCsv("groups")).toEqual([
      expect.objectContaining({ code: "MANDATORY_MISSING", count: "1", firstRecords: "1" }),
    ]);
    const summary = Object.fromEntries((await readCsv("summary")).map(({ name, value }) => [name, value]));
    expect(summary).toMatchObject({
      id: HEADER.id,
      "counts.rejected": "2",
      "receipt.digest": "ab12",
      "sourceSystem.vendor": "Vendor",
    });
  });

  it("begins with a byte order mark and ends its rows with CR LF", async () => {
    const text = await textOf(renderReportCsv(report(), "hits"));
    expect(text).toMatch(/^\uFEFFindex,recordType,/);
    expect(text.split("\r\n").at(-1)).toBe("");
  });
});

describe("a cell", () => {
  it.each([
    ["=1+1", "'=1+1"],
    ["+44", "'+44"],
    ["-5", "'-5"],
    ["@SUM", "'@SUM"],
    ["\tx", "'\tx"],
    ["\rx", '"\'\rx"'],
    ["a,b", '"a,b"'],
    ['a"b', '"a""b"'],
    ["a=b", "a=b"],
    ["", ""],
  ])("%j is written as %j", (text, written) => {
    expect(toCsvRow([text])).toBe(`${written}\r\n`);
  });

  it("that is a number is no formula, and one that is null is empty", () => {
    expect(toCsvRow([-5, null, 1.5])).toBe("-5,,1.5\r\n");
  });
});
