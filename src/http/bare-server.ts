/** What every process answers by HTTP, whatever its role: health, readiness, metrics; a correlation id and one log line for each request. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { GatewayError } from "../errors/gateway-error.ts";
import { chooseCorrelationId } from "./correlation-id.ts";
import { type GraphqlRefusal, sendRefusal, toErrorBody, toRefusal, UNEXPECTED, UNREADABLE } from "./graphql-error-body.ts";
import { registerHealthRoutes } from "./health-routes.ts";
import type { BareDependencies } from "./http-ports.ts";
import { KEEP_ALIVE_TIMEOUT_MS, toListeningOptions } from "./server-tls.ts";
import { ARRIVAL_TIMES, limitArrival } from "./slow-requests.ts";

const HEADERS_TIMEOUT_MS = 10_000;
const SMALL_BODY_BYTES = 64 * 1024;

/** @param takesUpgrade whether a request to upgrade its connection is taken as one. Default: none is. */
export function createBareServer(
  dependencies: BareDependencies,
  takesUpgrade: (request: IncomingMessage) => boolean = () => false,
): FastifyInstance {
  const app = Fastify({
    bodyLimit: SMALL_BODY_BYTES,
    // See slow-requests.ts.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    logger: false,
    routerOptions: { maxParamLength: 128 },
    // Fastify's own answer for a closing server; ours is given in shutdown, with `Connection: close`.
    return503OnClosing: false,
    // Both of Fastify's own answers would lack the correlation id, and the first would quote the address.
    frameworkErrors: (_error, request, reply) => {
      startAnswer(request, reply);
      sendRefusal(reply, UNREADABLE);
    },
    clientErrorHandler: answerClientError,
    ...toListeningOptions(dependencies.tls ?? null, takesUpgrade),
  });
  app.server.headersTimeout = HEADERS_TIMEOUT_MS;
  decorate(app, dependencies);
  registerHealthRoutes(app, dependencies);
  return app;
}

function decorate(app: FastifyInstance, { observer, arrivalTimes = ARRIVAL_TIMES }: BareDependencies): void {
  app.decorateRequest("actor", null);
  app.decorateRequest("correlationId", "");
  app.decorateRequest("startedAt", 0);
  app.decorateRequest("bodyBytes", 0);
  app.decorateRequest("operationName", null);
  app.addHook("onRequest", async (request, reply) => {
    startAnswer(request, reply);
    limitArrival(request, reply, arrivalTimes.requestMs, () => endLateRequest(request, reply));
    // Before a body is parsed that nobody will read.
    return request.is404 ? sendRefusal(reply, NOWHERE) : undefined;
  });
  app.addHook("onResponse", async (request, reply) => observer.requestDone(describe(request, reply)));
  app.setErrorHandler((error, request, reply) => {
    const refusal = refusalOf(error);
    if (refusal.status >= 500) observer.failed(error, request.correlationId);
    return sendRefusal(reply, refusal);
  });
  app.setNotFoundHandler((_request, reply) => sendRefusal(reply, NOWHERE));
}

const NOWHERE: GraphqlRefusal = { status: 404, code: "NOT_FOUND", message: "There is nothing at this address." };

function startAnswer(request: FastifyRequest, reply: FastifyReply): void {
  request.startedAt = performance.now();
  request.correlationId = chooseCorrelationId(request.headers["x-correlation-id"]);
  reply
    .header("x-correlation-id", request.correlationId)
    .header("x-content-type-options", "nosniff")
    // Answers hold patients' data; what may be kept says so itself.
    .header("cache-control", "no-store");
}

const STATUS_OF_CLIENT_ERROR: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** Who has had an answer already gets no second one. */
function endLateRequest(request: FastifyRequest, reply: FastifyReply): void {
  if (reply.raw.headersSent) return void request.raw.destroy();
  answerClientError(Object.assign(new Error("late"), { code: "ERR_HTTP_REQUEST_TIMEOUT" }), request.raw.socket);
}

/** For what is no HTTP request at all: there is no request object yet, only the connection. */
function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const body = toErrorBody(UNREADABLE);
  const head = [
    `HTTP/1.1 ${STATUS_OF_CLIENT_ERROR[error.code ?? ""] ?? "400 Bad Request"}`,
    `X-Correlation-ID: ${chooseCorrelationId(undefined)}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** Fastify's own refusals are told apart by status; their texts are not passed on. */
function refusalOf(error: unknown): GraphqlRefusal {
  if (error instanceof GatewayError) return toRefusal(error);
  if (error instanceof SyntaxError) return { status: 400, code: "BAD_REQUEST", message: "The body is not valid JSON." };
  const status = typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : undefined;
  if (status === 413) return { status, code: "LIMIT_EXCEEDED", message: "The request body is too large." };
  if (status === 415) return { status, code: "BAD_REQUEST", message: "This content type is not accepted here." };
  if (typeof status === "number" && status >= 400 && status < 500) return { ...UNREADABLE, status };
  return UNEXPECTED;
}

function describe(request: FastifyRequest, reply: FastifyReply) {
  const { actor, correlationId, operationName, method, bodyBytes } = request;
  return {
    correlationId,
    ...(actor ? { clientId: actor.clientId, ods: actor.ods, role: actor.role } : {}),
    ...(operationName ? { operation: operationName } : {}),
    method,
    // The route's pattern, never the address that was called: that could hold an identifier.
    route: request.routeOptions.url ?? "(none)",
    status: reply.statusCode,
    durationMs: Math.round((performance.now() - request.startedAt) * 10) / 10,
    bytes: bodyBytes,
  };
}
