/** What became of the source fields of each sending system over time: adding it up now and then, and reading it. */
import type { MappingSummaryLine } from "../records/submission-record.ts";
import type { MappingTrendPoint, ReadMappingTrend } from "../submission/mapping-trend-ports.ts";
import type { Database } from "./database/database.ts";
import { READ_TREND, ROLL_UP_TREND } from "./sql/trend-statements.ts";
import { booleanOf, numberOf, type SqlRow, textOf } from "./sql-row.ts";
import { isOutside, visibleTo } from "./submission-visibility.ts";

/** An hour of a large organisation's message feed. */
const PIECE_TIMEOUT_MS = 60_000;

/**
 * Adds up the mapping summaries of what was completed since the last time, hour by hour. Safe in several processes at once.
 * @returns how many sums were made or raised
 * @throws GatewayError DATABASE_UNAVAILABLE, OVERLOADED; what was added up until then stays
 */
export async function rollUpMappingTrend(database: Database): Promise<number> {
  for (let added = 0; ; ) {
    const [row] = await database.withRole({ role: "nacr_worker" }, (tx) => tx.$queryRaw<SqlRow[]>(ROLL_UP_TREND([])), {
      timeoutMs: PIECE_TIMEOUT_MS,
    });
    if (row === undefined) return added;
    added += numberOf(row, "added");
    if (!booleanOf(row, "more")) return added;
  }
}

export const createReadMappingTrend =
  (database: Database): ReadMappingTrend =>
  async (actor, { from, to, by, programmeCode, vendor, product }) => {
    if (isOutside(actor, programmeCode)) return [];
    const [ods, client, ownVendor, ownProduct] = visibleTo(actor);
    // An app that is registered without a product has sent under other systems' names only.
    if (client !== null && (ownVendor === null || ownProduct === null)) return [];
    const values = [ods, ownVendor, ownProduct, from, to, by.toLowerCase(), programmeCode, vendor, product];
    const rows = await database.withRole({ role: "nacr_app", ods: actor.ods, programmes: actor.programmes }, (tx) =>
      tx.$queryRaw<SqlRow[]>(READ_TREND(values)),
    );
    return rows.map(readPoint);
  };

function readPoint(row: SqlRow): MappingTrendPoint {
  const losses: readonly MappingSummaryLine[] = JSON.parse(textOf(row, "losses"));
  return {
    period: textOf(row, "period"),
    sourceSystem: { vendor: textOf(row, "vendor"), product: textOf(row, "product"), version: textOf(row, "product_version") },
    mapped: numberOf(row, "mapped"),
    defaulted: numberOf(row, "defaulted"),
    dropped: numberOf(row, "dropped"),
    unmapped: numberOf(row, "unmapped"),
    losses,
  };
}
