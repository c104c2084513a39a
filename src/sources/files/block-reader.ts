/**
 * Reads parts of a file in any order through a few blocks kept in memory. The resources of a patient stand in ten places of a file, one
 * for each type, and the next patient's stand just behind: each place has its block, and each block is opened once.
 */
import type { UploadContent } from "../../submission/upload-ports.ts";

const BLOCK_BYTES = 256 * 1024;
/** 8 MiB. */
const MOST_BLOCKS = 32;

export class BlockReader {
  readonly #content: Pick<UploadContent, "read">;
  /** In the order of their last use. */
  readonly #blocks = new Map<number, Buffer>();

  constructor(content: Pick<UploadContent, "read">) {
    this.#content = content;
  }

  /** Up to `length` bytes from `start` on. */
  async read(start: number, length: number): Promise<Buffer> {
    const first = Math.floor(start / BLOCK_BYTES);
    const last = Math.floor((start + Math.max(length, 1) - 1) / BLOCK_BYTES);
    // What is as long as several blocks would only push the others out.
    if (last - first > 1) return await this.#content.read(start, length);
    const parts: Buffer[] = [];
    for (let block = first; block <= last; block += 1) {
      const bytes = await this.#block(block);
      const from = Math.max(start - block * BLOCK_BYTES, 0);
      parts.push(bytes.subarray(from, start + length - block * BLOCK_BYTES));
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  }

  async #block(block: number): Promise<Buffer> {
    const known = this.#blocks.get(block);
    if (known !== undefined) {
      this.#blocks.delete(block);
      this.#blocks.set(block, known);
      return known;
    }
    const bytes = await this.#content.read(block * BLOCK_BYTES, BLOCK_BYTES);
    this.#blocks.set(block, bytes);
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size > MOST_BLOCKS && oldest !== undefined) this.#blocks.delete(oldest);
    return bytes;
  }
}
