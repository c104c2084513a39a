/** What `master.key` holds: one key, or two while it is being replaced. Its first form is 32 bytes, the key of version 1 and nothing else. */
import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { z } from "zod";

const KEY_BYTES = 32;
const FORMAT = 2;
const FIRST = 1;
/** A box names its version in one byte. */
const LAST = 255;

/** The oldest first. */
export type MasterKeys = readonly [MasterKey, ...MasterKey[]];

interface MasterKey {
  readonly version: number;
  readonly key: KeyObject;
}

const content = z.strictObject({
  format: z.literal(FORMAT),
  keys: z.array(z.strictObject({ version: z.number().int().min(FIRST).max(LAST), key: z.base64().length(44) })).min(1),
});

/** What a key file begins as. */
export const makeFirstFile = (): Buffer => randomBytes(KEY_BYTES);

/** After the last number the first follows: by then no box of that version has been left for long. */
export const withNewer = (keys: MasterKeys): MasterKeys => [
  ...keys,
  { version: newestOf(keys).version === LAST ? FIRST : newestOf(keys).version + 1, key: createSecretKey(randomBytes(KEY_BYTES)) },
];

export const newestOf = (keys: MasterKeys): MasterKey => keys.at(-1) ?? keys[0];

export function toFile(keys: MasterKeys): Buffer {
  const listed = keys.map(({ version, key }) => ({ version, key: key.export().toString("base64") }));
  return Buffer.from(`${JSON.stringify({ format: FORMAT, keys: listed })}\n`);
}

/** Null for what is no key file. */
export function readFile(bytes: Buffer): MasterKeys | null {
  if (bytes.length === KEY_BYTES) return [{ version: FIRST, key: createSecretKey(bytes) }];
  try {
    const listed = content.parse(JSON.parse(bytes.toString("utf8"))).keys;
    const [first, ...rest] = listed.map(({ version, key }) => ({ version, key: createSecretKey(Buffer.from(key, "base64")) }));
    return first === undefined ? null : [first, ...rest];
  } catch {
    return null;
  }
}
