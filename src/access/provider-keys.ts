/** What identity providers publish: where their keys are, and the keys. */
import { z } from "zod";
import type { PublicKey } from "./public-keys.ts";

/** Keys in a published set, usable or not. */
const MOST_PUBLISHED = 50;

const base64url = z.string().regex(/^[A-Za-z0-9_-]{1,2048}$/);
const kid = z.string().min(1).max(255);
/** Public members only; jose refuses RSA keys of fewer than 2,048 bits. */
const publishedKey = z.discriminatedUnion("kty", [
  z.object({ kty: z.literal("RSA"), kid, n: base64url, e: base64url, alg: z.string().optional() }),
  z.object({
    kty: z.literal("EC"),
    kid,
    crv: z.enum(["P-256", "P-384", "P-521"]),
    x: base64url,
    y: base64url,
    alg: z.string().optional(),
  }),
]);
const forSignatures = z.looseObject({ use: z.literal("sig").optional() });
const keySet = z.object({ keys: z.array(z.unknown()).max(MOST_PUBLISHED) });
const discovery = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https?$/ }) });

const OPENID_CONFIGURATION = "/.well-known/openid-configuration";

/** OpenID Connect discovery 1.0, 4. */
export const discoveryUrl = (issuer: string): string => `${issuer.replace(/\/$/, "")}${OPENID_CONFIGURATION}`;

/** Where the keys are; null for a document that is none, or another issuer's (the mix-up of discovery 1.0, 4.3). */
export function readDiscovery(text: string, issuer: string): string | null {
  const document = discovery.safeParse(parseJson(text));
  return document.success && document.data.issuer === issuer ? document.data.jwks_uri : null;
}

/** The usable keys of a set, which may hold others; null for what is no set, or holds two keys of one name. */
export function readProviderKeys(text: string): readonly PublicKey[] | null {
  const set = keySet.safeParse(parseJson(text));
  if (!set.success) return null;
  const keys = set.data.keys.flatMap((listed): PublicKey[] => {
    const key = publishedKey.safeParse(listed);
    if (!key.success || !forSignatures.safeParse(listed).success) return [];
    const { alg, ...material } = key.data;
    return [{ kid: material.kid, jwk: alg === undefined ? material : { ...material, alg } }];
  });
  return new Set(keys.map((key) => key.kid)).size === keys.length ? keys : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
