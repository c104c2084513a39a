/** What is decided about a valid document before it is executed: method, number of submissions, cost, shape of the variables, hoisting. */
import type { ApolloServerPlugin } from "@apollo/server";
import { HeaderMap } from "@apollo/server";
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
} from "graphql";
import { GatewayError } from "../../errors/gateway-error.ts";
import { checkValue } from "../check-variables.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { hoistInputs, type Variables } from "../hoist-inputs.ts";
import { createShapeReader, type Shape } from "../input-table.ts";
import { estimateNodes } from "../operation-cost.ts";
import { refuseOverLimit } from "../refuse-over-limit.ts";

const METHOD_NOT_ALLOWED = 405;

export function createOperationGuard(): ApolloServerPlugin<GraphqlContext> {
  const readShape = createShapeReader();
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, document, operation, request, contextValue }) {
          // No such operation: graphql itself says so when it comes to execute it.
          if (operation === undefined) return;
          const fields = listRootFields(schema, document, operation);
          if (fields[0] !== undefined) contextValue.noteOperation?.(fields[0].name);
          if (request.http?.method === "GET") refusePatientsInAddress(fields);
          refuseOverLimit("submitFieldsPerOperation", fields.filter((field) => field.extensions.submits === true).length);
          refuseOverLimit("operationNodes", estimateNodes(schema, document, operation, request.variables ?? {}));
          const { variables, hoisted } = takeVariables(schema, operation, request.variables ?? {}, readShape);
          request.variables = variables;
          contextValue.hoisted = hoisted;
        },
      };
    },
  };
}

/** Addresses are logged on their way, so no GET may hold what identifies a patient. */
function refusePatientsInAddress(fields: readonly GraphQLField<unknown, unknown>[]): void {
  if (!fields.some((field) => field.extensions.namesPatients === true)) return;
  const refusal = new GatewayError("BAD_USER_INPUT", "This operation has identifying arguments: send it by POST.");
  const http = { status: METHOD_NOT_ALLOWED, headers: new HeaderMap([["allow", "POST"]]) };
  throw new GraphQLError(refusal.publicMessage, { originalError: refusal, extensions: { http } });
}

/** Checks every declared variable, then takes the large input out. @throws GatewayError BAD_USER_INPUT, LIMIT_EXCEEDED */
function takeVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  variables: Variables,
  readShape: (type: GraphQLInputType) => Shape,
): ReturnType<typeof hoistInputs> {
  const shapes = new Map<string, Shape>();
  for (const { variable, type, defaultValue } of operation.variableDefinitions ?? []) {
    const inputType = typeFromAST(schema, type);
    if (!isInputType(inputType)) continue;
    const name = variable.name.value;
    const nullable = type.kind !== Kind.NON_NULL_TYPE || (defaultValue !== undefined && !Object.hasOwn(variables, name));
    shapes.set(name, readShape(inputType));
    checkValue(Object.hasOwn(variables, name) ? variables[name] : undefined, readShape(inputType), nullable, name);
  }
  return hoistInputs(variables, shapes);
}

/** Fields at the top of the operation, fragments written out; the document is valid, so its fragments end. */
function listRootFields(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): GraphQLField<unknown, unknown>[] {
  const root = schema.getRootType(operation.operation)?.getFields() ?? {};
  const names = (set: SelectionSetNode): string[] =>
    set.selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection.name.value];
      if (selection.kind === Kind.INLINE_FRAGMENT) return names(selection.selectionSet);
      return document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value
          ? names(definition.selectionSet)
          : [],
      );
    });
  return names(operation.selectionSet).flatMap((name) => root[name] ?? []);
}
