/** `/graphql`: authenticate, limit the body, parse it, gate the document; only then does GraphQL see the request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { createAuthentication } from "./authenticate.ts";
import { sendRefusal } from "./graphql-error-body.ts";
import type { HttpDependencies } from "./http-ports.ts";
import { bodyLimitOf, readBody } from "./read-body.ts";

const JSON_TYPES = ["application/json", "application/graphql-response+json"];
/** A body in another character set could be read differently here and elsewhere. */
const CHARSET = /;\s*charset=(?!"?utf-?8"?\s*(;|$))/i;

export function registerGraphql(app: FastifyInstance, dependencies: HttpDependencies): void {
  // A scope of its own: other routes keep Fastify's parsers, and no other body type reaches GraphQL.
  app.register(async (scope) => {
    scope.addHook("onRequest", createAuthentication(dependencies.verifyToken));
    scope.addHook("onRequest", async (request, reply) => refuseCharset(request, reply));
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(JSON_TYPES, async (request: FastifyRequest, payload: NodeJS.ReadableStream) =>
      parseJsonBody(request, payload),
    );
    scope.addHook("preHandler", async (request, reply) => gateDocument(request, reply, dependencies.checkDocument));
    await dependencies.mountGraphql(scope);
  });
}

async function refuseCharset(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  if (!CHARSET.test(request.headers["content-type"] ?? "")) return undefined;
  return sendRefusal(reply, { status: 415, code: "UNSUPPORTED_MEDIA_TYPE", message: "The body must be UTF-8." });
}

async function parseJsonBody(request: FastifyRequest, payload: NodeJS.ReadableStream): Promise<unknown> {
  const body = await readBody(request, payload, bodyLimitOf(request.actor));
  request.bodyBytes = body.length;
  return JSON.parse(body.toString("utf8"));
}

async function gateDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  checkDocument: HttpDependencies["checkDocument"],
): Promise<FastifyReply | undefined> {
  const source = documentOf(request);
  const refused = source === null ? null : checkDocument(source);
  if (refused === null) return undefined;
  return sendRefusal(reply, {
    status: 400,
    code: "DOCUMENT_LIMIT",
    message: "The document exceeds a limit.",
    details: { limit: refused },
  });
}

function documentOf({ method, body, query }: FastifyRequest): string | null {
  const carrier = method === "GET" ? query : body;
  if (typeof carrier !== "object" || carrier === null || !("query" in carrier)) return null;
  return typeof carrier.query === "string" ? carrier.query : null;
}
