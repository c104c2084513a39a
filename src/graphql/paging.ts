/** `first` and `after` of every list, and the connection a page becomes. */
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { Page, PageRequest } from "../submission/status-ports.ts";
import { refuseOverLimit } from "./refuse-over-limit.ts";

export interface Connection<T> {
  readonly nodes: readonly T[];
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly totalCount: number;
}

/** @throws GatewayError LIMIT_EXCEEDED for more than a page, BAD_USER_INPUT for less than one row */
export function readPageRequest(first: number | null | undefined, after: string | null | undefined): PageRequest {
  const size = first ?? LIMITS.pageSize;
  if (size < 1) throw new GatewayError("BAD_USER_INPUT", "`first` must be at least 1.", { details: { path: "first" } });
  refuseOverLimit("pageSize", size);
  return { first: size, after: after ?? null };
}

export function toConnection<S, T>(page: Page<S>, toNode: (source: S) => T): Connection<T> {
  const edges = page.nodes.map(({ cursor, node }) => ({ cursor, node: toNode(node) }));
  return {
    nodes: edges.map((edge) => edge.node),
    edges,
    pageInfo: { hasNextPage: page.hasNextPage, endCursor: edges.at(-1)?.cursor ?? null },
    totalCount: page.totalCount,
  };
}
