/** The three kinds of error at the edge, told apart once for text, status and log. */
import { GraphQLError } from "graphql";
import { GatewayError } from "../errors/gateway-error.ts";

/** Refusals of graphql and Apollo themselves, by their code. Their messages may quote the document or the variables. */
export const REQUEST_REFUSALS: Readonly<Record<string, string>> = {
  GRAPHQL_PARSE_FAILED: "The document could not be parsed.",
  GRAPHQL_VALIDATION_FAILED: "The document is not valid for the schema of your role or exceeds a limit.",
  BAD_USER_INPUT: "A variable has an invalid value.",
  OPERATION_RESOLUTION_FAILURE: "The document has no operation of that name, or several and no name.",
  BAD_REQUEST: "The request is not well-formed GraphQL over HTTP: see method, content type, body and preflight header.",
  PERSISTED_QUERY_NOT_SUPPORTED: "Persisted queries are not supported.",
};

export type ClassifiedError =
  | { readonly kind: "gateway"; readonly error: GatewayError }
  | { readonly kind: "request"; readonly code: string; readonly message: string }
  | { readonly kind: "fault" };

/** Total: everything that is not known to be harmless is a fault of ours. */
export function classifyError(error: unknown): ClassifiedError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error;
  if (original instanceof GatewayError && original.code !== "INTERNAL_SERVER_ERROR") return { kind: "gateway", error: original };
  // What a resolver threw is not a refusal of graphql, whatever code it carries.
  const code = error instanceof GraphQLError && error.path === undefined ? error.extensions.code : undefined;
  if (typeof code !== "string" || !Object.hasOwn(REQUEST_REFUSALS, code)) return { kind: "fault" };
  return { kind: "request", code, message: REQUEST_REFUSALS[code] ?? "" };
}
