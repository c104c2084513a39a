/** Liveness, readiness and metrics. They say nothing of data, so they need no token. */
import type { FastifyInstance } from "fastify";
import type { BareDependencies } from "./http-ports.ts";

export function registerHealthRoutes(app: FastifyInstance, { checkReadiness, observer }: BareDependencies): void {
  app.get("/healthz", async () => ({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    try {
      await checkReadiness();
      return { status: "ready" };
    } catch {
      return reply.code(503).header("retry-after", 5).send({ status: "not ready" });
    }
  });
  app.get("/metrics", async (_request, reply) => {
    const { contentType, body } = await observer.metrics();
    return reply.type(contentType).send(body);
  });
}
