/** Subscribers over real sockets, piece by piece: what a client library would hide is what is tested. */
import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, request } from "node:http";
import WebSocket from "ws";

/** The data of a payload; its shape is the test's claim. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
type Payload = any;

export interface Subscription {
  /** The next payload; null once the stream has ended. */
  next(): Promise<Payload | null>;
  /** Waits until the stream has ended. @returns what came until then */
  rest(): Promise<Payload[]>;
  close(): void;
}

/** Hands out what arrives in its order, also to whoever asks before it is there. */
class Inbox<T> {
  readonly #arrived: T[] = [];
  #ended = false;
  #wake: (() => void) | null = null;

  push(thing: T): void {
    this.#arrived.push(thing);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async next(): Promise<T | null> {
    while (this.#arrived.length === 0 && !this.#ended)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.#arrived.shift() ?? null;
  }

  async rest(): Promise<T[]> {
    const all: T[] = [];
    for (let thing = await this.next(); thing !== null; thing = await this.next()) all.push(thing);
    return all;
  }
}

export interface EventStream extends Subscription {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** The whole body, where it is no stream. */
  text(): Promise<string>;
  /** Comments that came so far. */
  readonly comments: number;
  /** Whether the server said that the operation is complete. */
  readonly completed: boolean;
  /** Stops reading from the connection; the server finds its buffers full. */
  pause(): void;
  resume(): void;
}

export interface StreamQuestion {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

function sendPost(
  url: string,
  token: string | null,
  question: unknown,
  headers: Readonly<Record<string, string>>,
): ClientRequest {
  const sent = request(`${url}/graphql/stream`, {
    method: "POST",
    // Each stream a connection of its own.
    agent: false,
    headers: {
      "content-type": "application/json",
      accept: "text/event-stream",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
  });
  sent.on("error", () => undefined);
  sent.end(JSON.stringify(question));
  return sent;
}

/** `POST /graphql/stream`; resolves with the response's head. */
export async function openEventStream(
  url: string,
  token: string | null,
  question: StreamQuestion | unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  const sent = sendPost(url, token, question, headers);
  const [response]: IncomingMessage[] = await once(sent, "response");
  if (response === undefined) throw new Error("no response");
  const inbox = new Inbox<Payload>();
  let text = "";
  let whole = "";
  let comments = 0;
  let completed = false;
  response.setEncoding("utf8");
  response.on("data", (chunk: string) => {
    whole += chunk;
    const pieces = (text + chunk).split("\n\n");
    text = pieces.pop() ?? "";
    for (const piece of pieces) {
      if (piece.startsWith(":")) comments += 1;
      else if (piece.startsWith("event: complete")) completed = true;
      else inbox.push(JSON.parse(piece.slice(piece.indexOf("data: ") + 6)));
    }
  });
  response.on("error", () => undefined);
  response.on("close", () => inbox.end());
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    next: () => inbox.next(),
    rest: () => inbox.rest(),
    close: () => void sent.destroy(),
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    text: async () => {
      if (!response.closed) await once(response, "close");
      return whole;
    },
    get comments() {
      return comments;
    },
    get completed() {
      return completed;
    },
  };
}

export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: Payload;
}

export interface Socket {
  readonly raw: WebSocket;
  send(message: unknown): void;
  next(): Promise<SocketMessage | null>;
  /** The next message of an operation, payloads of others left out. */
  nextOf(id: string): Promise<SocketMessage | null>;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  close(): void;
}

/** Opens a WebSocket; resolves when it is open. @throws Error with the status where the handshake is refused */
export async function openSocket(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Socket> {
  const raw = new WebSocket(`${url.replace("http", "ws")}/graphql`, "graphql-transport-ws", { headers });
  const inbox = new Inbox<SocketMessage>();
  raw.on("message", (data) => inbox.push(JSON.parse(String(data))));
  const closed = new Promise<number>((resolve) => {
    raw.on("close", (code) => {
      inbox.end();
      resolve(code);
    });
  });
  await new Promise<void>((resolve, reject) => {
    raw.on("open", resolve);
    raw.on("error", () => undefined);
    raw.on("unexpected-response", (_request, response) => {
      reject(new Error(String(response.statusCode)));
      response.destroy();
    });
  });
  return {
    raw,
    send: (message) => raw.send(JSON.stringify(message)),
    next: () => inbox.next(),
    async nextOf(id) {
      for (;;) {
        const message = await inbox.next();
        if (message === null || message.id === id) return message;
      }
    },
    closed,
    close: () => raw.close(),
  };
}

/** Opens a WebSocket as a browser does, and waits for the acknowledgement; the token goes with the first message. */
export async function connectSocket(url: string, token: string): Promise<Socket> {
  const socket = await openSocket(url);
  socket.send({ type: "connection_init", payload: { authorization: `Bearer ${token}` } });
  const answer = await socket.next();
  if (answer?.type !== "connection_ack") throw new Error(`not acknowledged: ${answer?.type ?? (await socket.closed)}`);
  return socket;
}

/** One operation on a WebSocket, as a subscription. */
export function subscribeOn(socket: Socket, id: string, question: StreamQuestion): Subscription {
  socket.send({ id, type: "subscribe", payload: question });
  const next = async (): Promise<Payload | null> => {
    const message = await socket.nextOf(id);
    return message?.type === "next" ? message.payload : message?.type === "error" ? { errors: message.payload } : null;
  };
  return {
    next,
    rest: async () => {
      const all: Payload[] = [];
      for (let payload = await next(); payload !== null; payload = await next()) all.push(payload);
      return all;
    },
    close: () => socket.send({ id, type: "complete" }),
  };
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
