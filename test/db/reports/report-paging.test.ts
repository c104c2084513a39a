/** A page of a report costs the same whatever the size of the report: counted in rows the database looks at, not in time. */
import { beforeAll, describe, expect, it } from "vitest";
import { Prisma } from "../../../src/generated/prisma/client.ts";
import type { BoundSql } from "../../../src/persistence/database/constant-sql.ts";
import { toCursor } from "../../../src/persistence/page-cursor.ts";
import { NEXT_REPORT_PAGES, REPORT_INDEX, REPORT_PLACES } from "../../../src/persistence/sql/status-queries.ts";
import type { RecordOutcome } from "../../../src/records/submission-record.ts";
import type { ResultsRequest } from "../../../src/submission/status-ports.ts";
import { databaseKind, provideDatabase } from "../../support/database.ts";
import { actorOf, createStores } from "../stores/store-fixture.ts";
import { resultAt, resultsUpTo, storeResults } from "./report-fixture.ts";

const SMALL = 1_000;
const LARGE = 100_000;
const own = actorOf("RAA", "P1");
const visible = [own.ods, null, null, null];

const testDatabase = provideDatabase();
let stores: ReturnType<typeof createStores>;
let small = "";
let large = "";

beforeAll(async () => {
  stores = createStores(testDatabase().database);
  small = await storeResults(stores.submissions, own, resultsUpTo(SMALL));
  large = await storeResults(stores.submissions, own, resultsUpTo(LARGE));
  await testDatabase().query("analyze public.submission_report");
});

/** The part of a plan's node that is looked at here. */
interface PlanNode {
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Index Recheck"?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Report pages looked at, whether or not they came into the answer. */
function countLooked(node: PlanNode): number {
  const looked = node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0) + (node["Rows Removed by Index Recheck"] ?? 0);
  const own = node["Relation Name"] === "submission_report" ? looked * node["Actual Loops"] : 0;
  return (node.Plans ?? []).reduce((sum, inner) => sum + countLooked(inner), own);
}

async function pagesLookedAt(sql: BoundSql): Promise<number> {
  const { database } = testDatabase();
  const rows = await database.withRole({ role: "nacr_app", ods: own.ods, programmes: own.programmes }, (tx) =>
    tx.$queryRaw<{ "QUERY PLAN": unknown }[]>(Prisma.sql`explain (analyze, format json) ${sql}`),
  );
  const found = rows[0]?.["QUERY PLAN"];
  const [{ Plan: plan }]: [{ Plan: PlanNode }] =
    typeof found === "string" ? JSON.parse(found) : JSON.parse(JSON.stringify(found));
  return countLooked(plan);
}

const indexOf = (id: string, after: number, first: number, outcomes: readonly RecordOutcome[] | null): BoundSql =>
  REPORT_INDEX([
    ...visible,
    "{0}",
    `{${id}}`,
    `{${after}}`,
    `{${first + 2}}`,
    outcomes === null ? "{NULL}" : `{"{${outcomes.join()}}"}`,
  ]);

const PAGE = 100;
const readings: readonly (readonly [string, (id: string, size: number) => BoundSql, number])[] = [
  ["the first page", (id) => indexOf(id, -1, PAGE, null), PAGE + 2],
  ["a page in the middle", (id, size) => indexOf(id, size / 2, PAGE, null), PAGE + 3],
  ["the last page", (id, size) => indexOf(id, size - 2, PAGE, null), 2],
  ["a rare outcome from the start", (id) => indexOf(id, -1, PAGE, ["HELD", "CREATED"]), 0],
  ["one result by its index", (id, size) => REPORT_PLACES([...visible, `{${id}}`, `{${size - 7}}`]), 1],
  ["the next pages of a download", (id, size) => NEXT_REPORT_PAGES([...visible, id, size / 2, 8, null]), 8],
];

