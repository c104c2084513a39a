/** The schema: types from the dictionary, resolvers with their dependencies, policies in front of every operation. */
import "reflect-metadata";
import type { GraphQLSchema } from "graphql";
import { buildSchemaSync } from "type-graphql";
import { enforcePolicies } from "./access-policy.ts";
import type { GraphqlDeps } from "./graphql-deps.ts";
import { DatasetResolver } from "./resolvers/dataset-resolver.ts";
import { PatientRecordResolver } from "./resolvers/patient-record-resolver.ts";
import { PreviewResolver } from "./resolvers/preview-resolver.ts";
import { StatusResolver } from "./resolvers/status-resolver.ts";
import { IssueGroupFieldResolver, SubmissionFieldResolver } from "./resolvers/submission-field-resolver.ts";
import { SubmissionRecordFieldResolver } from "./resolvers/submission-record-field-resolver.ts";
import { SubmitResolver } from "./resolvers/submit-resolver.ts";
import { ViewerResolver } from "./resolvers/viewer-resolver.ts";

/**
 * Builds the schema; once per process.
 * @throws Error for an operation without a policy, or a dictionary that makes no valid schema
 */
export function buildGatewaySchema(deps: GraphqlDeps): GraphQLSchema {
  const resolvers = [
    new DatasetResolver(),
    new IssueGroupFieldResolver(),
    new PatientRecordResolver(deps.status),
    new PreviewResolver(deps.previewMapping),
    new StatusResolver(deps.status),
    new SubmissionFieldResolver(),
    new SubmissionRecordFieldResolver(),
    new SubmitResolver(deps.submissions),
    new ViewerResolver(deps.organisations),
  ] as const;
  const byClass = new Map<unknown, object>(resolvers.map((resolver) => [resolver.constructor, resolver]));
  const [first, ...rest] = resolvers.map((resolver) => resolver.constructor);
  if (first === undefined) throw new Error("There is no resolver.");
  const container = { get: (resolverClass: unknown) => byClass.get(resolverClass) };
  return enforcePolicies(buildSchemaSync({ resolvers: [first, ...rest], container, validate: false }));
}
