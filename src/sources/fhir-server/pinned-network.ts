/**
 * Connections to hosts whose addresses were checked: a name is resolved once, each of its addresses must be one that may be called, and
 * connections go to just those, so a name that points elsewhere a moment later (DNS rebinding) gains nothing.
 */
import type { LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { Agent, type Dispatcher } from "undici";
import type { JudgeAddress } from "../../lib/outbound-address.ts";
import { mayCall, readOutboundUrl } from "../../lib/outbound-url.ts";
import { ServerFailure } from "../../pull/server-failure.ts";
import { refuseEncoded } from "./refuse-encoded.ts";

/** Every address of a host. @throws Error where the name has none */
export type ResolveHost = (host: string) => Promise<readonly LookupAddress[]>;

export interface NetworkRules {
  /** Null: every address may be called, because the caller asks from a machine of its own. */
  readonly judge: JudgeAddress | null;
  readonly resolve: ResolveHost;
}

export interface NetworkLimits {
  /** Until the connection stands; the look-up has as long before it. In milliseconds. */
  readonly connectMs: number;
  /** Longest silence before and within an answer, in milliseconds. */
  readonly silenceMs: number;
  /** One answer that is held in memory. */
  readonly answerBytes: number;
}

export interface PinnedNetwork {
  /** For answers that are held in memory: longer ones are cut off. */
  readonly answers: Dispatcher;
  /** For answers that are read piece by piece. */
  readonly streams: Dispatcher;
  /** To be asked before each call: checks the host when it is first met. @throws ServerFailure REFUSED_ADDRESS, UNREACHABLE, TIMEOUT */
  admit(url: string): Promise<void>;
  close(): Promise<void>;
}

export function openPinnedNetwork({ judge, resolve }: NetworkRules, limits: NetworkLimits): PinnedNetwork {
  const known = new Map<string, readonly LookupAddress[]>();
  const lookup: LookupFunction = (host, options, answer) => {
    const addresses = known.get(host) ?? [];
    const [first] = addresses;
    if (first === undefined) answer(new Error("a host that was not checked"), "", 0);
    else if (options.all === true) answer(null, [...addresses]);
    else answer(null, first.address, first.family);
  };
  const open = (maxResponseSize: number): Agent =>
    new Agent({
      connect: { lookup, timeout: limits.connectMs },
      headersTimeout: limits.silenceMs,
      bodyTimeout: limits.silenceMs,
      maxResponseSize,
      connections: 4,
    });
  const agents = [open(limits.answerBytes), open(-1)] as const;
  return {
    answers: agents[0].compose(refuseEncoded),
    streams: agents[1].compose(refuseEncoded),
    admit: async (text) => {
      const url = readOutboundUrl(text);
      if (url === null) throw new ServerFailure("REFUSED_ADDRESS");
      const addresses = known.get(url.host) ?? (await resolveInTime(resolve, url.host, limits.connectMs));
      if (
        judge !== null &&
        !mayCall(
          url,
          addresses.map(({ address }) => judge(address)),
        )
      )
        throw new ServerFailure("REFUSED_ADDRESS");
      known.set(url.host, addresses);
    },
    close: async () => {
      await Promise.all(agents.map((agent) => agent.destroy()));
    },
  };
}

/** A look-up cannot be called off; one that takes too long is left to itself. */
async function resolveInTime(resolve: ResolveHost, host: string, ms: number): Promise<readonly LookupAddress[]> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new ServerFailure("TIMEOUT")), ms);
  try {
    const addresses = await Promise.race([resolve(host), late.promise]);
    if (addresses.length > 0) return addresses;
  } catch (error) {
    if (error instanceof ServerFailure) throw error;
  } finally {
    clearTimeout(timer);
  }
  throw new ServerFailure("UNREACHABLE");
}
