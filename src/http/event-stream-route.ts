/** `POST /graphql/stream`: one subscription as server-sent events (graphql-sse, distinct connections). */
import type { ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readBearer, readOrganisation } from "./authenticate.ts";
import { sendRefusal, UNREADABLE } from "./graphql-error-body.ts";
import type { HttpDependencies } from "./http-ports.ts";
import type { OpenStreams } from "./open-streams.ts";
import { isSameOrigin } from "./same-origin.ts";
import { watchToken } from "./token-watch.ts";

export const EVENT_STREAM_PATH = "/graphql/stream";
const EVENT_STREAM = "text/event-stream";
/** What is still on its way when a stream is ended by us gets this long. */
const LAST_WORDS_MS = 1_000;

/** @param scope in which every request has an actor, a place among its client's streams, and a parsed body */
export function registerEventStream(scope: FastifyInstance, dependencies: HttpDependencies, open: OpenStreams): void {
  scope.post(EVENT_STREAM_PATH, async (request, reply) => {
    const refusal = refuse(request, dependencies.config.publicUrl);
    if (refusal !== null) return sendRefusal(reply, refusal);
    const outlet = new Outlet(reply);
    const facts = toFacts(request);
    const stream = await dependencies.streams.openEventStream({
      body: toMembers(request.body),
      facts,
      whenTaken: () => outlet.whenTaken(),
    });
    if (stream === null) return sendRefusal(reply, UNREADABLE);
    const end = (): void => outlet.end();
    const forget = open.add(end);
    const { headers } = request;
    const verify = () => dependencies.verifyToken(readBearer(headers.authorization) ?? "", readOrganisation(headers));
    const unwatch = watchToken(verify, facts.actor, end);
    try {
      await outlet.pour(stream);
    } catch (error) {
      dependencies.observer.failed(error, request.correlationId);
      end();
    } finally {
      unwatch();
      forget();
    }
    return reply;
  });
}

function refuse({ headers, body }: FastifyRequest, publicUrl: string) {
  if (!isSameOrigin(headers, publicUrl))
    return { status: 403, code: "FORBIDDEN", message: "Streams are for pages of this gateway only." } as const;
  if (!(headers.accept ?? "").includes(EVENT_STREAM))
    return { status: 406, code: "BAD_REQUEST", message: `Ask for ${EVENT_STREAM} in the header Accept.` } as const;
  return typeof toMembers(body).query === "string" ? null : UNREADABLE;
}

const toMembers = (body: unknown): Readonly<Record<string, unknown>> =>
  typeof body === "object" && body !== null && !Array.isArray(body) ? { ...body } : {};

function toFacts(request: FastifyRequest) {
  const { actor, correlationId, bodyBytes } = request;
  if (actor === null) throw new Error("The scope's hooks let nobody through without an actor.");
  const noteOperation = (rootField: string): void => {
    request.operationName = rootField;
  };
  return { actor, correlationId, idempotencyKeyHeader: null, bodyBytes, noteOperation };
}

/** A response that is written piece by piece, the next one when the one before has left this process. */
class Outlet {
  readonly #reply: FastifyReply;
  readonly #response: ServerResponse;
  #stream: AsyncGenerator<string, void, undefined> | null = null;
  #taken: PromiseWithResolvers<void> | null = null;

  constructor(reply: FastifyReply) {
    this.#reply = reply;
    this.#response = reply.raw;
  }

  /** Resolves when a payload may be made; at most one is on its way, however slowly the client reads. */
  async whenTaken(): Promise<void> {
    await this.#taken?.promise;
    this.#taken = Promise.withResolvers();
  }

  /** Resolves when everything is written, or nobody is there any more. */
  async pour(stream: AsyncGenerator<string, void, undefined>): Promise<void> {
    this.#stream = stream;
    const response = this.#response;
    this.#reply.hijack();
    response.once("close", () => this.#stop());
    // It may have closed while the subscription was opened.
    if (response.destroyed) return this.#stop();
    response.writeHead(200, {
      ...toHeaders(this.#reply),
      "content-type": `${EVENT_STREAM}; charset=utf-8`,
      // Proxies that gather answers would gather this one for ever.
      "x-accel-buffering": "no",
      // Nothing follows it on this connection, and a process that stops need not wait for it.
      connection: "close",
    });
    for await (const piece of stream) await this.#write(piece);
    response.end();
  }

  /** Ends the stream without the protocol's word for completion: the client will come again. */
  end(): void {
    this.#stop();
    this.#response.end();
    setTimeout(() => this.#response.destroy(), LAST_WORDS_MS).unref();
  }

  #write(piece: string): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#response.off("close", done);
        this.#taken?.resolve();
        resolve();
      };
      // A connection that breaks may take the callback of a write with it.
      this.#response.once("close", done);
      this.#response.write(piece, done);
    });
  }

  #stop(): void {
    this.#taken?.resolve();
    void this.#stream?.return();
  }
}

const toHeaders = (reply: FastifyReply): Record<string, string> =>
  Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
