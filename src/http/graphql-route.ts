/** `/graphql`: authenticate, take a place, limit the body, parse it, gate the document; only then does GraphQL see the request. */
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GatewayError } from "../errors/gateway-error.ts";
import { isNestedDeeper } from "../lib/json-depth.ts";
import { LIMITS } from "../lib/limits.ts";
import { createAuthentication } from "./authenticate.ts";
import { type ClientConcurrency, createClientConcurrency } from "./client-concurrency.ts";
import { EVENT_STREAM_PATH, registerEventStream } from "./event-stream-route.ts";
import { sendRefusal } from "./graphql-error-body.ts";
import type { HttpDependencies } from "./http-ports.ts";
import { createOpenStreams } from "./open-streams.ts";
import { createRateLimit } from "./rate-limit.ts";
import { bodyLimitOf, readBody } from "./read-body.ts";
import { serveWebSockets } from "./web-socket-route.ts";

const JSON_TYPES = ["application/json", "application/graphql-response+json"];
/** A body in another character set could be read differently here and elsewhere. */
const CHARSET = /;\s*charset\s*=(?!\s*"?utf-?8"?\s*(;|$))/i;
/** GraphQL over HTTP knows GET and POST; the others are answered after the bearer is known. */
const OTHER_METHODS = ["PUT", "PATCH", "DELETE"];

export function registerGraphql(app: FastifyInstance, dependencies: HttpDependencies): void {
  const requests = createClientConcurrency(LIMITS.concurrentRequests);
  const streams = createClientConcurrency(LIMITS.streamsPerClient);
  const open = createOpenStreams(app);
  serveWebSockets(app, dependencies, streams, open);
  // A scope of its own: other routes keep Fastify's parsers, and no other body type reaches GraphQL.
  app.register(async (scope) => {
    scope.addHook("onRequest", createAuthentication(dependencies.verifyToken));
    scope.addHook("onRequest", createRateLimit(dependencies.admitRequest));
    scope.addHook("onRequest", async (request, reply) =>
      isStream(request)
        ? takePlace(request, reply, streams, "streamsPerClient")
        : takePlace(request, reply, requests, "concurrentRequests"),
    );
    scope.addHook("onRequest", async (request, reply) => refuseEncoding(request, reply));
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(JSON_TYPES, async (request: FastifyRequest, payload: IncomingMessage) =>
      parseJsonBody(request, payload),
    );
    scope.addHook("preHandler", async (request, reply) => gateDocument(request, reply, dependencies.refuseDocument));
    scope.route({
      method: OTHER_METHODS,
      url: "/graphql",
      onRequest: async (_request, reply) => refuseMethod(reply),
      handler: async (_request, reply) => refuseMethod(reply),
    });
    registerEventStream(scope, dependencies, open);
    await dependencies.mountGraphql(scope);
  });
}

const isStream = ({ routeOptions }: FastifyRequest): boolean => routeOptions.url === EVENT_STREAM_PATH;

const TOO_MANY = {
  concurrentRequests: `This client has ${LIMITS.concurrentRequests} requests in hand. Wait for one of them.`,
  streamsPerClient: `This client has ${LIMITS.streamsPerClient} streams open. Close one of them.`,
} as const;

/**
 * The place is given back when the answer has left this process, or its connection is gone: not later, so that whoever asks again as soon as
 * he has the answer finds it free.
 */
async function takePlace(
  request: FastifyRequest,
  reply: FastifyReply,
  concurrency: ClientConcurrency,
  limit: keyof typeof TOO_MANY,
): Promise<FastifyReply | undefined> {
  const leave = concurrency.enter(request.actor?.clientId ?? "");
  if (leave !== null) {
    for (const event of ["finish", "close"]) reply.raw.once(event, leave);
    return undefined;
  }
  return sendRefusal(reply, {
    status: 429,
    code: "RATE_LIMITED",
    message: TOO_MANY[limit],
    details: { limit, value: LIMITS[limit] },
    retryable: true,
    retryAfterSeconds: 1,
  });
}

async function refuseEncoding({ headers }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const { "content-type": type = "", "content-encoding": encoding = "identity" } = headers;
  const message = CHARSET.test(type)
    ? "The body must be UTF-8."
    : encoding.toLowerCase() === "identity"
      ? null
      : "A compressed body is not accepted.";
  return message === null ? undefined : sendRefusal(reply, { status: 415, code: "BAD_REQUEST", message });
}

function refuseMethod(reply: FastifyReply): FastifyReply {
  reply.header("allow", "GET, POST");
  return sendRefusal(reply, { status: 405, code: "BAD_REQUEST", message: "GraphQL is asked by GET or POST." });
}

async function parseJsonBody(request: FastifyRequest, payload: IncomingMessage): Promise<unknown> {
  const body = await readBody(payload, isStream(request) ? "streamMessageBytes" : bodyLimitOf(request.actor));
  request.bodyBytes = body.length;
  if (isNestedDeeper(body, LIMITS.bodyDepth)) throw tooDeep();
  return JSON.parse(body.toString("utf8"));
}

const tooDeep = (): GatewayError =>
  new GatewayError("LIMIT_EXCEEDED", `The request body is nested more than ${LIMITS.bodyDepth} deep.`, {
    details: { limit: "bodyDepth", value: LIMITS.bodyDepth },
  });

async function gateDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  refuseDocument: HttpDependencies["refuseDocument"],
): Promise<FastifyReply | undefined> {
  const source = documentOf(request);
  const refusal = source === null ? null : refuseDocument(source);
  return refusal === null ? undefined : sendRefusal(reply, refusal);
}

function documentOf({ method, body, query }: FastifyRequest): string | null {
  const carrier = method === "GET" ? query : body;
  if (typeof carrier !== "object" || carrier === null || !("query" in carrier)) return null;
  return typeof carrier.query === "string" ? carrier.query : null;
}
