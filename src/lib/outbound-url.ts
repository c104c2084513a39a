/** URLs the gateway may call on somebody's word: their form, and together with the addresses of their host whether they may be called. */
import type { AddressStanding } from "./outbound-address.ts";

export interface OutboundUrl {
  /** As the WHATWG parser writes it, so that every spelling of an address (decimal, octal, hexadecimal, short, full-width) is one. */
  readonly href: string;
  /** Scheme, host and port: all of a URL that a log may hold. */
  readonly origin: string;
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "https:": 443, "http:": 80 };
/** To public addresses: HTTPS and its usual second port. Others would let a receiver's URL talk to what is no web server. */
const PUBLIC_PORTS: ReadonlySet<number> = new Set([443, 8443]);

/** Null for what is no URL, has another scheme, credentials, a fragment, or a host name that ends with a dot. */
export function readOutboundUrl(text: string): OutboundUrl | null {
  const url = URL.parse(text);
  const defaultPort = url === null ? undefined : DEFAULT_PORTS[url.protocol];
  if (url === null || defaultPort === undefined) return null;
  const { href, origin, hostname } = url;
  if (url.username !== "" || url.password !== "" || href.includes("#") || hostname.endsWith(".")) return null;
  return {
    href,
    origin,
    host: hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? defaultPort : Number(url.port),
    secure: url.protocol === "https:",
  };
}

/**
 * Whether it may be called, given the standing of every address of its host. Where the operator's list names all of them, any port
 * and plain HTTP too: that is a receiver in the operator's own network.
 */
export function mayCall({ secure, port }: OutboundUrl, standings: readonly AddressStanding[]): boolean {
  if (standings.length === 0 || standings.includes("REFUSED")) return false;
  return standings.every((standing) => standing === "ALLOWED") || (secure && PUBLIC_PORTS.has(port));
}
