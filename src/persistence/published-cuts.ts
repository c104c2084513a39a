/** What is published of cuts, in role `nacr_analyst`, which can read neither their rows nor what is kept for the next publication. */
import type { Page, PageRequest } from "../lib/page.ts";
import { decodeCube, digestOfCube } from "../statistics/cube/encode-cube.ts";
import { CubeReader } from "../statistics/cube/look-up.ts";
import type { Cut } from "../statistics/cuts/cut.ts";
import type { CutCubeReader, PublishedCuts } from "../statistics/cuts/cut-ports.ts";
import { readCut } from "./cut-row.ts";
import type { Database } from "./database/database.ts";
import { isUuid, readIndex, toCursor, toPage } from "./page-cursor.ts";
import { COUNT_CUTS, CUT_IN_FORCE, FIND_CUT, PAGE_CUTS, READ_CUBE } from "./sql/cut-statements.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { bytesOf, numberOf, type SqlRow, textOf } from "./sql-row.ts";

const ROLE = { role: "nacr_analyst" } as const;
/** Of 130,000 cells 1 MB each. The years that are asked about are the last ones. */
const CUBES_KEPT = 12;

export function createPublishedCuts(database: Database): PublishedCuts {
  const rows = (sql: ConstantSql, values: readonly unknown[]): Promise<readonly SqlRow[]> =>
    database.withRole(ROLE, (tx) => tx.$queryRaw<SqlRow[]>(sql(values)));
  const one = async (sql: ConstantSql, values: readonly unknown[]): Promise<Cut | null> => {
    const [row] = await rows(sql, values);
    return row === undefined ? null : readCut(row);
  };
  const kept = new RecentlyUsed(CUBES_KEPT);
  return {
    page: (request) => readPage(rows, request),
    find: async (id) => (isUuid(id) ? one(FIND_CUT, [id]) : null),
    inForce: () => one(CUT_IN_FORCE, []),
    reader: (cutId, auditYear) =>
      isUuid(cutId)
        ? kept.get(`${cutId}/${auditYear}`, async () => toReader((await rows(READ_CUBE, [cutId, auditYear]))[0]))
        : Promise.resolve(null),
  };
}

async function readPage(
  rows: (sql: ConstantSql, values: readonly unknown[]) => Promise<readonly SqlRow[]>,
  { first, after }: PageRequest,
): Promise<Page<Cut>> {
  const before = after === null ? null : readIndex(after);
  const [[counted], found] = [await rows(COUNT_CUTS, []), await rows(PAGE_CUTS, [before, first + 1])];
  const total = counted === undefined ? 0 : numberOf(counted, "total");
  return toPage(found.map(readCut), first, total, ({ number }) => toCursor(number));
}

/** @throws Error for a damaged cube, and for one that is not of the digest it was published under */
function toReader(row: SqlRow | undefined): CutCubeReader | null {
  if (row === undefined) return null;
  const [bytes, digest] = [bytesOf(row, "bytes"), textOf(row, "digest")];
  if (digestOfCube(bytes) !== digest) throw new Error("A cube of another digest");
  return { reader: new CubeReader(decodeCube(bytes)), digest };
}

/** Of those asked for at once one is loaded. What failed, or was not there, is asked for again. */
class RecentlyUsed {
  readonly #most: number;
  readonly #kept = new Map<string, Promise<CutCubeReader | null>>();

  constructor(most: number) {
    this.#most = most;
  }

  async get(key: string, load: () => Promise<CutCubeReader | null>): Promise<CutCubeReader | null> {
    const loading = this.#kept.get(key) ?? load();
    this.#kept.delete(key);
    this.#kept.set(key, loading);
    for (const oldest of this.#kept.keys()) if (this.#kept.size > this.#most) this.#kept.delete(oldest);
    try {
      const found = await loading;
      if (found === null) this.#kept.delete(key);
      return found;
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }
}