describe("the cost of a page", () => {
  it.each(readings)("%s is the same at 10^3 and 10^5 results", async (_, sqlOf, most) => {
    expect(await pagesLookedAt(sqlOf(small, SMALL))).toBeLessThanOrEqual(most);
    expect(await pagesLookedAt(sqlOf(large, LARGE))).toBeLessThanOrEqual(most);
  });

  it("of rejected records is that of the pages that hold some, not of those before them", async () => {
    expect(await pagesLookedAt(indexOf(large, 50_000, 1, ["REJECTED", "REJECTED_PARENT"]))).toBeLessThanOrEqual(1 + 2 * 3);
  });

  it("is seen where all pages are looked at: the control of the count", async () => {
    const whole = Prisma.sql`select r.page, r.outcomes::text from public.submission_report r
      where r.ods = ${own.ods} and r.submission_id = ${large}::uuid order by r.page`;
    expect(await pagesLookedAt(whole)).toBeGreaterThanOrEqual(LARGE / 100);
  });
});

describe("a large report", () => {
  const page = (after: number | null, first: number, outcomes: readonly RecordOutcome[] | null = null) =>
    stores.status.results(own, [
      { submissionId: large, outcomes, page: { first, after: after === null ? null : toCursor(after) } },
    ]);

  it("is read from any place of it", async () => {
    const [middle] = await page(54_321, 3);
    expect(middle?.nodes.map(({ node }) => node)).toEqual([54_322, 54_323, 54_324].map(resultAt));
    expect(middle).toMatchObject({ hasNextPage: true, totalCount: LARGE });
    const [end] = await page(LARGE - 2, 3);
    expect(end?.nodes.map(({ node }) => node)).toEqual([resultAt(LARGE - 1)]);
    expect(end?.hasNextPage).toBe(false);
    expect((await page(999_999_999, 3))[0]?.nodes).toEqual([]);
    expect(await stores.status.resultsAt(own, [{ submissionId: large, index: 2 ** 31 }])).toEqual([null]);
  });

  it("is read by outcome, with REJECTED and REJECTED_PARENT told apart in the total", async () => {
    const [rejected] = await page(50_000, 2, ["REJECTED"]);
    expect(rejected?.nodes.map(({ node }) => node.index)).toEqual([50_998, 51_998]);
    expect(rejected?.totalCount).toBe(100);
    expect((await page(null, 1, ["REJECTED", "REJECTED_PARENT"]))[0]?.totalCount).toBe(200);
    expect((await page(null, 1, ["UPDATED"]))[0]?.totalCount).toBe(LARGE - 200);
    expect((await page(null, 1, ["HELD"]))[0]).toEqual({ nodes: [], hasNextPage: false, totalCount: 0 });
  });

  it("takes as long as a small one", async () => {
    const timeOf = async (read: () => Promise<unknown>): Promise<number> => {
      await read();
      const began = performance.now();
      for (let n = 0; n < RUNS; n++) await read();
      return (performance.now() - began) / RUNS;
    };
    const reads: Readonly<Record<string, (id: string, size: number) => Promise<unknown>>> = {
      "a result by its index": (submissionId, size) => stores.status.resultsAt(own, [{ submissionId, index: size - 1 }]),
      "a page in the middle": (submissionId, size) => stores.status.results(own, [middleOf(submissionId, size, null)]),
      "a page of rejected records": (submissionId, size) =>
        stores.status.results(own, [middleOf(submissionId, size, ["REJECTED"])]),
    };
    for (const [name, read] of Object.entries(reads)) {
      const [atSmall, atLarge] = [await timeOf(() => read(small, SMALL)), await timeOf(() => read(large, LARGE))];
      console.log(`${databaseKind}: ${name}: ${atSmall.toFixed(1)} ms of ${SMALL} results, ${atLarge.toFixed(1)} ms of ${LARGE}`);
      // What grows with the report is counted above; this says that nothing else does. The machine has other work too.
      expect(atLarge).toBeLessThan(5 * atSmall + 10);
    }
  });
});

const RUNS = 20;
const middleOf = (submissionId: string, size: number, outcomes: readonly RecordOutcome[] | null): ResultsRequest => ({
  submissionId,
  outcomes,
  page: { first: 20, after: toCursor(size / 2) },
});
