import { GraphQLError } from "graphql";
import { describe, expect, it } from "vitest";
import { GatewayError } from "../../../src/errors/gateway-error.ts";
import { DOCUMENT_REFUSED, formatError } from "../../../src/graphql/format-error.ts";

const CANARY = "canary 9434765919 at 10.0.0.1";
const format = (error: unknown, extensions: Record<string, unknown> = {}) =>
  formatError({ message: CANARY, path: ["viewer"], extensions }, error);
const located = (original: Error) => new GraphQLError(original.message, { originalError: original, path: ["viewer"] });
const withCode = (code: string, path?: string[]) =>
  new GraphQLError(CANARY, { extensions: { code, stacktrace: [CANARY], value: CANARY }, ...(path ? { path } : {}) });

const KNOWN = [
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "OPERATION_RESOLUTION_FAILURE",
  "BAD_REQUEST",
  "PERSISTED_QUERY_NOT_SUPPORTED",
];

const FAULTS: readonly (readonly [title: string, error: unknown])[] = [
  ["an error of the database", located(new Error(CANARY))],
  ["an error of a type", located(new TypeError(CANARY))],
  ["an error that graphql raised while it completed a value", new GraphQLError(CANARY, { path: ["viewer"] })],
  ["a resolver's own GraphQL error with a code of graphql", withCode("BAD_USER_INPUT", ["viewer"])],
  ["a code nobody knows", withCode(CANARY)],
  ["the name of an inherited member as code", withCode("constructor")],
  ["a gateway error that says it is internal", located(new GatewayError("INTERNAL_SERVER_ERROR", CANARY))],
  ["thrown text", CANARY],
  ["thrown nothing", undefined],
  ["a thrown object", { message: CANARY, extensions: { code: "BAD_USER_INPUT" } }],
];

describe("the text of an error", () => {
  it.each(KNOWN)("%s of graphql itself gets a fixed text", (code) => {
    const formatted = format(withCode(code));
    expect(formatted.extensions).toEqual({ code, retryable: false });
    expect(JSON.stringify(formatted)).not.toContain("canary");
  });

  it.each(FAULTS)("%s becomes the one fixed text of a fault", (_title, error) => {
    const formatted = format(error, { correlationId: "corr-0001", stacktrace: [CANARY] });
    expect(formatted.extensions).toEqual({ code: "INTERNAL_SERVER_ERROR", retryable: true, correlationId: "corr-0001" });
    expect(JSON.stringify(formatted)).not.toContain("canary");
  });

  it("a gateway error keeps its public text, code, facts and wait, and hides its cause", () => {
    const error = new GatewayError("CONFLICT", "Another request is in flight.", {
      details: { path: "a" },
      retryable: true,
      retryAfterSeconds: 2,
      cause: CANARY,
    });
    expect(format(located(error))).toEqual({
      message: "Another request is in flight.",
      path: ["viewer"],
      extensions: { path: "a", code: "CONFLICT", retryable: true, retryAfterSeconds: 2 },
    });
  });

  it("facts of a gateway error cannot take the place of its code", () => {
    expect(format(new GatewayError("FORBIDDEN", "No.", { details: { code: "OK" } })).extensions?.code).toBe("FORBIDDEN");
  });

  it("a document over a limit reads like one that is not valid", () => {
    expect(DOCUMENT_REFUSED.errors[0]).toEqual(formatError({ message: CANARY }, withCode("GRAPHQL_VALIDATION_FAILED")));
  });
});
