/** What the headers of an upload say of the file. */
import type { FastifyRequest } from "fastify";
import { GatewayError } from "../errors/gateway-error.ts";

/** Header, what stands in it, and how the digest is written there. */
const DIGESTS = [
  ["digest", /(?:^|,)\s*sha-256=([A-Za-z0-9+/]{43}=)\s*(?:,|$)/i, "base64"],
  ["content-digest", /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?:,|$)/i, "base64"],
  ["x-content-sha256", /^([0-9a-f]{64})$/i, "hex"],
] as const;

/**
 * SHA-256 as the sender announces it, hexadecimal, once for each header that does.
 * @throws GatewayError BAD_USER_INPUT for one we cannot check: silence would read as "checked"
 */
export function readAnnouncedDigests(headers: FastifyRequest["headers"]): readonly string[] {
  return DIGESTS.flatMap(([name, pattern, encoding]) => {
    const header = headers[name];
    if (header === undefined) return [];
    const digest = pattern.exec(String(header))?.[1];
    if (digest === undefined)
      throw new GatewayError("BAD_USER_INPUT", `The header ${name} holds no SHA-256 in the form that is checked here.`);
    return [Buffer.from(digest, encoding).toString("hex")];
  });
}

const DISPOSITION_NAME = /;\s*filename=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i;
const DISPOSITION_EXTENDED_NAME = /;\s*filename\*=utf-8''([^\s;]+)/i;

/** From `Content-Disposition`, else from `?filename=`. It is used to tell what the file holds, and goes no further. */
export function readFileName({ headers, query }: Pick<FastifyRequest, "headers" | "query">): string | null {
  const disposition = String(headers["content-disposition"] ?? "");
  const [, quoted, bare] = DISPOSITION_NAME.exec(disposition) ?? [];
  const named = DISPOSITION_EXTENDED_NAME.exec(disposition)?.[1] ?? quoted ?? bare;
  if (named !== undefined) return named;
  const asked = typeof query === "object" && query !== null && "filename" in query ? query.filename : undefined;
  return typeof asked === "string" ? asked : null;
}
