/** How the server listens: by plain HTTP, or by TLS of its own, with or without certificates of its callers. */

import { constants } from "node:crypto";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { ServerTls } from "./http-ports.ts";

const HANDSHAKE_MS = 10_000;
/** How long a connection may lie idle: longer than proxies keep theirs. */
export const KEEP_ALIVE_TIMEOUT_MS = 65_000;

type TakesUpgrade = (request: IncomingMessage) => boolean;

/** Fastify's options for it. Other upgrades than those taken (Java's client offers HTTP/2 with its first request) are requests like any other. */
export function toListeningOptions(tls: ServerTls | null, takesUpgrade: TakesUpgrade) {
  if (tls === null) return { http: { shouldUpgradeCallback: takesUpgrade } };
  return { serverFactory: (handler: RequestListener): Server => createTlsServer(tls, takesUpgrade, handler) };
}

/** A caller whose certificate is missing, expired, or signed by somebody else does not get past the handshake. */
function createTlsServer({ cert, key, clientCa }: ServerTls, takesUpgrade: TakesUpgrade, handler: RequestListener): Server {
  const server = createSecureServer(
    {
      cert,
      key,
      minVersion: "TLSv1.2",
      handshakeTimeout: HANDSHAKE_MS,
      // A session that is resumed would not look at the certificate's dates again.
      secureOptions: constants.SSL_OP_NO_TICKET,
      shouldUpgradeCallback: takesUpgrade,
      ...(clientCa === null ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
    },
    handler,
  );
  // What Fastify sets where it makes the server itself.
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  server.requestTimeout = 0;
  return server;
}
