/** Subscriptions over server-sent events (docs/streams.md), opened again where they break. */
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import { createClient, NetworkError } from "graphql-sse";
import { GatewayClientError } from "./gateway-client-error.ts";
import { readRefusal, toGatewayError } from "./read-answer.ts";
import { waitBefore } from "./waits.ts";

export interface FollowOptions<Data, Variables> {
  /** Variables of the next stream, after the last answer of the one that broke; the same ones where absent. */
  readonly resume?: (last: Data) => Partial<Variables>;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
}

export interface StreamSetting {
  readonly url: URL;
  readonly getToken: () => Promise<string>;
  readonly attempts: number;
  readonly wait: (milliseconds: number) => Promise<unknown>;
  readonly fetch?: typeof fetch;
}

/** @throws GatewayClientError */
export async function* followStream<Data, Variables>(
  setting: StreamSetting,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { resume, signal }: FollowOptions<Data, Variables>,
): AsyncGenerator<Data, void, undefined> {
  let [asked, failures] = [variables, 0];
  while (signal?.aborted !== true) {
    try {
      for await (const data of openStream<Data, Variables>(setting, document, asked, signal)) {
        failures = 0;
        if (resume !== undefined) asked = { ...asked, ...resume(data) };
        yield data;
      }
      return;
    } catch (error) {
      if (!(error instanceof GatewayClientError)) throw error;
      failures += 1;
      if (!error.retryable || failures >= setting.attempts) throw error;
      await setting.wait(waitBefore(failures, error.retryAfterSeconds));
    }
  }
}

async function* openStream<Data, Variables>(
  { url, getToken, fetch: fetchFn }: StreamSetting,
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  signal: AbortSignal | undefined,
): AsyncGenerator<Data, void, undefined> {
  const client = createClient({
    url: url.href,
    headers: async () => ({ authorization: `Bearer ${await getToken()}` }),
    retryAttempts: 0,
    ...(fetchFn === undefined ? {} : { fetchFn }),
  });
  const stop = (): void => client.dispose();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const results = client.iterate<Data>({
      query: print(document),
      variables: Object.fromEntries(Object.entries(variables ?? {})),
    });
    for await (const { data, errors } of results) {
      if (errors !== undefined) throw toGatewayError({ status: 200, retryAfterSeconds: null, correlationId: null }, errors[0]);
      if (data) yield data;
    }
  } catch (error) {
    throw error instanceof NetworkError ? await toStreamError(url, error) : error;
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

/** Without an answer the stream broke or could not be opened: it is opened again. */
async function toStreamError({ origin }: URL, { response }: NetworkError): Promise<GatewayClientError> {
  if (!(response instanceof Response))
    return new GatewayClientError(`The stream of the gateway at ${origin} broke.`, { code: "UNREACHABLE", retryable: true });
  return await readRefusal(response);
}
