/** The WebSocket on `/graphql`: who may open one, how many, how large its messages are, and for how long. */
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { FastifyInstance } from "fastify";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import { isNestedDeeper } from "../lib/json-depth.ts";
import { LIMITS } from "../lib/limits.ts";
import type { Actor } from "../records/actor.ts";
import { readBearer, readOrganisation } from "./authenticate.ts";
import { type ClientConcurrency, createClientConcurrency } from "./client-concurrency.ts";
import { chooseCorrelationId } from "./correlation-id.ts";
import { type GraphqlRefusal, toErrorBody } from "./graphql-error-body.ts";
import type { HttpDependencies, SocketEdge, StreamSocket } from "./http-ports.ts";
import type { OpenStreams } from "./open-streams.ts";
import { isHolder } from "./peer-certificate.ts";
import { isSameOrigin } from "./same-origin.ts";
import { watchToken } from "./token-watch.ts";

const PATH = "/graphql";
const PROTOCOL = "graphql-transport-ws";
/** Close codes: of RFC 6455, and of the protocol. A client that was told 4403 may come again with another token. */
const GOING_AWAY = 1001;
const BAD_MESSAGE = 4400;
const FORBIDDEN = 4403;
const TOO_MANY = 4429;
const FAULT = 4500;
/** Whoever does not answer one ping until the next is gone. */
const PING_MS = 12_000;
/** A client that does not say goodbye is not waited for. */
const CLOSE_MS = 1_000;
/** Answers that wait for a client that sends and does not read. */
const UNREAD_BYTES = 16 * 1024 * 1024;

type Dependencies = Pick<HttpDependencies, "config" | "verifyToken" | "admitRequest" | "streams" | "observer">;

/** For Node: which requests leave HTTP. */
export const asksForWebSocket = ({ headers }: IncomingMessage): boolean => headers.upgrade?.toLowerCase() === "websocket";

/** @param places of the streams of each client, over every transport */
export function serveWebSockets(
  app: FastifyInstance,
  dependencies: Dependencies,
  places: ClientConcurrency,
  open: OpenStreams,
): void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: LIMITS.streamMessageBytes,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has(PROTOCOL) ? PROTOCOL : false),
  });
  const sockets = createClientConcurrency(LIMITS.streamsPerClient);
  app.server.on("upgrade", async (request, socket, head) => {
    // Until the handshake nobody else listens, and an error without a listener ends the process.
    const ignore = (): void => undefined;
    socket.on("error", ignore);
    const admitted = await admit(request, dependencies);
    if ("status" in admitted) return refuse(socket, admitted);
    server.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off("error", ignore);
      new Connection(webSocket, request, dependencies, places).open(admitted, sockets, open);
    });
  });
}

/** Before the handshake: where from, and as whom if a header says so. A browser cannot set one, so its first message may. */
async function admit(request: IncomingMessage, { config, verifyToken }: Dependencies): Promise<GraphqlRefusal | Admitted> {
  if (request.url?.split("?")[0] !== PATH)
    return { status: 404, code: "NOT_FOUND", message: "There is nothing at this address." };
  if (!isSameOrigin(request.headers, config.publicUrl))
    return { status: 403, code: "FORBIDDEN", message: "Streams are for pages of this gateway only." };
  const { authorization } = request.headers;
  if (authorization === undefined) return { token: null };
  const token = readBearer(authorization);
  const actor = token === null ? null : await verifyToken(token, readOrganisation(request.headers)).catch(() => null);
  return token !== null && actor !== null && isHolder(actor, request.socket)
    ? { token }
    : { status: 401, code: "UNAUTHENTICATED", message: "A valid access token is required." };
}

/** What came with the handshake; null where the first message has to say it. */
interface Admitted {
  readonly token: string | null;
}

