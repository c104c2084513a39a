/** `POST /oauth2/token`, and in demo mode `POST /demo/token`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { HttpDependencies } from "./http-ports.ts";
import { isLocalRequest } from "./local-request.ts";
import { certificateOf } from "./peer-certificate.ts";

/** Assertions are small; a longer form is not a token request. */
const FORM_BYTES = 16 * 1024;

export function registerTokenRoutes(app: FastifyInstance, dependencies: HttpDependencies): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: FORM_BYTES },
      async (_request: FastifyRequest, body: string) => new URLSearchParams(body),
    );
    scope.post("/oauth2/token", async (request, reply) => {
      const form = readForm(request.body);
      if (form === null) return reply.code(400).send({ error: "invalid_request" });
      const answer = await dependencies.tokens.requestToken(form, request.correlationId, certificateOf(request.raw.socket));
      return reply.code(answer.status).header("pragma", "no-cache").send(answer.body);
    });
  });
  if (dependencies.demoToken !== null) registerDemoToken(app, dependencies, dependencies.demoToken);
}

/** RFC 6749: a parameter is sent at most once; which of two counts is not ours to guess. */
function readForm(body: unknown): ReadonlyMap<string, string> | null {
  const sent = body instanceof URLSearchParams ? [...body] : [];
  const form = new Map(sent);
  return form.size === sent.length ? form : null;
}

function registerDemoToken(
  app: FastifyInstance,
  { config }: HttpDependencies,
  demoToken: NonNullable<HttpDependencies["demoToken"]>,
): void {
  app.post("/demo/token", { bodyLimit: 1024 }, async (request, reply) => {
    if (!isLocalRequest(request, config.port) || !isJson(request)) return reply.code(403).send({ error: "forbidden" });
    const answer = await demoToken(identityAsked(request.body));
    if (answer === null) return reply.code(400).send({ error: "invalid_request" });
    return reply.send({ access_token: answer.token, token_type: "Bearer", expires_in: answer.seconds });
  });
}

function identityAsked(body: unknown): string {
  return typeof body === "object" && body !== null && "as" in body && typeof body.as === "string" ? body.as : "";
}

function isJson({ headers: { "content-type": type = "" } }: FastifyRequest): boolean {
  return type.split(";")[0]?.trim() === "application/json";
}
