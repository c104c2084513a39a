/** One file of an extract on its way into the store: in pieces, each digested once. */
import { createHash } from "node:crypto";
import type { ExtractFile } from "./extract.ts";
import type { ExtractPart } from "./extract-ports.ts";

/** What is gathered before it is written: one row of the store. */
const PART_BYTES = 1024 * 1024;

export class FileSink {
  readonly #name: string;
  readonly #write: (part: ExtractPart) => Promise<void>;
  readonly #digest = createHash("sha256");
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #bytes = 0;
  #parts = 0;

  constructor(name: string, write: (part: ExtractPart) => Promise<void>) {
    this.#name = name;
    this.#write = write;
  }

  /** @throws what the store throws */
  async add(bytes: Uint8Array | null): Promise<void> {
    if (bytes === null || bytes.length === 0) return;
    this.#digest.update(bytes);
    this.#bytes += bytes.length;
    this.#gathered.push(bytes);
    this.#gatheredBytes += bytes.length;
    if (this.#gatheredBytes < PART_BYTES) return;
    await this.#flush(PART_BYTES);
  }

  /** @param rows as the file's reader counts them */
  async end(rows: number): Promise<ExtractFile> {
    await this.#flush(1);
    return { name: this.#name, rows, bytes: this.#bytes, sha256: this.#digest.digest("hex") };
  }

  async #flush(least: number): Promise<void> {
    const all = Buffer.concat(this.#gathered);
    let from = 0;
    for (; all.length - from >= least; from += PART_BYTES) {
      await this.#write({ file: this.#name, part: this.#parts, bytes: all.subarray(from, from + PART_BYTES) });
      this.#parts++;
    }
    const rest = all.subarray(from);
    this.#gathered = rest.length === 0 ? [] : [rest];
    this.#gatheredBytes = rest.length;
  }
}
