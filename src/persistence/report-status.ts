/** Reading the stored results of submissions: of however many, in one transaction and two statements. */
import type { OrganisationKeys } from "../keys/organisation-keys.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { type AuditEntry, entryOf } from "../records/audit-entry.ts";
import type { RecordOutcome, RecordResult, SubmissionCounts } from "../records/submission-record.ts";
import type { Page, ResultPlace, ResultsRequest, StatusStore } from "../submission/status-ports.ts";
import type { Transaction } from "./database/unit.ts";
import { isUuid, readIndex, toCursor, toPage } from "./page-cursor.ts";
import { openReportPage } from "./sealed-pages.ts";
import { toColumnLiteral } from "./sql/array-literal.ts";
import { REPORT_INDEX, REPORT_PAGES, REPORT_PLACES } from "./sql/status-queries.ts";
import { bytesOf, numberOf, optionalNumberOf, type SqlRow, textOf } from "./sql-row.ts";
import type { StatusReader } from "./status-reader.ts";
import { readCounts } from "./submission-header.ts";
import { visibleTo } from "./submission-visibility.ts";

/** The largest index a result can have: a caller may name a larger one, which the column's type has not. */
const LAST_INDEX = 2 ** 31 - 1;

/** Names a report page. */
interface PageKey {
  readonly submissionId: string;
  readonly page: number;
}

/** A report page as its row in clear tells it. */
interface PageEntry extends PageKey {
  readonly firstIndex: number;
  readonly outcomes: Readonly<Partial<Record<RecordOutcome, number>>>;
}

/** A request for results, read. */
interface Wanted {
  readonly submissionId: string;
  readonly first: number;
  /** -1: from the start. */
  readonly after: number;
  readonly outcomes: readonly RecordOutcome[] | null;
}

/** What the pages' rows in clear tell of a request: the pages to open, and how many results there are in all. */
interface Located {
  readonly pages: readonly PageEntry[];
  readonly total: number;
}

const NOWHERE: Located = { pages: [], total: 0 };

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

/** Of the pages that may be needed, no more than are. `pages` begin with the one in which `after` stands, where it has any wanted. */
function choosePages(pages: readonly PageEntry[], { after, first, outcomes }: Wanted): readonly PageEntry[] {
  const wanted = outcomes && new Set<string>(outcomes);
  const chosen: PageEntry[] = [];
  let sure = 0;
  for (const entry of pages) {
    // One more than asked for tells whether there is another page.
    if (sure > first) break;
    chosen.push(entry);
    // Some results of a page may stand before the index: none of it is counted upon.
    if (entry.firstIndex > after) sure += countIn(entry, wanted);
  }
  return chosen;
}

/** `fallen`: the REJECTED_PARENT, where they have to be told from the REJECTED. */
function totalOf(counts: SubmissionCounts, fallen: number, outcomes: Wanted["outcomes"]): number {
  const { created, updated, unchanged, withdrawn, rejected, held } = counts;
  const byOutcome: Readonly<Record<RecordOutcome, number>> = {
    CREATED: created,
    UPDATED: updated,
    UNCHANGED: unchanged,
    WITHDRAWN: withdrawn,
    REJECTED: rejected - fallen,
    REJECTED_PARENT: fallen,
    HELD: held,
  };
  const wanted = outcomes === null ? Object.values(byOutcome) : [...new Set(outcomes)].map((outcome) => byOutcome[outcome]);
  return wanted.reduce((sum, count) => sum + count, 0);
}

function toLocated(rows: readonly SqlRow[], request: Wanted): Located {
  const [row] = rows;
  if (row === undefined) return NOWHERE;
  const pages = rows.filter(({ page }) => page !== null).map(readPageEntry);
  const counts = readCounts(row);
  return {
    pages: choosePages(pages, request),
    total: totalOf(counts, optionalNumberOf(row, "fallen") ?? 0, request.outcomes),
  };
}

/** In the order of the requests; nothing for what the actor may not see. */
async function locateResults(
  tx: Transaction,
  actor: OrganisationActor,
  requests: readonly Wanted[],
): Promise<readonly Located[]> {
  const asked = [...requests.entries()].filter(([, { submissionId }]) => isUuid(submissionId));
  if (asked.length === 0) return requests.map(() => NOWHERE);
  const rows = await tx.$queryRaw<SqlRow[]>(
    REPORT_INDEX([
      ...visibleTo(actor),
      toColumnLiteral(asked, ([number]) => number),
      toColumnLiteral(asked, ([, { submissionId }]) => submissionId.toLowerCase()),
      toColumnLiteral(asked, ([, { after }]) => after),
      // Each has at least one that is wanted, but for the first, where those may stand before the position.
      toColumnLiteral(asked, ([, { first }]) => first + 2),
      toColumnLiteral(asked, ([, { outcomes }]) => outcomes),
    ]),
  );
  const byRequest = Map.groupBy(rows, (row) => numberOf(row, "request"));
  return requests.map((request, number) => toLocated(byRequest.get(number) ?? [], request));
}

