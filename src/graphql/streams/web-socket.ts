/** Subscriptions over WebSockets: the protocol graphql-transport-ws. */
import { type ExecutionResult, GraphQLError } from "graphql";
import { makeServer, type WebSocket } from "graphql-ws";
import { LIMITS } from "../../lib/limits.ts";
import type { Actor } from "../../records/actor.ts";
import type { RequestFacts } from "../graphql-context.ts";
import type { StreamRunner } from "./stream-runner.ts";

/** What the edge knows and decides of one connection. */
export interface SocketEdge {
  readonly correlationId: string;
  /**
   * Called once, with what the client's first message says of its token.
   * @returns null where nobody is let in; the edge has closed the connection, or will
   */
  authenticate(authorization: string | null): Promise<Actor | null>;
  /** Counts a subscription as a request of this client. Null: it may send one more; else how many a minute. */
  refuseRequest(): number | null;
  /** Takes the place of one more stream of this client; null where all are taken. */
  takePlace(): (() => void) | null;
  noteOperation(rootField: string): void;
}

/** Serves one connection. @returns to be called when it has closed: ends what still runs on it */
export type OpenSocket = (socket: WebSocket, edge: SocketEdge) => (code?: number, reason?: string) => Promise<void>;

/** The others go on. */
const rateLimited = (message: string, limit: string, value: number): GraphQLError[] => [
  new GraphQLError(message, { extensions: { limit, value, code: "RATE_LIMITED", retryable: true } }),
];
const TOO_MANY: ExecutionResult = {
  errors: rateLimited(
    `This client has ${LIMITS.streamsPerClient} streams open. Close one of them.`,
    "streamsPerClient",
    LIMITS.streamsPerClient,
  ),
};

export function createSockets(runner: StreamRunner): OpenSocket {
  return (socket, edge) => {
    let facts: RequestFacts | null = null;
    const known = (): RequestFacts => {
      if (facts === null) throw new Error("The protocol lets nobody subscribe before the connection is acknowledged.");
      return facts;
    };
    const server = makeServer({
      onConnect: async ({ connectionParams }) => {
        const authorization = connectionParams?.authorization;
        const actor = await edge.authenticate(typeof authorization === "string" ? authorization : null);
        if (actor === null) return false;
        const { correlationId } = edge;
        facts = { actor, correlationId, idempotencyKeyHeader: null, bodyBytes: 0, noteOperation: edge.noteOperation };
        return true;
      },
      onSubscribe: (_context, _id, request) => {
        const perMinute = edge.refuseRequest();
        if (perMinute !== null)
          return rateLimited(`This client may send ${perMinute} requests a minute.`, "requestsPerMinute", perMinute);
        const { args, errors } = runner.prepare(request, known());
        return args ?? errors;
      },
      subscribe: async (args) => {
        const leave = edge.takePlace();
        return leave === null ? TOO_MANY : runner.run(args, known(), leave);
      },
    });
    return server.opened(socket, undefined);
  };
}
