/**
 * Calls to addresses that somebody else has named. Every call resolves the host once, demands that each of its addresses may be called,
 * and connects to just those: a name that points elsewhere a moment later (DNS rebinding) gains nothing, and neither does a redirect,
 * because none is followed. What the receiver says is read no further than its status.
 */
import type { LookupAddress } from "node:dns";
import type { JudgeAddress } from "../lib/outbound-address.ts";
import { mayCall, type OutboundUrl, readOutboundUrl } from "../lib/outbound-url.ts";
import type { PostResult } from "../webhooks/webhook.ts";
import type { OutboundCalls } from "../webhooks/webhook-ports.ts";
import { type OutboundLimits, postPinned } from "./post-pinned.ts";
import { type ResolveHost, resolveHost } from "./resolve-host.ts";

export interface OutboundDependencies {
  readonly judge: JudgeAddress;
  readonly resolve?: ResolveHost;
  readonly limits?: OutboundLimits;
}

const LIMITS: OutboundLimits = { connectMs: 5_000, wholeMs: 10_000 };

type Target =
  | { readonly url: OutboundUrl; readonly addresses: readonly LookupAddress[] }
  | { readonly failure: "DNS" | "TIMEOUT" | "REFUSED_ADDRESS" };

export function createOutboundCalls({ judge, resolve = resolveHost, limits = LIMITS }: OutboundDependencies): OutboundCalls {
  const findTarget = async (text: string): Promise<Target> => {
    const url = readOutboundUrl(text);
    if (url === null) return { failure: "REFUSED_ADDRESS" };
    const addresses = await resolveInTime(resolve, url.host, limits.connectMs);
    if (typeof addresses === "string") return { failure: addresses };
    const standings = addresses.map(({ address }) => judge(address));
    return mayCall(url, standings) ? { url, addresses } : { failure: "REFUSED_ADDRESS" };
  };
  return {
    checkUrl: async (text) => {
      const target = await findTarget(text);
      return "url" in target ? target.url.href : null;
    },
    post: async ({ url, headers, body }): Promise<PostResult> => {
      const target = await findTarget(url);
      if ("failure" in target) return { failure: target.failure, statusCode: null };
      return postPinned({ ...target, headers, body, limits });
    },
  };
}

/** A look-up cannot be called off; one that takes too long is left to itself. */
async function resolveInTime(
  resolve: ResolveHost,
  host: string,
  ms: number,
): Promise<readonly LookupAddress[] | "DNS" | "TIMEOUT"> {
  const late = Promise.withResolvers<"TIMEOUT">();
  const timer = setTimeout(() => late.resolve("TIMEOUT"), ms);
  try {
    const addresses = await Promise.race([resolve(host), late.promise]);
    return addresses.length > 0 ? addresses : "DNS";
  } catch {
    return "DNS";
  } finally {
    clearTimeout(timer);
  }
}
