/** Where a URL that somebody else has named leads: its host's addresses, looked up once, and only where each of them may be called. */
import type { LookupAddress } from "node:dns";
import type { JudgeAddress } from "../lib/outbound-address.ts";
import { mayCall, type OutboundUrl, readOutboundUrl } from "../lib/outbound-url.ts";
import { type ResolveHost, resolveHost } from "./resolve-host.ts";

export interface FoundTarget {
  readonly url: OutboundUrl;
  /** One or more. A connection goes to these and to no others. */
  readonly addresses: readonly LookupAddress[];
}

export type Target = FoundTarget | { readonly failure: "DNS" | "TIMEOUT" | "REFUSED_ADDRESS" };

export interface TargetRules {
  readonly judge: JudgeAddress;
  /** Default: as the machine itself resolves names. */
  readonly resolve?: ResolveHost;
}

/** Never throws. `ms`: how long the name's look-up may take. */
export async function findTarget(text: string, { judge, resolve = resolveHost }: TargetRules, ms: number): Promise<Target> {
  const url = readOutboundUrl(text);
  if (url === null) return { failure: "REFUSED_ADDRESS" };
  const addresses = await resolveInTime(resolve, url.host, ms);
  if (typeof addresses === "string") return { failure: addresses };
  const standings = addresses.map(({ address }) => judge(address));
  return mayCall(url, standings) ? { url, addresses } : { failure: "REFUSED_ADDRESS" };
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
