/** Files of answers to analysts' questions. The question stands in the address: it names no patient. */
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { GatewayError } from "../errors/gateway-error.ts";
import { holdsNul } from "../lib/holds-nul.ts";
import type { Actor } from "../records/actor.ts";
import type { AskedStatistics } from "../statistics/questions/ask-statistics.ts";
import { EXPORT_FORMATS, exportRoute } from "../statistics/questions/export-statistics.ts";
import { dimensionKey } from "../statistics/questions/question-words.ts";
import { createAuthentication } from "./authenticate.ts";
import type { HttpDependencies } from "./http-ports.ts";
import { createRateLimit } from "./rate-limit.ts";

interface ExportRoute {
  Querystring: Readonly<Record<string, unknown>>;
}

export function registerStatisticsFiles(
  app: FastifyInstance,
  { verifyToken, admitRequest, exportStatistics }: Pick<HttpDependencies, "verifyToken" | "admitRequest" | "exportStatistics">,
): void {
  app.register(async (scope) => {
    scope.addHook("onRequest", createAuthentication(verifyToken));
    scope.addHook("onRequest", createRateLimit(admitRequest));
    // Without HEAD: it would be a use of the agreement that nobody sees.
    for (const format of EXPORT_FORMATS)
      scope.get<ExportRoute>(exportRoute(format), { exposeHeadRoute: false }, async (request, reply) => {
        const file = await exportStatistics(actorOf(request), readQuestion(request.query), format);
        reply.header("content-disposition", `attachment; filename="${file.fileName}"`).type(file.contentType);
        return reply.send(Readable.from(file.body));
      });
  });
}

function actorOf({ actor }: Pick<FastifyRequest, "actor">): Actor {
  if (actor === null) throw new Error("The route stands behind the authentication.");
  return actor;
}

const refuse = (path: string, message: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path } });

/** @throws GatewayError BAD_USER_INPUT for an address that asks nothing; whether it can be asked is the use case's business. */
function readQuestion(query: ExportRoute["Querystring"]): Omit<AskedStatistics, "handedOutAs"> {
  if (holdsNul(query)) throw refuse("query", "A text without the character NUL is required.");
  const text = (name: string): string => {
    const value = query[name];
    if (typeof value !== "string" || value === "") throw refuse(name, `\`${name}\` is to be named once.`);
    return value;
  };
  const optional = (name: string): string | null => (query[name] === undefined ? null : text(name));
  const year = optional("auditYear");
  if (year !== null && !/^\d{4}$/.test(year)) throw refuse("auditYear", "`auditYear` is a year.");
  const dimensions = (optionalList(query.dimensions)[0] ?? "").split(",").filter((name) => name !== "");
  return {
    agreementId: text("agreement"),
    purpose: text("purpose"),
    cutId: optional("cut"),
    auditYear: year === null ? null : Number(year),
    question: {
      measure: text("measure"),
      dimensions: dimensions.map(dimensionKey),
      where: optionalList(query.where).map(readCondition),
    },
  };
}

const optionalList = (value: unknown): readonly string[] =>
  [value ?? []].flat().filter((entry): entry is string => typeof entry === "string");

/** `SEX:FEMALE`. */
function readCondition(text: string): { readonly dimension: string; readonly category: string } {
  const at = text.indexOf(":");
  if (at < 1) throw refuse("where", "`where` is a dimension, a colon and a category.");
  return { dimension: dimensionKey(text.slice(0, at)), category: text.slice(at + 1) };
}
