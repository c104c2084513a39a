/** Pages of results that are at hand, with the positions the store uses: a page begun here is read on from the store. */
import { GatewayError } from "../errors/gateway-error.ts";
import { readIndexCursor, toIndexCursor } from "../lib/index-cursor.ts";
import type { RecordOutcome, RecordResult } from "../records/submission-record.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";

/** Results are in input order and their position is their index. @throws GatewayError BAD_USER_INPUT for a position that is none */
export function pageOfResults(
  results: readonly RecordResult[],
  outcomes: readonly RecordOutcome[] | null,
  { first, after }: PageRequest,
): Page<RecordResult> {
  const last = readPosition(after);
  const wanted = outcomes === null ? results : results.filter((result) => outcomes.includes(result.outcome));
  const rest = wanted.filter((result) => result.index > last);
  return {
    nodes: rest.slice(0, first).map((node) => ({ cursor: toIndexCursor(node.index), node })),
    hasNextPage: rest.length > first,
    totalCount: wanted.length,
  };
}

/** The index of the last result seen, -1 from the start. @throws GatewayError BAD_USER_INPUT for a position that is none */
export function readPosition(after: string | null): number {
  const index = after === null ? -1 : readIndexCursor(after);
  if (index !== null) return index;
  throw new GatewayError("BAD_USER_INPUT", "`after` is not a position of this list.", { details: { path: "after" } });
}
