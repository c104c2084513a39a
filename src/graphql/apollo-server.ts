/** Apollo Server as this gateway runs it. Every setting that differs from Apollo's default closes a hole measured in `assurance.md` 1.3. */
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginCacheControlDisabled, ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import type { GraphQLSchema } from "graphql";
import { LIMITS } from "../lib/limits.ts";
import type { createDocumentStore } from "./document-store.ts";
import { formatError } from "./format-error.ts";
import type { GraphqlContext } from "./graphql-context.ts";
import type { GraphqlDeps } from "./graphql-deps.ts";
import { KnownRootRule } from "./known-root-rule.ts";
import { createAnswerStatus } from "./plugins/answer-status.ts";
import { createOperationGuard } from "./plugins/operation-guard.ts";

/**
 * A server that is not started yet; one for each role's schema.
 * Introspection is on: anonymous callers are refused before a document is parsed, and the API is meant for other parties.
 */
export function createApolloServer(
  deps: Pick<GraphqlDeps, "reportFault" | "chargeCost">,
  schema: GraphQLSchema,
  documentStore: ReturnType<typeof createDocumentStore>,
): ApolloServer<GraphqlContext> {
  return new ApolloServer<GraphqlContext>({
    schema,
    documentStore,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: true,
    persistedQueries: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    formatError,
    parseOptions: { maxTokens: LIMITS.documentTokens },
    validationRules: [KnownRootRule],
    validationOptions: { maxErrors: 1 },
    executionOptions: { maxCoercionErrors: 1 },
    logger: createSilentLogger(deps),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      createOperationGuard(deps),
      createAnswerStatus(deps),
    ],
  });
}

/** Apollo's own messages may quote a request, so only the fact that there was one is passed on. */
function createSilentLogger(deps: Pick<GraphqlDeps, "reportFault">) {
  const ignore = (): void => undefined;
  const report = (): void => deps.reportFault({ correlationId: "none", error: new Error("Apollo Server reported an error.") });
  return { debug: ignore, info: ignore, warn: ignore, error: report };
}
