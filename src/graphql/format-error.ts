/** The only place where the text of a GraphQL error is made. An allow-list: nothing a library, a resolver or a caller said passes. */
import type { GraphQLFormattedError } from "graphql";
import { classifyError } from "./classify-error.ts";

const FAULT_MESSAGE = "Internal error. Quote the correlation id when you report it.";

/** Apollo's `formatError`. Total: it never throws, and every error has a code of the closed list. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const known = classifyError(error);
  const place = formatted.path === undefined ? {} : { path: formatted.path };
  if (known.kind === "request") return { message: known.message, extensions: { code: known.code, retryable: false } };
  if (known.kind === "gateway") {
    const { code, publicMessage, details, retryable, retryAfterSeconds } = known.error;
    const wait = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
    return { message: publicMessage, ...place, extensions: { ...details, code, retryable, ...wait } };
  }
  const correlationId = formatted.extensions?.correlationId;
  const id = typeof correlationId === "string" ? { correlationId } : {};
  return { message: FAULT_MESSAGE, ...place, extensions: { code: "INTERNAL_SERVER_ERROR", retryable: true, ...id } };
}

/** Body of a refusal by the document gate: the bytes of a validation failure, so that neither tells anything about the schema. */
export const DOCUMENT_REFUSED = {
  errors: [
    {
      message: "The document is not valid for the schema of your role or exceeds a limit.",
      extensions: { code: "GRAPHQL_VALIDATION_FAILED", retryable: false },
    },
  ],
} as const;
