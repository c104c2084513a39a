/** Subscriptions as server-sent events: the protocol graphql-sse, one connection for each operation. */
import type { ExecutionResult } from "graphql";
import { createHandler } from "graphql-sse";
import type { RequestFacts } from "../graphql-context.ts";
import type { StreamRequest, StreamRunner } from "./stream-runner.ts";

/** One request, already authenticated, limited and parsed. */
export interface EventStreamRequest {
  readonly body: Readonly<Record<string, unknown>>;
  readonly facts: RequestFacts;
  /** Resolves once everything handed over so far has been taken: the next payload is made only then. */
  readonly whenTaken: () => Promise<void>;
}

/** @returns the text of the stream, piece by piece; null where the request is no GraphQL request */
export type OpenEventStream = (request: EventStreamRequest) => Promise<AsyncGenerator<string, void, undefined> | null>;

export function createEventStreams(runner: StreamRunner): OpenEventStream {
  const handle = createHandler<null, EventStreamRequest>({
    // Without a token the protocol's other mode, where one connection carries many operations, is off.
    authenticate: () => null,
    onSubscribe: ({ context: { facts } }, { query, operationName, variables }) =>
      openStream(runner, { query, operationName, variables }, facts),
    onNext: async (_context, { context }) => {
      await context.whenTaken();
    },
  });
  return async (request) => {
    const headers = new Headers({ accept: "text/event-stream", "content-type": "application/json" });
    const [stream] = await handle({ method: "POST", url: "/", headers, body: request.body, raw: null, context: request });
    return stream === null || typeof stream === "string" ? null : stream;
  };
}

/** A refusal is a payload like any other, so that it reaches the client's own handling of errors. */
async function openStream(
  runner: StreamRunner,
  request: StreamRequest,
  facts: RequestFacts,
): Promise<AsyncIterable<ExecutionResult>> {
  const { args, errors } = runner.prepare(request, facts);
  const opened = args === null ? { errors } : await runner.run(args, facts, () => undefined);
  return Symbol.asyncIterator in opened ? opened : only(opened);
}

async function* only(result: ExecutionResult): AsyncGenerator<ExecutionResult, void, undefined> {
  yield result;
}
