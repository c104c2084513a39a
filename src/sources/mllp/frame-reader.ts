/**
 * MLLP: a message stands between a vertical tab and a file separator, which a carriage return follows (HL7 v2.5.1 appendix C, "minimal
 * lower layer protocol"). Bytes come in any pieces; each is looked at once and copied at most twice, so the time is linear in them.
 * What is no frame is told and passed over: the next vertical tab begins anew, whatever was before it.
 */

const START = 0x0b;
const END = 0x1c;
const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/**
 * `NOISE`: bytes outside of any frame. `UNFINISHED`: the next frame, or the connection's end, came before this one's. `OVERSIZED`: longer
 * than is read; it ends where a frame ends.
 */
export type BadFrameReason = "NOISE" | "UNFINISHED" | "OVERSIZED";

export type FrameEvent =
  | { readonly kind: "FRAME"; readonly content: Buffer }
  /** `head`: its first bytes. `bytes`: how many there were. */
  | { readonly kind: "BAD"; readonly reason: BadFrameReason; readonly head: Buffer; readonly bytes: number };

/** Of what is not kept whole: enough for a message's first segment. */
const HEAD_BYTES = 2_048;
/** Noise is told at the latest after so many bytes. */
const NOISE_BYTES = 65_536;
const FIRST_CAPACITY = 4_096;

export class FrameReader {
  readonly #mostBytes: number;
  #inside = false;
  /** What came of the current frame, or of noise; `#kept` bytes of it are used. */
  #buffer = Buffer.allocUnsafe(FIRST_CAPACITY);
  #kept = 0;
  /** With what was not kept. */
  #seen = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** A frame has begun and not ended. */
  get isInside(): boolean {
    return this.#inside;
  }

  /** To be read to its end. Contents are the caller's to keep. */
  *read(chunk: Buffer): Generator<FrameEvent> {
    let at = 0;
    while (at < chunk.length) {
      if (!this.#inside) {
        const start = chunk.indexOf(START, at);
        const until = start === -1 ? chunk.length : start;
        yield* this.#readNoise(chunk.subarray(at, until), start !== -1);
        if (start === -1) return;
        this.#inside = true;
        at = start + 1;
        continue;
      }
      const end = chunk.indexOf(END, at);
      const until = end === -1 ? chunk.length : end;
      // Looked for only before the end, so that no byte is looked at twice.
      const restart = chunk.subarray(at, until).indexOf(START);
      this.#keep(restart === -1 ? chunk.subarray(at, until) : chunk.subarray(at, at + restart), this.#mostBytes);
      if (restart !== -1) {
        yield this.#bad("UNFINISHED");
        this.#inside = true;
        at += restart + 1;
      } else if (end === -1) {
        return;
      } else {
        yield this.#seen > this.#mostBytes ? this.#bad("OVERSIZED") : this.#frame();
        at = end + 1;
      }
    }
  }

  /** The connection has ended: what was begun will not be finished. */
  *end(): Generator<FrameEvent> {
    if (this.#inside) yield this.#bad("UNFINISHED");
    else if (this.#seen > 0) yield this.#bad("NOISE");
  }

  /** The carriage return behind a frame, and line ends for which some senders take it, are no noise. */
  *#readNoise(bytes: Buffer, complete: boolean): Generator<FrameEvent> {
    let from = 0;
    if (this.#seen === 0) while (bytes[from] === CARRIAGE_RETURN || bytes[from] === LINE_FEED) from += 1;
    this.#keep(bytes.subarray(from), HEAD_BYTES);
    if (this.#seen > 0 && (complete || this.#seen >= NOISE_BYTES)) yield this.#bad("NOISE");
  }

  #frame(): FrameEvent {
    return { kind: "FRAME", content: this.#take(this.#kept) };
  }

  #bad(reason: BadFrameReason): FrameEvent {
    const bytes = this.#seen;
    return { kind: "BAD", reason, head: this.#take(Math.min(this.#kept, HEAD_BYTES)), bytes };
  }

  #take(bytes: number): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(0, bytes));
    // One long message does not hold its memory for the rest of a connection that lasts for months.
    if (this.#buffer.length > NOISE_BYTES) this.#buffer = Buffer.allocUnsafe(FIRST_CAPACITY);
    this.#kept = 0;
    this.#seen = 0;
    this.#inside = false;
    return taken;
  }

  #keep(bytes: Buffer, most: number): void {
    this.#seen += bytes.length;
    const kept = Math.min(bytes.length, most - this.#kept);
    if (kept <= 0) return;
    if (this.#kept + kept > this.#buffer.length) this.#grow(this.#kept + kept, most);
    bytes.copy(this.#buffer, this.#kept, 0, kept);
    this.#kept += kept;
  }

  /** Doubled each time: a frame that comes byte by byte is copied twice in all, not once for each byte. */
  #grow(needed: number, most: number): void {
    const larger = Buffer.allocUnsafe(Math.max(needed, Math.min(most, this.#buffer.length * 2)));
    this.#buffer.copy(larger, 0, 0, this.#kept);
    this.#buffer = larger;
  }
}
