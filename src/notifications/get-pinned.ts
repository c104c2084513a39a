/** One GET of a small text from an address that somebody else has named, over a connection of its own to what was checked. */
import { type ClientRequest, type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { type FoundTarget, findTarget, type TargetRules } from "./find-target.ts";
import { answerLookUp, type OutboundLimits } from "./post-pinned.ts";

export interface PinnedText {
  readonly text: string;
  /** `Cache-Control` as it came; null where there is none. */
  readonly cacheControl: string | null;
}

export interface GetLimits extends OutboundLimits {
  /** A longer answer is none. */
  readonly bytes: number;
}

const GET_LIMITS: GetLimits = { connectMs: 3_000, wholeMs: 5_000, bytes: 64 * 1_024 };
const OK = 200;

/** The text of a 200 answer; null for anything else. No redirect is followed. Never throws. */
export async function getPinned(url: string, rules: TargetRules, limits: GetLimits = GET_LIMITS): Promise<PinnedText | null> {
  const target = await findTarget(url, rules, limits.connectMs);
  if ("failure" in target) return null;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), limits.wholeMs);
  const request = open(target, late.signal);
  try {
    return await readAnswer(await send(request), limits.bytes);
  } catch {
    // What it was is the publisher's business: refused, late, cut off, or not trusted.
    return null;
  } finally {
    clearTimeout(timer);
    request.destroy();
  }
}

/** `identity`: a limit on bytes must count what is read. */
function open({ url, addresses }: FoundTarget, signal: AbortSignal): ClientRequest {
  const request = url.secure ? requestSecure : requestPlain;
  const headers = { accept: "application/jwk-set+json, application/json", "accept-encoding": "identity" };
  const trusting = url.secure ? { rejectUnauthorized: true } : {};
  return request(url.href, { headers, agent: false, lookup: answerLookUp(addresses), signal, ...trusting });
}

function send(request: ClientRequest): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once("response", resolve);
  // Stays: whatever goes wrong after the answer has begun is told by the answer too.
  request.on("error", reject);
  request.end();
  return promise;
}

async function readAnswer(response: IncomingMessage, most: number): Promise<PinnedText | null> {
  if (response.statusCode !== OK) return null;
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response) {
    bytes += Buffer.byteLength(piece);
    if (bytes > most) return null;
    pieces.push(Buffer.from(piece));
  }
  return { text: Buffer.concat(pieces).toString("utf8"), cacheControl: response.headers["cache-control"] ?? null };
}
