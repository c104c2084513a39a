/** Reading the stored results of submissions: of however many, in one transaction and two statements. */
import type { OrganisationKeys } from "../keys/key-ring.ts";
import type { OrganisationActor } from "../records/actor.ts";
import type { RecordOutcome, RecordResult } from "../records/submission-record.ts";
import type { Page, ResultPlace, ResultsRequest, StatusStore } from "../submission/status-ports.ts";
import type { Transaction } from "./database/unit.ts";
import { isUuid, readIndex, toCursor, toPage } from "./page-cursor.ts";
import { openReportPage } from "./sealed-pages.ts";
import { toArrayLiteral, toColumnLiteral } from "./sql/array-literal.ts";
import { REPORT_INDEX, REPORT_PAGES } from "./sql/status-queries.ts";
import { bytesOf, numberOf, type SqlRow, textOf } from "./sql-row.ts";
import type { StatusReader } from "./status-reader.ts";
import { visibleTo } from "./submission-visibility.ts";

/** A report page as its row in clear tells it. */
interface PageEntry {
  readonly submissionId: string;
  readonly page: number;
  readonly firstIndex: number;
  readonly outcomes: Readonly<Partial<Record<RecordOutcome, number>>>;
}

const readPageEntry = (row: SqlRow): PageEntry => ({
  submissionId: textOf(row, "submission_id"),
  page: numberOf(row, "page"),
  firstIndex: numberOf(row, "first_idx"),
  outcomes: JSON.parse(textOf(row, "outcomes")),
});

/** How many results of a page have one of the outcomes; null: all of them. */
function countIn(entry: PageEntry, outcomes: ReadonlySet<string> | null): number {
  let count = 0;
  for (const [outcome, amount] of Object.entries(entry.outcomes)) if (outcomes === null || outcomes.has(outcome)) count += amount;
  return count;
}

/** The page an index stands in: the last one that begins at or before it. */
const pageOfIndex = (entries: readonly PageEntry[], index: number): PageEntry | undefined =>
  entries.findLast((entry) => entry.firstIndex <= index);

const choosePageOf = (entries: readonly PageEntry[], index: number): readonly PageEntry[] => {
  const page = pageOfIndex(entries, index);
  return page === undefined ? [] : [page];
};

/** Pages to open for `wanted` results after an index: without those that hold none of the outcomes, and no more than needed. */
function choosePages(
  entries: readonly PageEntry[],
  outcomes: ReadonlySet<string> | null,
  after: number,
  wanted: number,
): readonly PageEntry[] {
  const begin = pageOfIndex(entries, after);
  const chosen: PageEntry[] = [];
  let sure = 0;
  for (const entry of entries) {
    if (begin !== undefined && entry.page < begin.page) continue;
    const count = countIn(entry, outcomes);
    if (count === 0) continue;
    if (sure >= wanted) break;
    chosen.push(entry);
    // Some results of the first page may stand before the index: none of it is counted upon.
    if (entry !== begin) sure += count;
  }
  return chosen;
}

/** What is wanted of one submission's report. */
interface Reading {
  readonly submissionId: string;
  /** Which of its pages to open, once it is known what stands in which. */
  choose(entries: readonly PageEntry[]): readonly PageEntry[];
}

/** The whole index of the report, empty where the actor may not see it, and the results of the pages that were chosen. */
interface Opened {
  readonly entries: readonly PageEntry[];
  readonly results: readonly RecordResult[];
}

async function readReportIndex(
  tx: Transaction,
  actor: OrganisationActor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, readonly PageEntry[]>> {
  const rows = await tx.$queryRaw<SqlRow[]>(REPORT_INDEX([...visibleTo(actor), toArrayLiteral(ids)]));
  return Map.groupBy(rows.map(readPageEntry), (entry) => entry.submissionId);
}

async function readPages(tx: Transaction, ods: string, pages: readonly PageEntry[]): Promise<readonly SqlRow[]> {
  if (pages.length === 0) return [];
  const submissions = toColumnLiteral(pages, (entry) => entry.submissionId);
  const numbers = toColumnLiteral(pages, (entry) => entry.page);
  return tx.$queryRaw<SqlRow[]>(REPORT_PAGES([ods, submissions, numbers]));
}

const placeOf = (submissionId: string, page: number): string => `${submissionId}/${page}`;

async function openPages(rows: readonly SqlRow[], keys: OrganisationKeys): Promise<ReadonlyMap<string, readonly RecordResult[]>> {
  const opened = rows.map(async (row) => {
    const submissionId = textOf(row, "submission_id");
    const page = numberOf(row, "page");
    return [placeOf(submissionId, page), await openReportPage(bytesOf(row, "sealed"), submissionId, page, keys)] as const;
  });
  return new Map(await Promise.all(opened));
}

export class ReportStatus implements Pick<StatusStore, "results" | "resultsAt"> {
  readonly #reader: StatusReader;

  constructor(reader: StatusReader) {
    this.#reader = reader;
  }

  async results(actor: OrganisationActor, requests: readonly ResultsRequest[]): Promise<readonly Page<RecordResult>[]> {
    const wanted = requests.map(({ submissionId, outcomes, page }) => ({
      submissionId,
      first: page.first,
      after: page.after === null ? -1 : readIndex(page.after),
      outcomes: outcomes && new Set<string>(outcomes),
    }));
    const readings = wanted.map(({ submissionId, outcomes, after, first }) => ({
      submissionId,
      choose: (entries: readonly PageEntry[]) => choosePages(entries, outcomes, after, first + 1),
    }));
    const reports = await this.#open(actor, readings);
    return wanted.map(({ outcomes, after, first }, position) => {
      const { entries = [], results = [] } = reports[position] ?? {};
      const rows = results.filter((result) => result.index > after && (outcomes === null || outcomes.has(result.outcome)));
      const total = entries.reduce((sum, entry) => sum + countIn(entry, outcomes), 0);
      return toPage(rows, first, total, (result) => toCursor(result.index));
    });
  }

  async resultsAt(actor: OrganisationActor, places: readonly ResultPlace[]): Promise<readonly (RecordResult | null)[]> {
    const readings = places.map(({ submissionId, index }) => ({
      submissionId,
      choose: (entries: readonly PageEntry[]) => choosePageOf(entries, index),
    }));
    const reports = await this.#open(actor, readings);
    return places.map(({ index }, position) => reports[position]?.results.find((result) => result.index === index) ?? null);
  }

  /**
   * In the order of the readings; none where no id can name a submission. A page wanted by several is read and opened once, and
   * opened only when the transaction has ended.
   */
  async #open(actor: OrganisationActor, readings: readonly Reading[]): Promise<readonly Opened[]> {
    const ids = [...new Set(readings.map(({ submissionId }) => submissionId.toLowerCase()).filter(isUuid))];
    if (ids.length === 0) return [];
    const keys = await this.#reader.organisationKeys(actor);
    const { reports, rows } = await this.#reader.read(actor, async (tx) => {
      const index = await readReportIndex(tx, actor, ids);
      const reports = readings.map(({ submissionId, choose }) => {
        const entries = index.get(submissionId.toLowerCase()) ?? [];
        return { entries, chosen: choose(entries) };
      });
      const pages = new Set(reports.flatMap(({ chosen }) => chosen));
      return { reports, rows: await readPages(tx, actor.ods, [...pages]) };
    });
    const opened = await openPages(rows, keys);
    return reports.map(({ entries, chosen }) => ({
      entries,
      results: chosen.flatMap(({ submissionId, page }) => opened.get(placeOf(submissionId, page)) ?? []),
    }));
  }
}
