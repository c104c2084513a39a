/** What is decided about a valid operation before it is executed, over every transport: number of submissions, cost, shape of the variables. */
import {
  type DocumentNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  isInputType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
  visit,
} from "graphql";
import { GatewayError } from "../errors/gateway-error.ts";
import { holdsNul } from "../lib/holds-nul.ts";
import { checkValue } from "./check-variables.ts";
import { hoistInputs, type Variables } from "./hoist-inputs.ts";
import { createShapeReader, type Shape } from "./input-table.ts";
import { estimateNodes } from "./operation-cost.ts";
import { refuseOverLimit } from "./refuse-over-limit.ts";

/** An operation of a document that is valid for the schema, with its variables as they were sent. */
export interface OperationToCheck {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Variables;
}

/**
 * @returns the variables without their large input, and that input; how many objects the answer may hold
 * @throws GatewayError BAD_USER_INPUT, LIMIT_EXCEEDED
 */
export type CheckOperation = (operation: OperationToCheck) => ReturnType<typeof hoistInputs> & { readonly nodes: number };

/** Once per schema: it remembers the shapes of input types. */
export function createOperationCheck(): CheckOperation {
  const readShape = createShapeReader();
  return (toCheck) => {
    const { schema, document, operation, variables } = toCheck;
    const submitting = listRootFields(toCheck).filter(({ extensions }) => extensions.submits === true);
    refuseOverLimit("submitFieldsPerOperation", submitting.length);
    refuseNul(document);
    const nodes = estimateNodes(schema, document, operation, variables);
    refuseOverLimit("operationNodes", nodes);
    return { ...takeVariables(schema, operation, variables, readShape), nodes };
  };
}

/** A text that is written into the document: the database can store none that holds NUL. Those of variables have their own check. */
function refuseNul(document: DocumentNode): void {
  visit(document, {
    StringValue: ({ value }) => {
      if (holdsNul(value)) throw new GatewayError("BAD_USER_INPUT", "A text without the character NUL is required.");
    },
  });
}

/** Checks every declared variable, then takes the large input out. */
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
export function listRootFields({
  schema,
  document,
  operation,
}: Omit<OperationToCheck, "variables">): GraphQLField<unknown, unknown>[] {
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
