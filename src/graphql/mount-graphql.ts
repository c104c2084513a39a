/** Mounts Apollo on a Fastify scope whose requests are already authenticated, limited and gated. */
import fastifyApollo from "@as-integrations/fastify";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { GraphQLSchema } from "graphql";
import { GatewayError } from "../errors/gateway-error.ts";
import type { Actor } from "../records/actor.ts";
import { createApolloServer } from "./apollo-server.ts";
import { createGraphqlContext } from "./create-context.ts";
import type { GraphqlContext } from "./graphql-context.ts";
import type { GraphqlDeps } from "./graphql-deps.ts";

/** What the scope's hooks left on the request. */
interface AuthenticatedRequest extends FastifyRequest {
  readonly actor: Actor | null;
  readonly correlationId: string;
  readonly bodyBytes: number;
  operationName: string | null;
}

export async function mountGraphql(scope: FastifyInstance, deps: GraphqlDeps, schema: GraphQLSchema): Promise<void> {
  const apollo = createApolloServer(deps, schema);
  await apollo.start();
  // Fastify lets the requests in hand finish before it calls this; the integration's drain plugin would wait for Fastify in turn.
  scope.addHook("onClose", () => apollo.stop());
  await scope.register(fastifyApollo(apollo), {
    path: "/graphql",
    context: async (request: AuthenticatedRequest): Promise<GraphqlContext> => {
      if (request.actor === null) throw new GatewayError("UNAUTHENTICATED", "A valid access token is required.");
      const key = request.headers["idempotency-key"];
      return createGraphqlContext(deps, {
        actor: request.actor,
        correlationId: request.correlationId,
        idempotencyKeyHeader: typeof key === "string" ? key : null,
        bodyBytes: request.bodyBytes,
        noteOperation: (rootField) => {
          request.operationName = rootField;
        },
      });
    },
  });
}
