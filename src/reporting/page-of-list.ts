/** A page of a list that is whole in memory, by ids in rising order: rows that come or go before the page do not move it. */
import { GatewayError } from "../errors/gateway-error.ts";
import type { Page, PageRequest } from "../lib/page.ts";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @throws GatewayError BAD_USER_INPUT for a position the list has not given out */
export function pageOfList<T>(list: readonly T[], { first, after }: PageRequest, idOf: (node: T) => string): Page<T> {
  const last = after === null ? null : readPosition(after);
  const rest = last === null ? list : list.filter((node) => idOf(node) > last);
  return {
    nodes: rest.slice(0, first).map((node) => ({ cursor: Buffer.from(idOf(node)).toString("base64url"), node })),
    hasNextPage: rest.length > first,
    totalCount: list.length,
  };
}

function readPosition(cursor: string): string {
  const id = Buffer.from(cursor, "base64url").toString();
  if (UUID.test(id)) return id;
  throw new GatewayError("BAD_USER_INPUT", "The cursor is not one this connection has given out.", {
    details: { path: "after" },
  });
}
