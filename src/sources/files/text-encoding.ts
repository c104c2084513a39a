/**
 * The encoding of a text file, told from all of its bytes: UTF-8, UTF-16, or the one-byte Windows-1252 that Excel writes in Britain where
 * it is not told otherwise (Latin-1 is a part of it). Nothing is assumed of a file that is partly one and partly another.
 */
import { isAscii, isUtf8 } from "node:buffer";
import type { UploadContent } from "../../submission/upload-ports.ts";

export type TextEncoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";
export type Utf16 = Extract<TextEncoding, `utf-16${string}`>;

const HEAD_BYTES = 64;
/** Letters of a header, each with its empty half, until it is believed that a file without a mark is UTF-16. */
const PAIRS_TO_BE_SURE = 4;
const NUL = 0;
/** Bytes to which Windows-1252 gives no character. */
const UNDEFINED_IN_1252: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
const FIRST_OF_SEVERAL = 0xc2;
const FIRST_OF_THREE = 0xe0;
const FIRST_OF_FOUR = 0xf0;
const AFTER_THE_LAST = 0xf5;

/** What a byte order mark says, or, without one, Latin letters of two bytes each at the very beginning. */
export function utf16Of(head: Buffer): Utf16 | null {
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  if (hasLetters(head, 0)) return "utf-16le";
  return hasLetters(head, 1) ? "utf-16be" : null;
}

function hasLetters(head: Buffer, position: 0 | 1): boolean {
  if (head.length < 2 * PAIRS_TO_BE_SURE) return false;
  for (let pair = 0; pair < PAIRS_TO_BE_SURE; pair += 1) {
    const letter = head[2 * pair + position] ?? NUL;
    if (letter < 0x09 || letter > 0x7e || head[2 * pair + 1 - position] !== NUL) return false;
  }
  return true;
}

/**
 * Reads the whole content once. `utf-8` also where that is broken here and there: then rows that are no UTF-8 are answered one by one.
 * @throws UploadDamaged
 */
export async function detectEncoding(content: UploadContent): Promise<TextEncoding> {
  const utf16 = utf16Of(await content.read(0, HEAD_BYTES));
  if (utf16 !== null) return utf16;
  const scan = new ByteScan();
  for await (const piece of content.stream(0)) scan.add(piece);
  return scan.end();
}

/** Looks for bytes that only UTF-8 has, and for bytes that UTF-8 cannot have. */
class ByteScan {
  #rest = Buffer.alloc(0);
  #hasUtf8 = false;
  #hasOther = false;
  #isUndefined = false;

  add(piece: Buffer): void {
    if (this.#rest.length === 0 && isAscii(piece)) return;
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    this.#rest = Buffer.alloc(0);
    if (isUtf8(bytes)) this.#hasUtf8 ||= !isAscii(bytes);
    else this.#walk(bytes, false);
  }

  end(): TextEncoding {
    this.#walk(this.#rest, true);
    return this.#hasOther && !this.#hasUtf8 && !this.#isUndefined ? "windows-1252" : "utf-8";
  }

  #walk(bytes: Buffer, isLast: boolean): void {
    for (let at = 0; at < bytes.length; ) {
      const first = bytes[at] ?? NUL;
      const length = lengthOfCharacter(first);
      if (length > 1 && at + length > bytes.length && !isLast) {
        // A copy: the piece may be the reader's own memory, used again for the next one.
        this.#rest = Buffer.from(bytes.subarray(at));
        return;
      }
      const isCharacter = length > 1 && at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length));
      if (isCharacter) this.#hasUtf8 = true;
      else if (first >= 0x80) this.#addOther(first);
      at += isCharacter ? length : 1;
    }
  }

  #addOther(byte: number): void {
    this.#hasOther = true;
    if (UNDEFINED_IN_1252.has(byte)) this.#isUndefined = true;
  }
}

/** Bytes of the character that begins with this one; 1 where none of several bytes does. */
function lengthOfCharacter(first: number): number {
  if (first < FIRST_OF_SEVERAL || first >= AFTER_THE_LAST) return 1;
  if (first < FIRST_OF_THREE) return 2;
  return first < FIRST_OF_FOUR ? 3 : 4;
}
