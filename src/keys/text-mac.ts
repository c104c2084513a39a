/**
 * HMAC-SHA-256 (RFC 2104) of short texts as two one-shot hashes: 1.1 µs where `createHmac` takes 2.4, because no object is made for each. A
 * submission of 500 patients makes some 4,500: 6 ms of the 200 to 270 ms of processor time that it takes.
 */
import { createHmac, hash } from "node:crypto";

/** Bytes of a block of SHA-256, and of its digest. */
const BLOCK = 64;
const DIGEST = 32;
const INNER = 0x36;
const OUTER = 0x5c;
/** Longer texts are rare, and then the object is nothing beside them. UTF-8 takes three bytes for a unit of UTF-16 at most. */
const LONGEST = 4096;

function pad(key: Buffer, by: number, size: number): Buffer {
  const padded = Buffer.alloc(size);
  for (let at = 0; at < BLOCK; at++) padded[at] = (key[at] ?? 0) ^ by;
  return padded;
}

/**
 * @param key at most 64 bytes, which is taken as it is
 * @returns the digest of a text's UTF-8, as hexadecimal text
 */
export function createTextMac(key: Buffer): (text: string) => string {
  if (key.length > BLOCK) throw new RangeError(`a key of digests has at most ${BLOCK} bytes`);
  const inner = pad(key, INNER, BLOCK + LONGEST * 3);
  const outer = pad(key, OUTER, BLOCK + DIGEST);
  return (text) => {
    if (text.length > LONGEST) return createHmac("sha256", key).update(text, "utf8").digest("hex");
    const end = BLOCK + inner.write(text, BLOCK, "utf8");
    outer.write(hash("sha256", inner.subarray(0, end), "hex"), BLOCK, "hex");
    return hash("sha256", outer, "hex");
  };
}
