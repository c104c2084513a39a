import type { GraphqlContext, RequestFacts } from "./graphql-context.ts";
import type { GraphqlDeps } from "./graphql-deps.ts";
import { createLoaders } from "./loaders.ts";

/** The context of one request; the HTTP layer calls it for each. */
export function createGraphqlContext(deps: Pick<GraphqlDeps, "status" | "organisations">, facts: RequestFacts): GraphqlContext {
  return { ...facts, loaders: createLoaders(deps, facts.actor), hoisted: {}, replayed: false };
}
