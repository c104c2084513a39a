/** `/uploads`: a file is sent before it is submitted, whole in one request or resumable by the tus protocol. */
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GatewayError } from "../errors/gateway-error.ts";
import { LIMITS } from "../lib/limits.ts";
import type { OrganisationActor } from "../records/actor.ts";
import { createAuthentication } from "./authenticate.ts";
import { type ClientConcurrency, createClientConcurrency } from "./client-concurrency.ts";
import { sendRefusal, toRefusal } from "./graphql-error-body.ts";
import type { HttpDependencies, UploadRoutes } from "./http-ports.ts";
import { createRateLimit } from "./rate-limit.ts";
import { maySubmit } from "./read-body.ts";
import { ARRIVAL_TIMES, endUnreadBody, readArriving } from "./slow-requests.ts";
import { readAnnouncedDigests, readFileName } from "./upload-headers.ts";

const COLLECTION = "/uploads";
const ONE = "/uploads/:id";
const TUS_VERSION = "1.0.0";

export function registerUploads(app: FastifyInstance, dependencies: HttpDependencies): void {
  const { uploads, verifyToken, admitRequest, arrivalTimes = ARRIVAL_TIMES } = dependencies;
  const concurrency = createClientConcurrency(LIMITS.concurrentUploads);
  app.register(async (scope) => {
    scope.addHook("onRequest", createAuthentication(verifyToken));
    scope.addHook("onRequest", createRateLimit(admitRequest));
    scope.addHook("onRequest", async (request, reply) => refuseStranger(request, reply));
    scope.addHook("onRequest", async (request, reply) => takePlace(request, reply, concurrency));
    scope.addHook("onRequest", async (request, reply) => refuseBody(request, reply));
    scope.addHook("onResponse", async (request) => endUnreadBody(request));
    // Whatever it says it is, the handler reads it.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", async (_request: FastifyRequest, payload: IncomingMessage) => payload);
    mount(scope, uploads, (request) => countBytes(request, arrivalTimes.silenceMs));
  });
}

type ReadBody = (request: FastifyRequest) => AsyncIterable<Buffer>;

function mount(scope: FastifyInstance, uploads: UploadRoutes, readBody: ReadBody): void {
  const config = { takesItsTime: true };
  const speakTus = (request: FastifyRequest, reply: FastifyReply) => answerTus(request, reply, uploads, readBody);
  scope.post(COLLECTION, { config }, async (request, reply) => {
    if (isTus(request)) return speakTus(request, reply);
    const announced = readAnnouncedDigests(request.headers);
    const file = { fileName: readFileName(request), announced, body: readBody(request) };
    return reply.code(201).send(await uploads.receive(ownerOf(request), file));
  });
  scope.options(COLLECTION, speakTus);
  scope.head(ONE, speakTus);
  scope.patch(ONE, { config }, speakTus);
  scope.delete(ONE, async (request, reply) => {
    if (isTus(request)) return speakTus(request, reply);
    if (!(await uploads.remove(ownerOf(request), idOf(request) ?? ""))) throw notFound();
    return reply.code(204).send();
  });
  scope.get(ONE, async (request) => {
    const found = await uploads.find(ownerOf(request), idOf(request) ?? "");
    if (found === null) throw notFound();
    return found;
  });
}

const isTus = ({ headers }: FastifyRequest): boolean => headers["tus-resumable"] !== undefined;

const notFound = (): GatewayError => new GatewayError("NOT_FOUND", "There is no such upload, or not all of it is here yet.");

function idOf({ params }: FastifyRequest): string | null {
  return typeof params === "object" && params !== null && "id" in params && typeof params.id === "string" ? params.id : null;
}

/** Before anything of the body is read. */
function refuseStranger({ actor }: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  if (isOwner(actor) && maySubmit(actor)) return undefined;
  return sendRefusal(reply, { status: 403, code: "FORBIDDEN", message: "The bearer may not send files." });
}

const isOwner = (actor: FastifyRequest["actor"]): actor is OrganisationActor => actor !== null && actor.ods !== null;

function ownerOf({ actor }: FastifyRequest): OrganisationActor {
  if (!isOwner(actor)) throw new GatewayError("FORBIDDEN", "The bearer may not send files.");
  return actor;
}

const CARRIES_CONTENT: ReadonlySet<string> = new Set(["POST", "PATCH"]);

/** The place is given back when the connection is done with the answer, whether it arrived or not. */
function takePlace(request: FastifyRequest, reply: FastifyReply, places: ClientConcurrency): FastifyReply | undefined {
  if (!CARRIES_CONTENT.has(request.method)) return undefined;
  const leave = places.enter(request.actor?.clientId ?? "");
  if (leave !== null) {
    reply.raw.once("close", leave);
    return undefined;
  }
  return sendRefusal(reply, {
    status: 429,
    code: "RATE_LIMITED",
    message: `This client is sending ${LIMITS.concurrentUploads} uploads. Wait for one of them.`,
    details: { limit: "concurrentUploads", value: LIMITS.concurrentUploads },
    retryable: true,
    retryAfterSeconds: 1,
  });
}

function refuseBody({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  const { "content-encoding": encoding = "identity", "content-length": length = "0" } = headers;
  if (encoding.toLowerCase() !== "identity")
    return sendRefusal(reply, {
      status: 415,
      code: "BAD_REQUEST",
      message: "A compressed body is not accepted. Send the file as it is.",
    });
  return Number(length) > LIMITS.uploadBytes ? sendRefusal(reply, toRefusal(tooLarge())) : undefined;
}

const tooLarge = (): GatewayError =>
  new GatewayError("LIMIT_EXCEEDED", `The file is larger than ${LIMITS.uploadBytes} bytes.`, {
    details: { limit: "uploadBytes", value: LIMITS.uploadBytes },
  });

/** The log line says how much came. */
async function* countBytes(request: FastifyRequest, silenceMs: number): AsyncGenerator<Buffer> {
  for await (const chunk of readArriving(request.raw, silenceMs)) {
    request.bodyBytes += chunk.length;
    yield chunk;
  }
}

async function answerTus(
  request: FastifyRequest,
  reply: FastifyReply,
  uploads: UploadRoutes,
  readBody: ReadBody,
): Promise<FastifyReply> {
  reply.header("tus-resumable", TUS_VERSION);
  const { method, headers } = request;
  const answer = await uploads.tus(ownerOf(request), { method, headers, uploadId: idOf(request), body: readBody(request) });
  reply.headers(answer.headers);
  if (answer.refusal !== null) return sendRefusal(reply, { status: answer.status, ...answer.refusal });
  return reply.code(answer.status).send();
}
