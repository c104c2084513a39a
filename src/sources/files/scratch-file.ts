/**
 * Content laid aside while a file is read: unpacked, or in another encoding. It stands on disk sealed under a key that exists in this
 * process's memory only, and under no name: the file is removed from its folder as soon as it is open, so nothing is left of it whatever
 * becomes of the process.
 */
import { createCipheriv, createDecipheriv, generateKeySync, type KeyObject, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, unlink } from "node:fs/promises";
import path from "node:path";
import type { UploadContent } from "../../submission/upload-ports.ts";

const ALGORITHM = "aes-256-gcm";
const KEY_BITS = 256;
const FRAME_BYTES = 64 * 1024;
const TAG_BYTES = 16;
const SEALED_BYTES = FRAME_BYTES + TAG_BYTES;
const NONCE_BYTES = 12;
const OWNER_ONLY = 0o600;

/** Frames are written in their order and once, so each number is a nonce that its key sees once. */
function nonceOf(frame: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(frame, NONCE_BYTES - 6, 6);
  return nonce;
}

export class ScratchFile implements UploadContent {
  readonly #file: FileHandle;
  readonly #key: KeyObject = generateKeySync("aes", { length: KEY_BITS });
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #frames = 0;
  #bytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws what hinders the machine: a folder that cannot be written, a full disk */
  static async create(folder: string): Promise<ScratchFile> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = path.join(folder, `${randomUUID()}.scratch`);
    const file = await open(name, "wx+", OWNER_ONLY);
    await unlink(name);
    return new ScratchFile(file);
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(piece: Buffer): Promise<void> {
    this.#pending.push(Buffer.from(piece));
    this.#pendingBytes += piece.length;
    this.#bytes += piece.length;
    if (this.#pendingBytes >= FRAME_BYTES) await this.#flush(false);
  }

  /** Nothing is written after it. */
  async end(): Promise<void> {
    await this.#flush(true);
  }

  async read(position: number, length: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.stream(position, position + length)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  async *stream(position: number, end: number = this.#bytes): AsyncGenerator<Buffer> {
    const last = Math.min(end, this.#bytes);
    for (let at = position; at < last; ) {
      const frame = Math.floor(at / FRAME_BYTES);
      const clear = await this.#open(frame);
      const from = at - frame * FRAME_BYTES;
      const piece = clear.subarray(from, Math.min(clear.length, last - frame * FRAME_BYTES));
      yield piece;
      at += piece.length;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #flush(all: boolean): Promise<void> {
    const clear = Buffer.concat(this.#pending);
    let at = 0;
    for (; clear.length - at >= FRAME_BYTES || (all && at < clear.length); at += FRAME_BYTES)
      await this.#seal(clear.subarray(at, at + FRAME_BYTES));
    const rest = clear.subarray(Math.min(at, clear.length));
    this.#pending = rest.length === 0 ? [] : [rest];
    this.#pendingBytes = rest.length;
  }

  async #seal(clear: Buffer): Promise<void> {
    const cipher = createCipheriv(ALGORITHM, this.#key, nonceOf(this.#frames));
    const sealed = Buffer.concat([cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
    await this.#file.write(sealed, 0, sealed.length, this.#frames * SEALED_BYTES);
    this.#frames += 1;
  }

  async #open(frame: number): Promise<Buffer> {
    const clearBytes = Math.min(FRAME_BYTES, this.#bytes - frame * FRAME_BYTES);
    const sealed = Buffer.allocUnsafe(clearBytes + TAG_BYTES);
    const { bytesRead } = await this.#file.read(sealed, 0, sealed.length, frame * SEALED_BYTES);
    const decipher = createDecipheriv(ALGORITHM, this.#key, nonceOf(frame));
    decipher.setAuthTag(sealed.subarray(bytesRead - TAG_BYTES, bytesRead));
    return Buffer.concat([decipher.update(sealed.subarray(0, bytesRead - TAG_BYTES)), decipher.final()]);
  }
}
