/** What the HTTP edge is told of a document before GraphQL sees it. */
import { DOCUMENT_REFUSED } from "../graphql/format-error.ts";
import type { GraphqlRefusal } from "../http/graphql-error-body.ts";
import { checkDocument } from "../lib/document-gate.ts";
import { LIMITS } from "../lib/limits.ts";

/** A document's size is refused by its limit's name; the shape of its selections in the same bytes as an unknown field. */
export function refuseDocument(source: string): GraphqlRefusal | null {
  const limit = checkDocument(source, LIMITS);
  if (limit === null) return null;
  if (limit === "documentBytes" || limit === "documentTokens") {
    const value = LIMITS[limit];
    const message = `The request is over the limit ${limit}: at most ${value}.`;
    return { status: 413, code: "LIMIT_EXCEEDED", message, details: { limit, value } };
  }
  const [{ message, extensions }] = DOCUMENT_REFUSED.errors;
  return { status: 400, code: extensions.code, message };
}
