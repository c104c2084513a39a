/** What the demo's own identity provider publishes, as OpenID Connect discovery says: its document and its keys. Demo mode only. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DEMO_OIDC_PATH } from "../access/demo-issuer.ts";
import type { HttpDependencies } from "./http-ports.ts";
import { isLocalRequest } from "./local-request.ts";

export function registerDemoOidc(app: FastifyInstance, { config, demoOidc }: HttpDependencies): void {
  if (demoOidc === null) return;
  const serve = (document: object) => async (request: FastifyRequest, reply: FastifyReply) =>
    isLocalRequest(request, config.port) ? reply.send(document) : reply.code(403).send({ error: "forbidden" });
  app.get(`${DEMO_OIDC_PATH}/.well-known/openid-configuration`, serve(demoOidc.discovery));
  app.get(`${DEMO_OIDC_PATH}/jwks`, serve(demoOidc.keySet));
}
