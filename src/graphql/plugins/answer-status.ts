/** HTTP status and headers of an answer, and the report of faults. Refusals by load or rate are never hidden in a 200. */
import type { ApolloServerPlugin, GraphQLRequestContext } from "@apollo/server";
import type { GatewayError, GatewayErrorCode } from "../../errors/gateway-error.ts";
import type { LimitName } from "../../lib/limits.ts";
import { type ClassifiedError, classifyError } from "../classify-error.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import type { GraphqlDeps } from "../graphql-deps.ts";
import { reportFaults } from "../report-faults.ts";

const GRAPHQL_RESPONSE = "application/graphql-response+json";
const BAD_REQUEST = 400;
const TOO_LARGE = 413;
/** What Apollo puts where an error before execution names no status. */
const UNDECIDED = 500;
const RETRY_AFTER_SECONDS = 1;

const STATUS_OF: Readonly<Partial<Record<GatewayErrorCode, number>>> = {
  UNAUTHENTICATED: 401,
  CONFLICT: 409,
  IDEMPOTENCY_KEY_REUSED: 422,
  RATE_LIMITED: 429,
  UPSTREAM_UNAVAILABLE: 502,
  DATABASE_UNAVAILABLE: 503,
  OVERLOADED: 503,
};
/** A body that is too large is an HTTP matter; too many entries are not. */
const SIZE_LIMITS: readonly LimitName[] = ["bundleBytes", "submitBodyBytes", "queryBodyBytes", "documentBytes"];

type Request = Pick<GraphQLRequestContext<GraphqlContext>, "request" | "response" | "errors" | "contextValue">;

export function createAnswerStatus(deps: Pick<GraphqlDeps, "reportFault">): ApolloServerPlugin<GraphqlContext> {
  return {
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, contextValue: { correlationId } }) {
          reportFaults(deps, errors, correlationId);
        },
        async willSendResponse(context) {
          setStatus(context);
          tellCost(context);
          if (context.contextValue.replayed) context.response.http.headers.set("idempotency-replayed", "true");
        },
      };
    },
  };
}

/** Only what the operation costs: what is left differs from answer to answer, and stands in the headers. */
function tellCost({ response, contextValue: { cost } }: Request): void {
  if (cost === null || response.body?.kind !== "single") return;
  const { singleResult } = response.body;
  singleResult.extensions = { ...singleResult.extensions, cost };
}

function setStatus({ request, response, errors = [] }: Request): void {
  const known = errors.map(classifyError);
  const refusal = known.find((error) => error.kind === "gateway" && statusOf(error.error) !== undefined);
  if (refusal?.kind === "gateway") {
    response.http.status = statusOf(refusal.error);
    if (refusal.error.retryable)
      response.http.headers.set("retry-after", String(refusal.error.retryAfterSeconds ?? RETRY_AFTER_SECONDS));
    return;
  }
  if (response.http.status === UNDECIDED) response.http.status = statusBeforeExecution(known);
  if (response.http.status === BAD_REQUEST && isLegacy(request) && known.some(isRefusalOfDocument))
    response.http.status = undefined;
}

const statusOf = ({ code, details }: GatewayError): number | undefined =>
  code === "LIMIT_EXCEEDED" && SIZE_LIMITS.some((limit) => limit === details.limit) ? TOO_LARGE : STATUS_OF[code];

/** A count over its limit is an answer like any other; wrong input is the client's fault; the rest is ours. */
function statusBeforeExecution(known: readonly ClassifiedError[]): number | undefined {
  const [first] = known;
  if (first?.kind !== "gateway") return UNDECIDED;
  return first.error.code === "LIMIT_EXCEEDED" ? undefined : BAD_REQUEST;
}

/** GraphQL over HTTP: a client that speaks `application/json` only gets 200 for a request that graphql refused. */
const isLegacy = (request: Request["request"]): boolean =>
  !(request.http?.headers.get("accept") ?? "").includes(GRAPHQL_RESPONSE);

const REFUSED_DOCUMENT = ["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "OPERATION_RESOLUTION_FAILURE"];
const isRefusalOfDocument = (known: ClassifiedError): boolean =>
  known.kind === "request"
    ? REFUSED_DOCUMENT.includes(known.code)
    : known.kind === "gateway" && known.error.code === "BAD_USER_INPUT";
