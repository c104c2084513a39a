import { GraphQLError, type ValidationRule } from "graphql";

/**
 * The schema of some roles has no mutations or no subscriptions. graphql finds that out when it executes, as a fault; said here, it is
 * an operation that is not in the schema, like any other.
 */
export const KnownRootRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (!context.getSchema().getRootType(node.operation))
      context.reportError(new GraphQLError("The schema has no operations of this kind.", { nodes: node }));
  },
});
