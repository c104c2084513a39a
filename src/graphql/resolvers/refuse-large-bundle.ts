import { LIMITS } from "../../lib/limits.ts";
import { refuseOverLimit } from "../refuse-over-limit.ts";

/**
 * A body within the bundle's limit cannot hold a larger bundle, so the text is measured only above it.
 * @throws GatewayError LIMIT_EXCEEDED
 */
export function refuseLargeBundle(resources: unknown, bodyBytes: number): void {
  if (bodyBytes <= LIMITS.bundleBytes) return;
  refuseOverLimit(
    "bundleBytes",
    Buffer.byteLength(typeof resources === "string" ? resources : (JSON.stringify(resources) ?? "")),
  );
}
