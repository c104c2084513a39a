/** Takes a file apart into lines without ever holding more of it than a piece and a line. */
import type { UploadContent } from "../../submission/upload-ports.ts";

/** A line of a file. */
export interface RawLine {
  /** Byte at which it begins (behind a byte order mark), and at which the next one does. */
  readonly start: number;
  readonly next: number;
  /** Its bytes without the line end; null where there are more than asked for. */
  readonly bytes: Buffer | null;
}

/** The place of the next line end in `piece` from `at` on, or -1. */
export type FindEnd = (piece: Buffer, at: number) => number;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** A byte order mark before a line and a carriage return behind it are no part of it. */
const SLACK = BYTE_ORDER_MARK.length + 1;

export const findLineFeed: FindEnd = (piece, at) => piece.indexOf(LINE_FEED, at);
export const findCarriageReturn: FindEnd = (piece, at) => piece.indexOf(CARRIAGE_RETURN, at);

/**
 * The lines of a file from a byte on, as many at a time as a piece of the content holds: a promise for each line would cost more than
 * reading it. A carriage return before the line end is no part of the line, and neither is a byte order mark before the first.
 */
export async function* readLines(
  content: Pick<UploadContent, "stream">,
  from: number,
  mostBytes: number,
  findEnd: FindEnd = findLineFeed,
): AsyncGenerator<readonly RawLine[]> {
  const splitter = new LineSplitter(from, mostBytes, findEnd);
  for await (const piece of content.stream(from)) {
    const lines = splitter.split(piece);
    if (lines.length > 0) yield lines;
  }
  const last = splitter.end();
  if (last !== null) yield [last];
}

class LineSplitter {
  readonly #mostBytes: number;
  readonly #findEnd: FindEnd;
  /** Where the line in hand begins, and what of it came in earlier pieces. */
  #start: number;
  #parts: Buffer[] = [];
  #partBytes = 0;
  /** Where the piece in hand begins. */
  #offset: number;

  constructor(from: number, mostBytes: number, findEnd: FindEnd) {
    this.#start = from;
    this.#offset = from;
    this.#mostBytes = mostBytes;
    this.#findEnd = findEnd;
  }

  split(piece: Buffer): readonly RawLine[] {
    const lines: RawLine[] = [];
    let at = 0;
    for (let end = this.#findEnd(piece, at); end !== -1; end = this.#findEnd(piece, at)) {
      lines.push(this.#close(piece.subarray(at, end), this.#offset + end + 1));
      at = end + 1;
    }
    this.#keep(piece.subarray(at));
    this.#offset += piece.length;
    return lines;
  }

  end(): RawLine | null {
    return this.#offset === this.#start ? null : this.#close(Buffer.alloc(0), this.#offset);
  }

  /** What is longer than a line may be is counted and let go. */
  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#partBytes += part.length;
    if (this.#partBytes > this.#mostBytes + SLACK) this.#parts = [];
    // A copy: the piece may be the reader's own memory, used again for the next one.
    else this.#parts.push(Buffer.from(part));
  }

  #close(last: Buffer, next: number): RawLine {
    const length = this.#partBytes + last.length;
    const whole =
      length > this.#mostBytes + SLACK ? null : this.#parts.length === 0 ? last : Buffer.concat([...this.#parts, last]);
    const line = this.#trim(whole, next);
    this.#start = next;
    this.#parts = [];
    this.#partBytes = 0;
    return line;
  }

  #trim(whole: Buffer | null, next: number): RawLine {
    if (whole === null) return { start: this.#start, next, bytes: null };
    const marked = this.#start === 0 && whole.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
    const begin = marked ? BYTE_ORDER_MARK.length : 0;
    const end = whole.length - (whole[whole.length - 1] === CARRIAGE_RETURN ? 1 : 0);
    const bytes = end - begin > this.#mostBytes ? null : whole.subarray(begin, Math.max(begin, end));
    return { start: this.#start + begin, next, bytes };
  }
}
