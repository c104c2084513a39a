/** One POST to addresses that were checked before, over a connection of its own. */
import type { LookupAddress } from "node:dns";
import { type ClientRequest, type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import type { LookupFunction } from "node:net";
import type { OutboundUrl } from "../lib/outbound-url.ts";
import type { DeliveryFailure, PostResult } from "../webhooks/webhook.ts";

export interface OutboundLimits {
  /** Until the connection stands, TLS included; the name has as long before it. In milliseconds. */
  readonly connectMs: number;
  /** Until the answer is read. In milliseconds. */
  readonly wholeMs: number;
}

export interface PinnedPost {
  readonly url: OutboundUrl;
  readonly addresses: readonly LookupAddress[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly limits: OutboundLimits;
}

/** An answer may be longer; what is beyond is not read. */
const MOST_ANSWER_BYTES = 8 * 1024;

/** Never throws: what goes wrong becomes a word of ours, without the receiver's text. */
export async function postPinned(post: PinnedPost): Promise<PostResult> {
  const late = new AbortController();
  const timers = [post.limits.connectMs, post.limits.wholeMs].map((ms) => setTimeout(() => late.abort(), ms));
  const request = open(post, late.signal);
  const stage = watchStage(request, post.url.secure, () => clearTimeout(timers[0]));
  const { promise, resolve } = Promise.withResolvers<PostResult>();
  // Whichever comes first decides: an answer that is being read holds against a failure that follows it.
  request.once("response", (response) => resolve(readStatus(response)));
  request.on("error", () => resolve({ failure: late.signal.aborted ? "TIMEOUT" : stage(), statusCode: null }));
  request.end(post.body);
  const result = await promise;
  for (const timer of timers) clearTimeout(timer);
  request.destroy();
  return result;
}

/**
 * The host of the URL stays what TLS and the receiver see; only its look-up is answered from what was checked. A connection of its own
 * (`agent: false`) knows no proxy of the environment and was opened for nobody else.
 */
function open({ url, addresses, headers, body }: PinnedPost, signal: AbortSignal): ClientRequest {
  const request = url.secure ? requestSecure : requestPlain;
  return request(url.href, {
    method: "POST",
    headers: { ...headers, "content-length": Buffer.byteLength(body) },
    agent: false,
    lookup: answerLookUp(addresses),
    signal,
    ...(url.secure ? { rejectUnauthorized: true } : {}),
  });
}

/** A look-up that knows these addresses alone. */
export const answerLookUp =
  (addresses: readonly LookupAddress[]): LookupFunction =>
  (_host, options, answer) => {
    const [first] = addresses;
    if (options.all === true || first === undefined) answer(null, [...addresses]);
    else answer(null, first.address, first.family);
  };

/** What a failure that comes now is a failure of. `onOpen` when the connection stands. */
function watchStage(request: ClientRequest, secure: boolean, onOpen: () => void): () => DeliveryFailure {
  let stage: DeliveryFailure = "CONNECTION";
  request.once("socket", (socket) => {
    socket.once("connect", () => {
      if (secure) stage = "TLS";
      else onOpen();
    });
    socket.once("secureConnect", () => {
      stage = "CONNECTION";
      onOpen();
    });
  });
  return () => stage;
}

/** The status decides; the answer is read so that the connection ends in order, however that goes. */
async function readStatus(response: IncomingMessage): Promise<PostResult> {
  const statusCode = response.statusCode ?? 0;
  let bytes = 0;
  try {
    for await (const chunk of response) {
      bytes += Buffer.byteLength(chunk);
      if (bytes > MOST_ANSWER_BYTES) break;
    }
  } catch {
    // Cut off: what it said first still holds.
  }
  return { failure: statusCode >= 200 && statusCode < 300 ? null : "HTTP_STATUS", statusCode };
}
