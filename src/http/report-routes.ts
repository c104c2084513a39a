/** Downloads of a submission: its report, and its failed rows. Streamed at the speed of the one who reads. */
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GatewayError } from "../errors/gateway-error.ts";
import type { Actor } from "../records/actor.ts";
import { REPORT_PARTS, type ReportPart } from "../submission/report/render-report.ts";
import type { Download } from "../submission/report/report-service.ts";
import { createAuthentication } from "./authenticate.ts";
import type { HttpDependencies } from "./http-ports.ts";
import { createRateLimit } from "./rate-limit.ts";

interface ReportRoute {
  Params: { readonly id: string };
  Querystring: { readonly part?: unknown };
}
type ReportRequest = FastifyRequest<ReportRoute>;

export function registerReports(
  app: FastifyInstance,
  { verifyToken, admitRequest, reports }: Pick<HttpDependencies, "verifyToken" | "admitRequest" | "reports">,
): void {
  const serve = (
    scope: FastifyInstance,
    file: string,
    open: (actor: Actor, request: ReportRequest) => Promise<Download>,
  ): void => {
    // Without HEAD: it would build, and count as read, what nobody sees.
    scope.get<ReportRoute>(`/submissions/:id/${file}`, { exposeHeadRoute: false }, async (request, reply) =>
      send(reply, await open(actorOf(request), request)),
    );
  };
  app.register(async (scope) => {
    scope.addHook("onRequest", createAuthentication(verifyToken));
    scope.addHook("onRequest", createRateLimit(admitRequest));
    serve(scope, "report.json", (actor, { params }) => reports.reportJson(actor, params.id));
    serve(scope, "report.csv", (actor, { params, query }) => reports.reportCsv(actor, params.id, readPart(query.part)));
    serve(scope, "failed-rows.csv", (actor, { params }) => reports.failedRows(actor, params.id));
  });
}

function actorOf({ actor }: FastifyRequest): Actor {
  if (actor === null) throw new Error("The route stands behind the authentication.");
  return actor;
}

/** Absent: the hits. */
function readPart(asked: unknown): ReportPart {
  const part = REPORT_PARTS.find((known) => known === (asked ?? "hits"));
  if (part === undefined)
    throw new GatewayError("BAD_USER_INPUT", `The part of a report is one of ${REPORT_PARTS.join(", ")}.`, {
      details: { path: "part" },
    });
  return part;
}

/** `Cache-Control: no-store` is on every answer already. A fault on the way breaks the answer off, so that it cannot pass for whole. */
const send = (reply: FastifyReply, { contentType, fileName, body }: Download): FastifyReply =>
  reply.header("content-disposition", `attachment; filename="${fileName}"`).type(contentType).send(Readable.from(body));
