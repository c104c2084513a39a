/**
 * What keyed digests are made with. Digests are compared with those of years before, so their key is never replaced; a sealing key is, and
 * then destroyed. Hence the two stand apart: nothing of a destroyed sealing key can be worked out from the key of digests.
 */
import { hkdfSync, randomBytes } from "node:crypto";
import { z } from "zod";
import { createTextMac } from "./text-mac.ts";

export const KEY_BYTES = 32;

/** HMAC-SHA-256 under the purpose's own key, as hexadecimal text. */
export type Mac = (purpose: string, text: string) => string;

export const deriveKey = (key: Buffer, purpose: string): Buffer =>
  Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), `nacr-gateway/${purpose}`, KEY_BYTES));

const deriveMacKey = (key: Buffer, purpose: string): Buffer => deriveKey(key, `mac/${purpose}`);

/**
 * Digests of several purposes; a purpose's key is made when first used. As text rather than bytes: it is no work for the garbage collector,
 * and goes into SQL as it stands.
 */
function createMacWith(keyOf: (purpose: string) => Buffer): Mac {
  const macs = new Map<string, (text: string) => string>();
  return (purpose, text) => {
    let mac = macs.get(purpose);
    if (mac === undefined) {
      mac = createTextMac(keyOf(purpose));
      macs.set(purpose, mac);
    }
    return mac(text);
  };
}

/** Digests under a key that is used for nothing else. */
export const createMac = (key: Buffer): Mac => createMacWith((purpose) => deriveMacKey(key, purpose));

/** The purposes that were digested with the sealing key's sibling, before the two stood apart (migration `keys`). Closed: no other ever was. */
const PURPOSES_FROM_BEFORE = [
  "fhir-patient",
  "fhir-versions",
  "hospital",
  "mllp-control-id",
  "mllp-message",
  "payload",
  "receipt",
  "source",
  "statement",
] as const;

const kept = z.strictObject({ root: z.base64(), kept: z.record(z.string(), z.base64()) });

/** A key of digests for an organisation that has sealed nothing yet. */
export const makeDigestKey = (): Buffer => randomBytes(KEY_BYTES);

/** For an organisation from before: a new key, and beside it the derived keys of its old purposes, from which their parent does not follow. */
export function separateDigestKey(firstDataKey: Buffer): Buffer {
  const old = PURPOSES_FROM_BEFORE.map((purpose) => [purpose, deriveMacKey(firstDataKey, purpose).toString("base64")]);
  return Buffer.from(JSON.stringify({ root: makeDigestKey().toString("base64"), kept: Object.fromEntries(old) }));
}

/** @param stored what `makeDigestKey` or `separateDigestKey` returned */
export function createDigests(stored: Buffer): Mac {
  if (stored.length === KEY_BYTES) return createMac(stored);
  const separated = kept.parse(JSON.parse(stored.toString("utf8")));
  const root = Buffer.from(separated.root, "base64");
  return createMacWith((purpose) => {
    const old = separated.kept[purpose];
    return old === undefined ? deriveMacKey(root, purpose) : Buffer.from(old, "base64");
  });
}
