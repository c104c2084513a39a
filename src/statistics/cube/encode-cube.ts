/** A published cube as bytes and back: the same cube always gives the same bytes, and their digest is checked before a figure is read. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../lib/canonical-json.ts";
import { readCubeHead } from "./cube-head.ts";
import { countCellsOf, shapeTables } from "./cube-layout.ts";
import type { PublishedCube } from "./published-cube.ts";

const MAGIC = "NACRCUBE1\n";
const DIGEST_BYTES = 32;

/** Magic, length of the head (4 bytes), head as JSON, figures (4 bytes each), medians (2 bytes each), SHA-256 of all before; little-endian. */
export function encodeCube({ declaration, auditYear, places, nations, figures, medians }: PublishedCube): Uint8Array {
  const head = Buffer.from(canonicalJson({ declaration, auditYear, places, nations }));
  const start = MAGIC.length + 4;
  const bytes = Buffer.alloc(start + head.length + figures.length * 4 + medians.length * 2 + DIGEST_BYTES);
  bytes.write(MAGIC, "latin1");
  bytes.writeUInt32LE(head.length, MAGIC.length);
  head.copy(bytes, start);
  let at = start + head.length;
  for (const figure of figures) at = bytes.writeInt32LE(figure, at);
  for (const median of medians) at = bytes.writeInt16LE(median, at);
  createHash("sha256").update(bytes.subarray(0, at)).digest().copy(bytes, at);
  return bytes;
}

/** As hexadecimal text: names the cube in manifests and citations. */
export const digestOfCube = (encoded: Uint8Array): string => Buffer.from(encoded.subarray(-DIGEST_BYTES)).toString("hex");

/** @throws Error for bytes that are no cube, are damaged, or of a declaration that this version does not read */
export function decodeCube(encoded: Uint8Array): PublishedCube {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const end = bytes.length - DIGEST_BYTES;
  if (end < MAGIC.length + 4 || bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) throw new Error("Not a published cube");
  if (!createHash("sha256").update(bytes.subarray(0, end)).digest().equals(bytes.subarray(end)))
    throw new Error("A damaged cube");
  const start = MAGIC.length + 4;
  const first = start + bytes.readUInt32LE(MAGIC.length);
  const head = readCubeHead(bytes.toString("utf8", start, first));
  const cells = countCellsOf(shapeTables((level) => head.places[level].length));
  if (first + cells * 6 !== end) throw new Error("A cube of other tables");
  return {
    ...head,
    figures: Int32Array.from({ length: cells }, (_, cell) => bytes.readInt32LE(first + cell * 4)),
    medians: Int16Array.from({ length: cells }, (_, cell) => bytes.readInt16LE(first + cells * 4 + cell * 2)),
  };
}
