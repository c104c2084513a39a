/**
 * Calls to addresses that somebody else has named. Every call resolves the host once, demands that each of its addresses may be called,
 * and connects to just those: a name that points elsewhere a moment later (DNS rebinding) gains nothing, and neither does a redirect,
 * because none is followed. What the receiver says is read no further than its status.
 */
import type { PostResult } from "../webhooks/webhook.ts";
import type { OutboundCalls } from "../webhooks/webhook-ports.ts";
import { findTarget, type TargetRules } from "./find-target.ts";
import { type OutboundLimits, postPinned } from "./post-pinned.ts";

export interface OutboundDependencies extends TargetRules {
  readonly limits?: OutboundLimits;
}

const LIMITS: OutboundLimits = { connectMs: 5_000, wholeMs: 10_000 };

export function createOutboundCalls({ limits = LIMITS, ...rules }: OutboundDependencies): OutboundCalls {
  return {
    checkUrl: async (text) => {
      const target = await findTarget(text, rules, limits.connectMs);
      return "url" in target ? target.url.href : null;
    },
    post: async ({ url, headers, body }): Promise<PostResult> => {
      const target = await findTarget(url, rules, limits.connectMs);
      if ("failure" in target) return { failure: target.failure, statusCode: null };
      return postPinned({ ...target, headers, body, limits });
    },
  };
}