const placeOf = ({ submissionId, page }: PageKey): string => `${submissionId}/${page}`;

async function readPages(tx: Transaction, ods: string, pages: readonly PageKey[]): Promise<readonly SqlRow[]> {
  const distinct = [...new Map(pages.map((page) => [placeOf(page), page])).values()];
  if (distinct.length === 0) return [];
  const submissions = toColumnLiteral(distinct, ({ submissionId }) => submissionId);
  const numbers = toColumnLiteral(distinct, ({ page }) => page);
  return tx.$queryRaw<SqlRow[]>(REPORT_PAGES([ods, submissions, numbers]));
}

/** Opened only when the transaction has ended, and once where several want the page. */
async function openPages(rows: readonly SqlRow[], keys: OrganisationKeys): Promise<ReadonlyMap<string, readonly RecordResult[]>> {
  const opened = rows.map(async (row) => {
    const key: PageKey = { submissionId: textOf(row, "submission_id"), page: numberOf(row, "page") };
    return [placeOf(key), await openReportPage(bytesOf(row, "sealed"), key.submissionId, key.page, keys)] as const;
  });
  return new Map(await Promise.all(opened));
}

const readPageKey = (row: SqlRow): PageKey => ({ submissionId: textOf(row, "submission_id"), page: numberOf(row, "page") });

/** One for each submission of which results were read. @param rows pages of reports */
function toReadings(actor: OrganisationActor, rows: readonly SqlRow[]): readonly AuditEntry[] {
  const ids = new Set(rows.map((row) => textOf(row, "submission_id")));
  return [...ids].map((id) => entryOf(actor, { action: "READ", type: "READ_RESULTS", entity: { kind: "SUBMISSION", id } }));
}

export class ReportStatus implements Pick<StatusStore, "results" | "resultsAt"> {
  readonly #reader: StatusReader;

  constructor(reader: StatusReader) {
    this.#reader = reader;
  }

  async results(actor: OrganisationActor, requests: readonly ResultsRequest[]): Promise<readonly Page<RecordResult>[]> {
    const wanted = requests.map(({ submissionId, outcomes, page }): Wanted => {
      const after = page.after === null ? -1 : readIndex(page.after);
      return { submissionId, outcomes, first: page.first, after };
    });
    const keys = await this.#reader.organisationKeys(actor);
    const work = async (tx: Transaction): Promise<{ located: readonly Located[]; rows: readonly SqlRow[] }> => {
      const located = await locateResults(tx, actor, wanted);
      const pages = located.flatMap((found) => found.pages);
      return { located, rows: await readPages(tx, actor.ods, pages) };
    };
    const { located, rows } = await this.#reader.readAudited(actor, work, (found) => toReadings(actor, found.rows));
    const opened = await openPages(rows, keys);
    return wanted.map(({ outcomes, after, first }, number) => {
      const { pages, total } = located[number] ?? NOWHERE;
      const results = pages.flatMap((page) => opened.get(placeOf(page)) ?? []);
      const rest = results.filter(({ index, outcome }) => index > after && (outcomes === null || outcomes.includes(outcome)));
      return toPage(rest, first, total, (result) => toCursor(result.index));
    });
  }

  async resultsAt(actor: OrganisationActor, places: readonly ResultPlace[]): Promise<readonly (RecordResult | null)[]> {
    const asked = places.filter(({ submissionId, index }) => isUuid(submissionId) && index >= 0 && index <= LAST_INDEX);
    if (asked.length === 0) return places.map(() => null);
    const keys = await this.#reader.organisationKeys(actor);
    const work = async (tx: Transaction): Promise<{ located: readonly SqlRow[]; rows: readonly SqlRow[] }> => {
      const submissions = toColumnLiteral(asked, ({ submissionId }) => submissionId.toLowerCase());
      const indexes = toColumnLiteral(asked, ({ index }) => index);
      const located = await tx.$queryRaw<SqlRow[]>(REPORT_PLACES([...visibleTo(actor), submissions, indexes]));
      return { located, rows: await readPages(tx, actor.ods, located.map(readPageKey)) };
    };
    const { located, rows } = await this.#reader.readAudited(actor, work, (found) => toReadings(actor, found.rows));
    const opened = await openPages(rows, keys);
    const pages = new Map(located.map((row) => [`${textOf(row, "submission_id")} ${numberOf(row, "idx")}`, readPageKey(row)]));
    return places.map(({ submissionId, index }) => {
      const page = pages.get(`${submissionId.toLowerCase()} ${index}`);
      return (page && opened.get(placeOf(page))?.find((result) => result.index === index)) ?? null;
    });
  }
}
