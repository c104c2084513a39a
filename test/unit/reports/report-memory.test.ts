/** A report of a million results is rendered in the memory of one of a thousand. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import type { RecordResult } from "../../../src/records/submission-record.ts";
import { collectFailures, partOfFile } from "../../../src/submission/report/collect-failures.ts";
import { type Report, renderReportCsv, renderReportJson } from "../../../src/submission/report/render-report.ts";
import { dictionary, headerOf, rejected } from "./report-fixture.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const MIB = 1024 * 1024;
const PAGE = 100;

/** Made when they are asked for, each with an error. */
async function* failingResults(count: number): AsyncGenerator<readonly RecordResult[]> {
  for (let start = 0; start < count; start += PAGE)
    yield Array.from({ length: PAGE }, (_, offset) => rejected(start + offset, `line ${start + offset + 1}`));
}

const reportOf = (count: number): Report => ({
  role: "SUBMITTER",
  header: headerOf(),
  dictionary,
  results: failingResults(count),
});

/** Bytes that come through, and the most of memory that is held on the way. @param keep what the reader holds on to */
async function weigh(pieces: AsyncIterable<string>, keep: (piece: string) => void = () => undefined) {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  let bytes = 0;
  let most = 0;
  let count = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    keep(piece);
    count += 1;
    if (count % 500 === 0) {
      collectGarbage();
      most = Math.max(most, process.memoryUsage().heapUsed - before);
    }
  }
  return { bytes, most };
}

const MOST = 12 * MIB;

describe("a report of very many hits", () => {
  it("streams as JSON in flat memory", { timeout: 60_000 }, async () => {
    const { bytes, most } = await weigh(renderReportJson(reportOf(1_000_000)));
    expect(bytes).toBeGreaterThan(200 * MIB);
    expect(most).toBeLessThan(MOST);
  });

  it("streams as CSV in flat memory", { timeout: 60_000 }, async () => {
    const { bytes, most } = await weigh(renderReportCsv(reportOf(400_000), "hits"));
    expect(bytes).toBeGreaterThan(32 * MIB);
    expect(most).toBeLessThan(MOST);
  });

  it("is more than that where the reader keeps it: the control of the weighing", { timeout: 60_000 }, async () => {
    const kept: Buffer[] = [];
    const held: string[] = [];
    const { most } = await weigh(renderReportCsv(reportOf(200_000), "hits"), (piece) => {
      kept.push(Buffer.from(piece));
      // A copy, so that it weighs on the heap.
      held.push(Buffer.from(piece).toString());
    });
    expect(kept.length).toBe(held.length);
    expect(most).toBeGreaterThan(MOST);
  });
});

describe("the places of a million failing rows", () => {
  it("are kept in some bytes each, with each way of failing once", { timeout: 60_000 }, async () => {
    collectGarbage();
    const before = process.memoryUsage();
    const failures = await collectFailures(failingResults(1_000_000), partOfFile, dictionary);
    collectGarbage();
    const after = process.memoryUsage();
    expect(failures.reasonsAt("line 1000000")).toEqual([
      expect.objectContaining({ code: "MANDATORY_MISSING", expression: "gender" }),
    ]);
    expect(failures.reasonsAt("line 1000001")).toBeNull();
    expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(8 * MIB);
  });
});
