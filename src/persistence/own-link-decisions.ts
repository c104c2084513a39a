/** What people decided about pairs of events of one organisation, as a unit of work of it reads them. */
import type { LinkDecision } from "../episodes/link-words.ts";
import { constantSql } from "./database/constant-sql.ts";
import type { Transaction } from "./database/unit.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { isoInstant } from "./sql/iso-instant.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { type SqlRow, textOf, wordOf } from "./sql-row.ts";

const DECISIONS = ["CONFIRMED", "REJECTED", "UNLINKED"] as const;

/**
 * `$1` organisation, `$2` events. Both sides are its own: pairs with another organisation would make an answer depend on that one's
 * rows. One look-up in an index for each event, whatever the planner believes.
 */
const OWN_LINK_DECISIONS: ConstantSql = constantSql(
  `select found.* from unnest($2::uuid[]) wanted(id) cross join lateral (
     select d.a_id::text as a_id, d.b_id::text as b_id, d.decision, ${isoInstant("d.decided_at")} as decided_at
     from link.decision d
     where d.a_ods = $1 and d.a_id = wanted.id and d.b_ods = $1 and d.kind = 'EPISODE' offset 0) found`,
);

export async function readLinkDecisions(
  tx: Transaction,
  ods: string,
  eventIds: readonly string[],
): Promise<readonly LinkDecision[]> {
  const rows = await tx.$queryRaw<SqlRow[]>(OWN_LINK_DECISIONS([ods, toArrayLiteral(eventIds)]));
  return rows.map((row) => ({
    a: { ods, id: textOf(row, "a_id") },
    b: { ods, id: textOf(row, "b_id") },
    decision: wordOf(row, "decision", DECISIONS),
    decidedAt: textOf(row, "decided_at"),
  }));
}
