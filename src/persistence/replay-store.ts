/** Reads what a replay has to know of its submission, under the actor's row-level security. */
import type { OrganisationActor } from "../records/actor.ts";
import { FAILED_OUTCOMES, type ReplayStore } from "../submission/replay-ports.ts";
import { toArrayLiteral } from "./sql/array-literal.ts";
import { CORRECTED_SINCE, REPLAYS_OF } from "./sql/replay-statements.ts";
import type { ConstantSql } from "./sql/table-shape.ts";
import { booleanOf, numberOf, type SqlRow, textOf } from "./sql-row.ts";
import type { StoreDependencies } from "./unit-runner.ts";

export function createReplayStore({ database }: Pick<StoreDependencies, "database">): ReplayStore {
  const read = ({ ods, programmes }: OrganisationActor, statement: ConstantSql, values: readonly unknown[]): Promise<SqlRow[]> =>
    database.withRole({ role: "nacr_app", ods, programmes }, (tx) => tx.$queryRaw<SqlRow[]>(statement([ods, ...values])));
  return {
    replaysOf: async (actor, id) =>
      (await read(actor, REPLAYS_OF, [id])).map((row) => ({ id: textOf(row, "id"), unfinished: booleanOf(row, "unfinished") })),
    correctedSince: async (actor, id) =>
      (await read(actor, CORRECTED_SINCE, [id, toArrayLiteral(FAILED_OUTCOMES)])).map((row) => numberOf(row, "idx")),
  };
}
