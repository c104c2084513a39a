/** Whether a request comes from this machine, under its own name, and from no web page of another site. */
import type { FastifyRequest } from "fastify";

const LOOPBACK_PEERS = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);
const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/** What demo mode hands out is for nobody else: a browser must not be made to fetch it. `port`: the configured one. */
export function isLocalRequest(request: FastifyRequest, port: number): boolean {
  const hosts = LOOPBACK_NAMES.map((name) => `${name}:${listeningPort(request, port)}`);
  const { host = "", origin, "sec-fetch-site": site } = request.headers;
  const ownOrigin = origin === undefined || hosts.some((name) => origin === `http://${name}`);
  const ownSite = site === undefined || site === "same-origin" || site === "none";
  return LOOPBACK_PEERS.has(request.socket.remoteAddress ?? "") && hosts.includes(host) && ownOrigin && ownSite;
}

/** Port 0 lets the system choose one (tests). */
const listeningPort = (request: FastifyRequest, configured: number): number =>
  configured === 0 ? (request.socket.localPort ?? 0) : configured;
