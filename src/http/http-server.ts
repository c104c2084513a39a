/** What clients call: the routes of the role `api`. */
import type { FastifyInstance } from "fastify";
import { createBareServer } from "./bare-server.ts";
import { registerDemoOidc } from "./demo-oidc-routes.ts";
import { registerExplorer } from "./explorer-route.ts";
import { registerExtracts } from "./extract-routes.ts";
import { registerGraphql } from "./graphql-route.ts";
import type { HttpDependencies } from "./http-ports.ts";
import { registerProgrammeReports } from "./programme-report-routes.ts";
import { registerReports } from "./report-routes.ts";
import { registerStatisticsFiles } from "./statistics-routes.ts";
import { registerTokenRoutes } from "./token-routes.ts";
import { registerUploads } from "./uploads-route.ts";
import { asksForWebSocket } from "./web-socket-route.ts";

export async function createHttpServer(dependencies: HttpDependencies): Promise<FastifyInstance> {
  const app = createBareServer(dependencies, asksForWebSocket);
  registerTokenRoutes(app, dependencies);
  registerDemoOidc(app, dependencies);
  registerExplorer(app, dependencies.config.mode === "demo");
  registerGraphql(app, dependencies);
  registerUploads(app, dependencies);
  registerReports(app, dependencies);
  registerProgrammeReports(app, dependencies);
  registerStatisticsFiles(app, dependencies);
  registerExtracts(app, dependencies);
  await app.ready();
  return app;
}