function refuse(socket: Duplex, refusal: GraphqlRefusal): void {
  const body = toErrorBody(refusal);
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
    ...(refusal.status === 401 ? ["WWW-Authenticate: Bearer"] : []),
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

/** One WebSocket, from its handshake to its end. */
class Connection {
  readonly #socket: WebSocket;
  readonly #dependencies: Dependencies;
  readonly #places: ClientConcurrency;
  /** What the certificate came with, if one did. */
  readonly #connection: Duplex;
  readonly #correlationId: string;
  readonly #organisation: string | null;
  readonly #openedAt = performance.now();
  /** To be done at the end. */
  readonly #leaving: (() => void)[] = [];
  #actor: Actor | null = null;
  #operation: string | null = null;
  #bytes = 0;

  constructor(socket: WebSocket, request: IncomingMessage, dependencies: Dependencies, places: ClientConcurrency) {
    this.#socket = socket;
    this.#dependencies = dependencies;
    this.#places = places;
    this.#connection = request.socket;
    this.#organisation = readOrganisation(request.headers);
    this.#correlationId = chooseCorrelationId(request.headers["x-correlation-id"]);
  }

  open({ token }: Admitted, sockets: ClientConcurrency, open: OpenStreams): void {
    const socket = this.#socket;
    this.#leaving.push(
      open.add(() => this.#close(GOING_AWAY, "The gateway stops")),
      keepAlive(socket),
    );
    // A connection's own errors (a message too large, a frame nobody can read) close it by themselves.
    socket.on("error", () => undefined);
    const edge: SocketEdge = {
      correlationId: this.#correlationId,
      authenticate: (authorization) => this.#authenticate(token ?? readBearer(authorization ?? undefined), sockets),
      refuseRequest: () => this.#refuseRequest(),
      takePlace: () => (this.#actor === null ? null : this.#places.enter(this.#actor.clientId)),
      noteOperation: (rootField) => {
        this.#operation = rootField;
      },
    };
    const closed = this.#dependencies.streams.openSocket(this.#asStreamSocket(), edge);
    socket.once("close", (code, reason) => {
      for (const leave of this.#leaving) leave();
      void closed(code, reason.toString());
      this.#log();
    });
  }

  #refuseRequest(): number | null {
    const { taken, perMinute } = this.#dependencies.admitRequest(this.#actor?.clientId ?? "");
    return taken ? null : perMinute;
  }

  async #authenticate(token: string | null, sockets: ClientConcurrency): Promise<Actor | null> {
    const { verifyToken } = this.#dependencies;
    const actor = token === null ? null : await verifyToken(token, this.#organisation).catch(() => null);
    if (token === null || actor === null || !isHolder(actor, this.#connection)) return null;
    const leave = this.#dependencies.admitRequest(actor.clientId).taken ? sockets.enter(actor.clientId) : null;
    if (leave === null) {
      this.#close(TOO_MANY, "Too many connections or requests of this client");
      return null;
    }
    this.#leaving.push(
      leave,
      watchToken(
        () => verifyToken(token, this.#organisation),
        actor,
        () => this.#close(FORBIDDEN, "The token has ended"),
      ),
    );
    // It may have closed while the token was checked.
    if (this.#socket.readyState !== this.#socket.OPEN) for (const give of this.#leaving) give();
    this.#actor = actor;
    return actor;
  }

  #asStreamSocket(): StreamSocket {
    const socket = this.#socket;
    return {
      protocol: socket.protocol,
      send: (text) =>
        new Promise((resolve) => {
          // Nobody is there to be told of a failure: the connection's end is what ends its operations.
          if (socket.readyState === socket.OPEN) socket.send(text, () => resolve());
          else resolve();
        }),
      close: (code, reason) => this.#close(code, reason),
      onMessage: (take) => socket.on("message", (data, isBinary) => void this.#take(data, isBinary, take)),
    };
  }

  async #take(data: RawData, isBinary: boolean, take: (text: string) => Promise<void>): Promise<void> {
    if (!(data instanceof Buffer) || isBinary || isNestedDeeper(data, LIMITS.bodyDepth))
      return this.#close(BAD_MESSAGE, "Invalid message");
    if (this.#socket.bufferedAmount > UNREAD_BYTES) return this.#socket.terminate();
    this.#bytes += data.length;
    try {
      await take(data.toString("utf8"));
    } catch (error) {
      this.#dependencies.observer.failed(error, this.#correlationId);
      this.#close(FAULT, "Internal error");
    }
  }

  #close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), CLOSE_MS).unref();
  }

  /** One line for the connection, as for a request: with its first operation's name. */
  #log(): void {
    const actor = this.#actor;
    this.#dependencies.observer.requestDone({
      correlationId: this.#correlationId,
      ...(actor ? { clientId: actor.clientId, ods: actor.ods, role: actor.role } : {}),
      ...(this.#operation ? { operation: this.#operation } : {}),
      method: "WEBSOCKET",
      route: PATH,
      status: 101,
      durationMs: Math.round((performance.now() - this.#openedAt) * 10) / 10,
      bytes: this.#bytes,
    });
  }
}

/** @returns stops it */
function keepAlive(socket: WebSocket): () => void {
  let answered = true;
  socket.on("pong", () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, PING_MS);
  return () => clearInterval(timer);
}
