/** The checks of an operation as Apollo runs them, and what belongs to HTTP alone: methods, and operations that are served elsewhere. */
import type { ApolloServerPlugin } from "@apollo/server";
import { HeaderMap } from "@apollo/server";
import { GraphQLError, type GraphQLField, OperationTypeNode } from "graphql";
import { costOf } from "../../access/client-budget.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import { createOperationCheck, listRootFields } from "../check-operation.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import type { GraphqlDeps } from "../graphql-deps.ts";
import { takePoints } from "../take-points.ts";

const METHOD_NOT_ALLOWED = 405;

export function createOperationGuard({ chargeCost }: Pick<GraphqlDeps, "chargeCost">): ApolloServerPlugin<GraphqlContext> {
  const checkOperation = createOperationCheck();
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, document, operation, request, contextValue }) {
          // No such operation: graphql itself says so when it comes to execute it.
          if (operation === undefined) return;
          const fields = listRootFields({ schema, document, operation });
          if (fields[0] !== undefined) contextValue.noteOperation?.(fields[0].name);
          if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw servedElsewhere();
          if (request.http?.method === "GET") refusePatientsInAddress(fields);
          const checked = checkOperation({ schema, document, operation, variables: request.variables ?? {} });
          request.variables = checked.variables;
          contextValue.hoisted = checked.hoisted;
          contextValue.cost = costOf({ nodes: checked.nodes, bodyBytes: contextValue.bodyBytes });
          takePoints(chargeCost, contextValue.actor.clientId, contextValue.cost);
        },
      };
    },
  };
}

const servedElsewhere = (): GatewayError =>
  new GatewayError("BAD_USER_INPUT", "Subscriptions are served by POST /graphql/stream and over the WebSocket /graphql.");

/** Addresses are logged on their way, so no GET may hold what identifies a patient. */
function refusePatientsInAddress(fields: readonly GraphQLField<unknown, unknown>[]): void {
  if (!fields.some((field) => field.extensions.namesPatients === true)) return;
  const refusal = new GatewayError("BAD_USER_INPUT", "This operation has identifying arguments: send it by POST.");
  const http = { status: METHOD_NOT_ALLOWED, headers: new HeaderMap([["allow", "POST"]]) };
  throw new GraphQLError(refusal.publicMessage, { originalError: refusal, extensions: { http } });
}
