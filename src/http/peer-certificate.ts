/** The certificate that a connection came with, and whether a token that is bound to one came over it. */
import type { X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import type { ClientCertificate } from "../access/client-certificate.ts";
import type { Actor } from "../records/actor.ts";

/** Null: it came with none, or not over TLS of ours. */
export function certificateOf(connection: Duplex): ClientCertificate | null {
  // Without an authority none is asked for; one that was not checked is never looked at.
  const peer = connection instanceof TLSSocket && connection.authorized ? connection.getPeerX509Certificate() : undefined;
  return peer === undefined ? null : { thumbprint: thumbprintOf(peer), names: namesOf(peer) };
}

/** Of the whole certificate, as `x5t#S256` has it. */
const thumbprintOf = ({ fingerprint256 }: X509Certificate): string =>
  Buffer.from(fingerprint256.replaceAll(":", ""), "hex").toString("base64url");

const DNS = "DNS:";
const COMMON_NAME = "CN=";

/** Node writes a comma within a name as `\u002c`, so no name can hold another one, and each part of a subject on a line of its own. */
function namesOf({ subject, subjectAltName = "" }: X509Certificate): readonly string[] {
  const pick = (parts: readonly string[], prefix: string): string[] =>
    parts.filter((part) => part.startsWith(prefix)).map((part) => part.slice(prefix.length).toLowerCase());
  return [...pick((subjectAltName ?? "").split(", "), DNS), ...pick((subject ?? "").split("\n"), COMMON_NAME)];
}

/** A token that is bound to a certificate is good over a connection with that one only (RFC 8705, 3). */
export const isHolder = ({ certificate }: Actor, connection: Duplex): boolean =>
  certificate === undefined || certificateOf(connection)?.thumbprint === certificate;
