/**
 * Sealing: AES-256-GCM with a random 96-bit nonce. A box is `format (1) | key version (1) | leaf (7) | nonce (12) | ciphertext | tag (16)`;
 * what stands before the nonce is authenticated with the caller's additional data. The format says what the key was made from: 1, the data
 * key alone; 2, the data key and the leaf that is named (ADR 0034); 3, the same, and the leaf is not named but known to the caller. Only
 * format 2 has the seven bytes. Measured on one busy core: 300 bytes are sealed 130,000 times a second and opened 136,000 times.
 */
import { type CipherKey, createCipheriv, createDecipheriv, randomFillSync } from "node:crypto";
import { type LeafPath, PATH_BYTES } from "./erasure-tree.ts";
import { KeyError } from "./key-management.ts";

const ALGORITHM = "aes-256-gcm";
/** The first byte of a box. */
export const BOX_FORMATS = { plain: 1, leaf: 2, leafApart: 3 } as const;
const HEADER_BYTES = 2;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** By how much a box that names no leaf is longer than what is in it. */
export const OVERHEAD_BYTES = HEADER_BYTES + NONCE_BYTES + TAG_BYTES;
/** Nonces drawn from the system at once: a call for each would take 5 µs, as long as sealing a small box. */
const POOLED_NONCES = 512;

const pool = Buffer.alloc(POOLED_NONCES * NONCE_BYTES);
let used = pool.length;

/** Each slice of the pool is given out once. Random nonces are safe for 2^32 boxes of a key; a large trust makes 10^7 a year. */
function nextNonce(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const nonce = pool.subarray(used, used + NONCE_BYTES);
  used += NONCE_BYTES;
  return nonce;
}

const additionalData = (header: Uint8Array, aad: string): Buffer => Buffer.concat([header, Buffer.from(aad, "utf8")]);

/** What a box says of itself, in clear. */
export interface BoxHeader {
  readonly format: (typeof BOX_FORMATS)[keyof typeof BOX_FORMATS];
  /** Of the data key. */
  readonly keyVersion: number;
  /** Named in format 2 only. */
  readonly leaf: LeafPath | null;
}

const KNOWN_FORMATS: readonly BoxHeader["format"][] = Object.values(BOX_FORMATS);

/** @throws KeyError for anything that is not a box */
export function readBoxHeader(box: Uint8Array): BoxHeader {
  const [first, keyVersion] = box;
  const format = KNOWN_FORMATS.find((known) => known === first);
  const bytes = OVERHEAD_BYTES + (format === BOX_FORMATS.leaf ? PATH_BYTES : 0);
  if (format === undefined || keyVersion === undefined || box.length < bytes) throw new KeyError("This is not a sealed box.");
  return { format, keyVersion, leaf: leafOfBox(box) };
}

/** Of the beginning of a box, which may be all of it. Null where the box names no leaf. */
export const leafOfBox = (head: Uint8Array): LeafPath | null =>
  head[0] === BOX_FORMATS.leaf ? Buffer.from(head.subarray(HEADER_BYTES, HEADER_BYTES + PATH_BYTES)).toString("hex") : null;

const toHeader = ({ format, keyVersion, leaf }: BoxHeader): Buffer =>
  Buffer.concat([Buffer.from([format, keyVersion]), Buffer.from(leaf ?? "", "hex")]);

/** Seals `plain` so that it opens only with the same key and the same `aad`, which names the place the box belongs to. */
export function sealBoxAs(headerFacts: BoxHeader, key: CipherKey, plain: string | Buffer, aad: string): Buffer {
  const header = toHeader(headerFacts);
  const nonce = nextNonce();
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(header, aad));
  const body = typeof plain === "string" ? cipher.update(plain, "utf8") : cipher.update(plain);
  const last = cipher.final();
  return Buffer.concat([header, nonce, body, last, cipher.getAuthTag()]);
}

/** Under a key that is no leaf's. */
export const sealBox = (key: CipherKey, keyVersion: number, plain: string | Buffer, aad: string): Buffer =>
  sealBoxAs({ format: BOX_FORMATS.plain, keyVersion, leaf: null }, key, plain, aad);

/** The version of the data key a box was sealed with. @throws KeyError for anything that is not a box */
export const keyVersionOf = (box: Uint8Array): number => readBoxHeader(box).keyVersion;

/** @throws KeyError when the box was altered, sealed with another key, or belongs to another place */
export function openBox(key: CipherKey, box: Uint8Array, aad: string): Buffer {
  const headerBytes = HEADER_BYTES + (readBoxHeader(box).leaf === null ? 0 : PATH_BYTES);
  const tagStart = box.length - TAG_BYTES;
  const bodyStart = headerBytes + NONCE_BYTES;
  const decipher = createDecipheriv(ALGORITHM, key, box.subarray(headerBytes, bodyStart), { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(box.subarray(0, headerBytes), aad));
  decipher.setAuthTag(box.subarray(tagStart));
  const body = decipher.update(box.subarray(bodyStart, tagStart));
  try {
    return Buffer.concat([body, decipher.final()]);
  } catch {
    throw new KeyError("A sealed box does not open: it was altered, moved from its place, or sealed with another key.");
  }
}
