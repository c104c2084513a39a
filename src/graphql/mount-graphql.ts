/** Mounts Apollo on a Fastify scope whose requests are already authenticated, limited and gated: a server for each role's schema. */
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyInstance, FastifyRequest, RouteHandlerMethod } from "fastify";
import { GatewayError } from "../errors/gateway-error.ts";
import { type Actor, ROLES, type Role } from "../records/actor.ts";
import { createApolloServer } from "./apollo-server.ts";
import { createGraphqlContext } from "./create-context.ts";
import { createDocumentStore } from "./document-store.ts";
import type { GraphqlContext } from "./graphql-context.ts";
import type { GraphqlDeps } from "./graphql-deps.ts";
import type { RoleSchemas } from "./role-schema.ts";

/** What the scope's hooks left on the request. */
interface AuthenticatedRequest extends FastifyRequest {
  readonly actor: Actor | null;
  readonly correlationId: string;
  readonly bodyBytes: number;
  operationName: string | null;
}

export async function mountGraphql(scope: FastifyInstance, deps: GraphqlDeps, schemaOf: RoleSchemas): Promise<void> {
  const documents = createDocumentStore();
  const handlers = new Map<Role, RouteHandlerMethod>();
  for (const role of ROLES) {
    const apollo = createApolloServer(deps, schemaOf(role), documents);
    await apollo.start();
    // Fastify lets the requests in hand finish before it calls this; the integration's drain plugin would wait for Fastify in turn.
    scope.addHook("onClose", () => apollo.stop());
    const context = async (request: AuthenticatedRequest): Promise<GraphqlContext> => readContext(deps, request);
    handlers.set(role, fastifyApolloHandler(apollo, { context }));
  }
  scope.route({
    method: ["GET", "POST", "OPTIONS"],
    url: "/graphql",
    handler(request, reply) {
      const serve = request.actor && handlers.get(request.actor.role);
      if (!serve) throw unauthenticated();
      return serve.call(this, request, reply);
    },
  });
}

const unauthenticated = (): GatewayError => new GatewayError("UNAUTHENTICATED", "A valid access token is required.");

function readContext(deps: GraphqlDeps, request: AuthenticatedRequest): GraphqlContext {
  if (request.actor === null) throw unauthenticated();
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
}
