/** An upload's content in clear, read by part and frame. */
import { type FrameSealer, type UploadContent, UploadDamaged, type UploadPart } from "../../submission/upload-ports.ts";
import { FRAME_BYTES, framesOf, type UploadDependencies } from "./upload-dependencies.ts";

/** Frames read from the store at once: 1 MiB, so that a store over the network is not asked for every frame. */
const FRAMES_PER_READ = 16;

/** @throws UploadDamaged where parts are missing */
export async function openSealedContent(dependencies: UploadDependencies, ods: string, uploadId: string): Promise<UploadContent> {
  const parts = await dependencies.store.parts(ods, uploadId);
  const sealer = await dependencies.vault.of(ods);
  return new SealedContent(dependencies, { ods, uploadId }, sealer, parts, endOf(parts));
}

function endOf(parts: readonly UploadPart[]): number {
  const end = parts.reduce((expected, { firstByte, bytes }) => {
    if (firstByte !== expected) throw new UploadDamaged("the parts of an upload do not follow one another");
    return firstByte + bytes;
  }, 0);
  if (end === 0) throw new UploadDamaged("an upload has no parts");
  return end;
}

class SealedContent implements UploadContent {
  readonly bytes: number;
  readonly #dependencies: UploadDependencies;
  readonly #place: { readonly ods: string; readonly uploadId: string };
  readonly #sealer: FrameSealer;
  readonly #parts: readonly UploadPart[];

  constructor(
    dependencies: UploadDependencies,
    place: { readonly ods: string; readonly uploadId: string },
    sealer: FrameSealer,
    parts: readonly UploadPart[],
    bytes: number,
  ) {
    this.bytes = bytes;
    this.#dependencies = dependencies;
    this.#place = place;
    this.#sealer = sealer;
    this.#parts = parts;
  }

  async read(position: number, length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.stream(position, position + length)) pieces.push(piece);
    return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  }

  async *stream(position: number, end: number = this.bytes): AsyncGenerator<Buffer> {
    for (const part of this.#parts) {
      const from = Math.max(position - part.firstByte, 0);
      const to = Math.min(end - part.firstByte, part.bytes);
      if (from < to) yield* this.#streamPart(part, from, to);
    }
  }

  /** Bytes `from` to `to` of the part's content. */
  async *#streamPart(part: UploadPart, from: number, to: number): AsyncGenerator<Buffer> {
    const last = framesOf(to);
    for (let first = Math.floor(from / FRAME_BYTES); first < last; first += FRAMES_PER_READ) {
      const until = Math.min(first + FRAMES_PER_READ, last);
      const sealed = await this.#readFrames(part, first, until);
      for (let frame = first; frame < until; frame++) {
        const start = frame * FRAME_BYTES;
        const plain = this.#openFrame(part, frame, sealed, frame - first);
        yield plain.subarray(Math.max(from - start, 0), Math.min(to - start, FRAME_BYTES));
      }
    }
  }

  get #sealedFrameBytes(): number {
    return FRAME_BYTES + this.#dependencies.vault.overheadBytes;
  }

  #readFrames(part: UploadPart, first: number, until: number): Promise<Buffer> {
    const partEnd = part.bytes + framesOf(part.bytes) * this.#dependencies.vault.overheadBytes;
    const key = { ...this.#place, object: part.object };
    return this.#dependencies.parts.get(key, first * this.#sealedFrameBytes, Math.min(until * this.#sealedFrameBytes, partEnd));
  }

  #openFrame(part: UploadPart, frame: number, sealed: Buffer, position: number): Buffer {
    const box = sealed.subarray(position * this.#sealedFrameBytes, (position + 1) * this.#sealedFrameBytes);
    return this.#sealer.open(box, this.#place.uploadId, part.firstFrame + frame);
  }
}
