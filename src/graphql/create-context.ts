import type { GraphqlContext, RequestFacts } from "./graphql-context.ts";
import type { GraphqlDeps } from "./graphql-deps.ts";
import { createLoaders } from "./loaders.ts";
import { createFollow } from "./streams/follow.ts";

type ContextDeps = Pick<
  GraphqlDeps,
  | "status"
  | "history"
  | "organisations"
  | "jobProgress"
  | "live"
  | "control"
  | "recordWithdrawals"
  | "mergedPatients"
  | "accessLog"
>;

/** The context of one request, or of one payload of a stream. */
export function createGraphqlContext(deps: ContextDeps, facts: RequestFacts): GraphqlContext {
  const actor = { ...facts.actor, correlationId: facts.correlationId };
  return {
    ...facts,
    actor,
    loaders: createLoaders(deps, actor),
    follow: createFollow(deps, actor),
    hoisted: {},
    cost: null,
    replayed: false,
  };
}
