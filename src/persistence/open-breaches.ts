/** How many reported breaches have no outcome: for the metric. Under the role of agreements, without an entry: a number of all, of nobody. */
import { constantSql } from "./database/constant-sql.ts";
import type { Database } from "./database/database.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { numberOf, type SqlRow } from "./sql-row.ts";

const OPEN_BREACHES: ConstantSql = constantSql(
  `select count(*) filter (where b.acknowledged_at is null)::integer as unacknowledged,
     count(*) filter (where b.acknowledged_at is not null)::integer as acknowledged
   from agreement.breach b where b.outcome is null`,
);

export const createCountOpenBreaches = (database: Database) => async () => {
  const [row] = await database.withRole({ role: "nacr_agreements" }, (tx) => tx.$queryRaw<SqlRow[]>(OPEN_BREACHES([])));
  if (row === undefined) throw new Error("An aggregate returned no row");
  return { unacknowledged: numberOf(row, "unacknowledged"), acknowledged: numberOf(row, "acknowledged") };
};
