/** Reports of programmes and of a patient's progress: pages to be read and printed, CSV, and the importer's files. */
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GatewayError } from "../errors/gateway-error.ts";
import type { Actor } from "../records/actor.ts";
import { PAGE_SECURITY_POLICY } from "../reporting/html-page.ts";
import type { Period } from "../reporting/period.ts";
import type { Download } from "../submission/report/report-service.ts";
import { createAuthentication } from "./authenticate.ts";
import type { HttpDependencies } from "./http-ports.ts";
import { createRateLimit } from "./rate-limit.ts";

interface ProgrammeRoute {
  Params: { readonly code: string };
  Querystring: { readonly from?: unknown; readonly to?: unknown };
}
interface PatientRoute {
  Params: { readonly id: string };
}

export function registerProgrammeReports(
  app: FastifyInstance,
  { verifyToken, admitRequest, reportFiles }: Pick<HttpDependencies, "verifyToken" | "admitRequest" | "reportFiles">,
): void {
  app.register(async (scope) => {
    scope.addHook("onRequest", createAuthentication(verifyToken));
    scope.addHook("onRequest", createRateLimit(admitRequest));
    // Without HEAD: it would build, and count as read, what nobody sees.
    const quietly = { exposeHeadRoute: false };
    scope.get<ProgrammeRoute>("/programmes/:code/report.html", quietly, async (request, reply) =>
      sendPage(reply, await reportFiles.programmePage(actorOf(request), request.params.code, readPeriod(request.query))),
    );
    scope.get<ProgrammeRoute>("/programmes/:code/report.csv", quietly, async (request, reply) =>
      sendFile(reply, await reportFiles.programmeCsv(actorOf(request), request.params.code, readPeriod(request.query))),
    );
    scope.get<ProgrammeRoute>("/programmes/:code/importer.zip", quietly, async (request, reply) =>
      sendFile(reply, await reportFiles.importer(actorOf(request), request.params.code)),
    );
    scope.get<PatientRoute>("/patients/:id/progress.html", quietly, async (request, reply) =>
      sendPage(reply, await reportFiles.progressPage(actorOf(request), request.params.id)),
    );
  });
}

function actorOf({ actor }: Pick<FastifyRequest, "actor">): Actor {
  if (actor === null) throw new Error("The route stands behind the authentication.");
  return actor;
}

/** Whether they are dates is asked where the report is made. */
function readPeriod({ from, to }: ProgrammeRoute["Querystring"]): Period {
  if (typeof from === "string" && typeof to === "string") return { from, to };
  throw new GatewayError("BAD_USER_INPUT", "Name a period: ?from=YYYY-MM-DD&to=YYYY-MM-DD.", { details: { path: "period" } });
}

/** `Cache-Control: no-store` is on every answer already. */
const sendPage = (reply: FastifyReply, html: string): FastifyReply =>
  reply.header("content-security-policy", PAGE_SECURITY_POLICY).type("text/html; charset=utf-8").send(html);

/** A fault on the way breaks the answer off, so that it cannot pass for whole. */
const sendFile = (reply: FastifyReply, { contentType, fileName, body }: Download): FastifyReply =>
  reply.header("content-disposition", `attachment; filename="${fileName}"`).type(contentType).send(Readable.from(body));
