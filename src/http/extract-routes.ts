/** Downloads of extracts. Streamed at the speed of the one who reads; each is a use of the agreement. */
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { EXTRACT_ROUTE } from "../statistics/extracts/extract.ts";
import { createAuthentication } from "./authenticate.ts";
import type { HttpDependencies } from "./http-ports.ts";
import { createRateLimit } from "./rate-limit.ts";

interface ExtractRoute {
  Params: { readonly id: string };
}

export function registerExtracts(
  app: FastifyInstance,
  { verifyToken, admitRequest, extracts }: Pick<HttpDependencies, "verifyToken" | "admitRequest" | "extracts">,
): void {
  app.register(async (scope) => {
    scope.addHook("onRequest", createAuthentication(verifyToken));
    scope.addHook("onRequest", createRateLimit(admitRequest));
    // Without HEAD: it would be a use of the agreement that nobody sees.
    scope.get<ExtractRoute>(EXTRACT_ROUTE, { exposeHeadRoute: false }, async ({ actor, params }, reply) => {
      if (actor === null) throw new Error("The route stands behind the authentication.");
      const { contentType, fileName, body } = await extracts.download(actor, params.id);
      // A fault on the way breaks the answer off, so that it cannot pass for whole.
      return reply
        .header("content-disposition", `attachment; filename="${fileName}"`)
        .type(contentType)
        .send(Readable.from(body));
    });
  });
}
