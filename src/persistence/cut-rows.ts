/** Frozen rows of cuts, page by page: each page is a transaction of its own, so that an embedded database answers others in between. */
import type { CutRows } from "../statistics/cuts/cut-ports.ts";
import { type FrozenPage, readFrozenPage } from "../statistics/cuts/frozen-page.ts";
import type { FrozenPersons } from "../statistics/cuts/history-ports.ts";
import type { FrozenRowReader } from "../statistics/cuts/publication-ports.ts";
import type { Database } from "./database/database.ts";
import type { Transaction, UnitSettings } from "./database/unit.ts";
import { isUuid } from "./page-cursor.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { COUNT_FROZEN_PERSONS, FROZEN_OF_PERSONS, FROZEN_PAGE, FROZEN_YEARS } from "./sql/cut-statements.ts";
import { numberOf, type SqlRow, textOf } from "./sql-row.ts";

/** Some 2 MB of JSON, which take 20 ms to read. */
const PAGE_JOURNEYS = 1_000;
/** Finding the journeys of one year among those of ten. */
const TIMEOUT_MS = 60_000;

/** @param role `nacr_publisher` for any rows, `nacr_extractor` for those of cuts that may be answered from */
export function createFrozenRowReader(database: Database, role: UnitSettings["role"]): FrozenRowReader {
  const read = (work: Parameters<typeof database.withRole<readonly SqlRow[]>>[1]): Promise<readonly SqlRow[]> =>
    database.withRole({ role }, work, { timeoutMs: TIMEOUT_MS });
  return {
    auditYears: async (cutId) =>
      (await read((tx) => tx.$queryRaw<SqlRow[]>(FROZEN_YEARS([cutId])))).map((row) => numberOf(row, "audit_year")),
    async *pages(cutId, auditYear): AsyncGenerator<FrozenPage> {
      if (!isUuid(cutId)) return;
      let last = 0;
      for (;;) {
        const after = last;
        const [row] = await read((tx) => tx.$queryRaw<SqlRow[]>(FROZEN_PAGE([cutId, auditYear, after, PAGE_JOURNEYS])));
        if (row === undefined || numberOf(row, "size") === 0) return;
        yield textOf(row, "page");
        if (numberOf(row, "size") < PAGE_JOURNEYS) return;
        last = numberOf(row, "last");
      }
    },
  };
}

/** Of cuts in force or superseded; of others there are none. */
export function createCutRows(database: Database): CutRows {
  const reader = createFrozenRowReader(database, "nacr_extractor");
  return {
    async *journeys(cutId, auditYear) {
      for await (const page of reader.pages(cutId, auditYear)) yield* readFrozenPage(page);
    },
  };
}

/** In role `nacr_publisher`, so of cuts that were withdrawn, too. */
export function createFrozenPersons(database: Database): FrozenPersons {
  const read = async (bound: ReturnType<typeof COUNT_FROZEN_PERSONS>): Promise<SqlRow> => {
    const work = (tx: Transaction): Promise<SqlRow[]> => tx.$queryRaw<SqlRow[]>(bound);
    const [row] = await database.withRole({ role: "nacr_publisher" }, work, { timeoutMs: TIMEOUT_MS });
    if (row === undefined) throw new Error("Frozen rows are told in one row");
    return row;
  };
  return {
    count: async (cutId) => numberOf(await read(COUNT_FROZEN_PERSONS([cutId])), "persons"),
    find: async (cutId, pseudonyms) => {
      const page = await read(FROZEN_OF_PERSONS([cutId, toArrayLiteral(pseudonyms)]));
      return Map.groupBy(readFrozenPage(textOf(page, "page")), ({ row }) => row.pseudonym);
    },
  };
}
