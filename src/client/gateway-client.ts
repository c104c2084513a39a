/**
 * A typed client of the gateway. A request that may be repeated is repeated with the same body and the same idempotency key, so a
 * lost answer never becomes a second submission.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { Kind, print } from "graphql";
import { type FollowOptions, followStream } from "./follow-stream.ts";
import { GatewayClientError } from "./gateway-client-error.ts";
import { readAnswer } from "./read-answer.ts";
import { waitBefore } from "./waits.ts";

const DEFAULT_ATTEMPTS = 4;
const DEFAULT_TIMEOUT_MS = 60_000;

export interface GatewayClientOptions {
  /** The gateway's base address, `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Asked before every attempt: returns a token that is valid now. */
  readonly getToken: () => Promise<string>;
  /** Attempts in all; 4 where absent. */
  readonly attempts?: number;
  /** Longest wait for one answer, in milliseconds; 60,000 where absent. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
  /** Waits between attempts, in milliseconds; replaced in tests. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

export interface RequestOptions {
  /** For a mutation; a new one where absent. Give the same one to repeat a request of an earlier process. */
  readonly idempotencyKey?: string;
}

export interface GatewayClient {
  /**
   * Sends an operation of `schema/graphql/operations` and returns its data.
   * @throws GatewayClientError once the gateway refused it for good, or the attempts are used up
   */
  request<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    options?: RequestOptions,
  ): Promise<Data>;
  /**
   * A subscription as it goes on, over server-sent events; ends when the gateway says that it is over. A stream that breaks, and one that
   * ends with its token, is opened again: with `resume` where nothing may be missed.
   * @throws GatewayClientError once the gateway refused it for good, or as many attempts in a row failed
   */
  follow<Data, Variables>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    options?: FollowOptions<Data, Variables>,
  ): AsyncGenerator<Data, void, undefined>;
}

interface Attempt {
  readonly body: string;
  readonly idempotencyKey: string | null;
}

export function createGatewayClient(options: GatewayClientOptions): GatewayClient {
  const endpoint = new URL("/graphql", options.url);
  const wait = options.wait ?? ((milliseconds: number) => sleep(milliseconds));
  const attempts = options.attempts ?? DEFAULT_ATTEMPTS;
  return {
    async request<Data, Variables>(
      document: TypedDocumentNode<Data, Variables>,
      variables: Variables,
      { idempotencyKey }: RequestOptions = {},
    ) {
      const attempt = {
        body: toBody(document, variables),
        idempotencyKey: isMutation(document) ? chooseKey(variables, idempotencyKey) : null,
      };
      for (let number = 1; ; number += 1) {
        try {
          // The generated document and the schema's check make the answer's type what codegen says it is.
          return (await send(endpoint, options, attempt)) as Data;
        } catch (error) {
          if (!(error instanceof GatewayClientError) || !error.retryable || number >= attempts) throw error;
          await wait(waitBefore(number, error.retryAfterSeconds));
        }
      }
    },
    follow: (document, variables, more = {}) =>
      followStream({ ...options, attempts, wait, url: new URL("/graphql/stream", options.url) }, document, variables, more),
  };
}

/** The document's own text and name; data travel in variables only. */
function toBody<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): string {
  return JSON.stringify({ query: print(document), variables });
}

const isMutation = <Data, Variables>(document: TypedDocumentNode<Data, Variables>): boolean =>
  document.definitions.some((definition) => definition.kind === Kind.OPERATION_DEFINITION && definition.operation === "mutation");

/** Null where the input carries a key already: the header must not contradict it. */
function chooseKey(variables: unknown, given: string | undefined): string | null {
  const hasOwnKey = memberOf(memberOf(memberOf(variables, "input"), "options"), "idempotencyKey") !== undefined;
  return hasOwnKey && given === undefined ? null : (given ?? randomUUID());
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Object.entries(value).find(([key]) => key === name)?.[1] : undefined;

async function send(endpoint: URL, options: GatewayClientOptions, { body, idempotencyKey }: Attempt): Promise<unknown> {
  const headers = {
    accept: "application/graphql-response+json, application/json;q=0.9",
    authorization: `Bearer ${await options.getToken()}`,
    "content-type": "application/json",
    ...(idempotencyKey === null ? {} : { "idempotency-key": idempotencyKey }),
  };
  const signal = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  return await readAnswer(await reach(options.fetch ?? fetch, endpoint, { method: "POST", headers, body, signal }));
}

/** No answer may mean that the request arrived: it is safe to send again because of its key. */
async function reach(doFetch: typeof fetch, endpoint: URL, init: RequestInit): Promise<Response> {
  try {
    return await doFetch(endpoint, init);
  } catch {
    throw new GatewayClientError(`The gateway at ${endpoint.origin} cannot be reached.`, {
      code: "UNREACHABLE",
      retryable: true,
    });
  }
}
