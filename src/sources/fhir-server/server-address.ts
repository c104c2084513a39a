/**
 * Which addresses of a server's answers may be followed. A link is the server's text: one that leads elsewhere would carry the token to
 * whoever it names.
 */
import { readOutboundUrl } from "../../lib/outbound-url.ts";
import { ServerFailure } from "../../pull/server-failure.ts";

export interface ServerAddress {
  /** Without a slash at its end. */
  readonly base: string;
  readonly origin: string;
  /** A page of the same server, below its base. @throws ServerFailure LINK_ELSEWHERE */
  follow(link: string): string;
  /** An address on the server's origin (of an export: its state and files need not lie below the base). @throws as above */
  sameOrigin(link: string): string;
}

/** @throws ServerFailure REFUSED_ADDRESS for what is no address of a server */
export function toServerAddress(baseUrl: string): ServerAddress {
  const url = readOutboundUrl(baseUrl);
  if (url === null || url.href.includes("?")) throw new ServerFailure("REFUSED_ADDRESS");
  const base = url.href.replace(/\/+$/, "");
  const { origin, pathname } = new URL(`${base}/`);
  const sameOrigin = (link: string): string => {
    const target = URL.parse(link, `${base}/`);
    if (target === null || readOutboundUrl(target.href)?.origin !== origin) throw new ServerFailure("LINK_ELSEWHERE");
    return target.href;
  };
  return {
    base,
    origin,
    sameOrigin,
    follow: (link) => {
      const href = sameOrigin(link);
      const path = new URL(href).pathname;
      // Some servers put the pages behind the base itself: `/fhir?page=2`.
      if (`${path}/` !== pathname && !path.startsWith(pathname)) throw new ServerFailure("LINK_ELSEWHERE");
      return href;
    },
  };
}
