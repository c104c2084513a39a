/** Damages valid input byte by byte, as lines, disks and careless programs do; the same damage for the same seed. */
import type { SeededRandom } from "../../../src/lib/seeded-random.ts";

/** What means something to one of the formats, or to text as such. */
const TELLING = [
  ..."|^~\\&\r\n\t\"{}[],:;<>/#?='0-9".split(""),
  ..."\x00 \x0b \x1c \x7f \uFEFF é \uD800 null true 1e999 -0 ]]> <!-- &lt; &#x0; \\X00\\ \\.br\\ __proto__ MSH| PID|".split(" "),
];
const MOST_CHANGES = 6;
const LONGEST_PIECE = 200;

type Change = (bytes: Buffer, random: SeededRandom, other: Buffer) => Buffer;

const splice = (bytes: Buffer, start: number, end: number, between: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, start), between, bytes.subarray(end)]);
const anyPlace = (bytes: Buffer, random: SeededRandom): number => random.integer(0, bytes.length);
const anyPiece = (bytes: Buffer, random: SeededRandom): readonly [start: number, end: number] => {
  const start = anyPlace(bytes, random);
  return [start, Math.min(bytes.length, start + random.integer(1, LONGEST_PIECE))];
};

const CHANGES: readonly Change[] = [
  function flipBit(bytes, random) {
    const at = Math.min(anyPlace(bytes, random), bytes.length - 1);
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ (1 << random.integer(0, 7));
    return changed;
  },
  function replaceByte(bytes, random) {
    const changed = Buffer.from(bytes);
    changed[Math.min(anyPlace(bytes, random), bytes.length - 1)] = random.integer(0, 255);
    return changed;
  },
  function insertTelling(bytes, random) {
    const at = anyPlace(bytes, random);
    return splice(bytes, at, at, Buffer.from(random.pick(TELLING)));
  },
  function replaceByTelling(bytes, random) {
    const at = anyPlace(bytes, random);
    return splice(bytes, at, Math.min(bytes.length, at + 1), Buffer.from(random.pick(TELLING)));
  },
  function removePiece(bytes, random) {
    return splice(bytes, ...anyPiece(bytes, random), Buffer.alloc(0));
  },
  function repeatPiece(bytes, random) {
    const [start, end] = anyPiece(bytes, random);
    const at = anyPlace(bytes, random);
    return splice(bytes, at, at, bytes.subarray(start, end));
  },
  function takeOver(bytes, random, other) {
    const [start, end] = anyPiece(bytes, random);
    return splice(bytes, start, end, other.subarray(...anyPiece(other, random)));
  },
  function cutOff(bytes, random) {
    return bytes.subarray(0, anyPlace(bytes, random));
  },
];

/** @param other another input, of which a piece may be taken over */
export function mutateBytes(bytes: Buffer, other: Buffer, random: SeededRandom): Buffer {
  let changed = bytes;
  for (let changes = random.integer(1, MOST_CHANGES); changes > 0 && changed.length > 0; changes--)
    changed = random.pick(CHANGES)(changed, random, other);
  return changed;
}
