/** The published limits as a type: one field per limit, made from the constants that are enforced. */
import "reflect-metadata";
import { type ClassType, Field, Int, ObjectType } from "type-graphql";
import { LIMITS, type LimitName } from "../../lib/limits.ts";

const DESCRIPTIONS: Readonly<Record<LimitName, string>> = {
  patientsPerRequest: "Patients in one submitRecords.",
  messagesPerRequest: "Messages in one submitHl7v2.",
  bundleBytes: "Bytes of the FHIR resources of one submitFhir, as JSON or XML text.",
  submitBodyBytes: "Bytes of a request body, for a token that may submit.",
  queryBodyBytes: "Bytes of a request body, for every other token.",
  bodyDepth: "Lists and objects in one another in the JSON of a request body.",
  documentBytes: "Bytes of a GraphQL document. Data travel in variables.",
  documentTokens: "Tokens of a GraphQL document.",
  documentDepth: "Depth of selections, fragments written out.",
  selectionsPerSet: "Selections in one set of braces.",
  rootFields: "Selections at the top of an operation.",
  aliases: "Aliases in a document.",
  directives: "Directives in a document.",
  fragments: "Fragments in a document.",
  expandedSelections: "Selections of a document, fragments written out.",
  operationNodes: "Objects an operation may come to: lists by their `first`, others by an assumed size.",
  concurrentRequests: "Requests of one client in hand at once.",
  submitFieldsPerOperation: "Submitting fields in one operation.",
  pageSize: "Largest `first` of every list.",
  childrenPerRecord: "Children of one kind below one record of the input.",
  listItemsPerRecord: "Entries of a list without `first`: issues, changes, mapping report.",
  mappingSummaryLines: "Lines of a mapping summary.",
  idempotencyKeyLength: "Characters of an idempotency key.",
  idempotencyKeyDays: "Days for which an idempotency key is remembered.",
  dryRunReportDays: "Days for which the report of a dry run can be read.",
  accessTokenSeconds: "Longest life of an access token.",
};

export const Limits: ClassType<object> = class Limits {};
for (const name of Object.keys(LIMITS)) {
  const description = Object.entries(DESCRIPTIONS).find(([described]) => described === name)?.[1];
  Field(() => Int, { description })(Limits.prototype, name);
}
ObjectType("Limits", { simpleResolvers: true, description: "Every published limit. A refusal by limit names the limit." })(
  Limits,
);
