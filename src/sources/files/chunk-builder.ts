/** Gathers entries until a chunk of them is full. */
import type { FileChunk, SourcePlace } from "../../submission/file-ports.ts";

/** A chunk ends here also where it has fewer entries than asked for: memory must not grow with the length of lines. */
const CHUNK_BYTES = 8 * 1024 * 1024;

export class ChunkBuilder {
  #entries: unknown[] = [];
  #places: string[] = [];
  #bytes = 0;

  get size(): number {
    return this.#entries.length;
  }

  add(entry: unknown, place: string, bytes: number): void {
    this.#entries.push(entry);
    this.#places.push(place);
    this.#bytes += bytes;
  }

  /** Whether `entries` more, of `bytes` together, would be too many. */
  isFullFor(entries: number, bytes: number, size: number): boolean {
    return this.size > 0 && (this.size + entries > size || this.#bytes + bytes > CHUNK_BYTES);
  }

  take(next: SourcePlace): FileChunk {
    const chunk = { entries: this.#entries, places: this.#places, next };
    this.#entries = [];
    this.#places = [];
    this.#bytes = 0;
    return chunk;
  }
}
