/**
 * A zip, read by random access. What it says of itself is checked before anything is unpacked, and what comes out is counted while it
 * comes: a few kilobytes may claim to hold a petabyte. Names inside are compared and used for nothing else.
 */
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { LIMITS } from "../../lib/limits.ts";
import type { Issue } from "../../records/issue.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { fileIssue } from "./file-issues.ts";

/** Text shrinks to a tenth, a file of blanks to a thousandth. */
const MOST_RATIO = 200;
const RATIO_FROM_BYTES = 100 * 1024 * 1024;
const STORED = 0;
const DEFLATED = 8;

/** Ends the reading of a zip; becomes an issue where the zip was opened. */
export class ZipRefused extends Error {
  readonly issue: Issue;

  constructor(params: Readonly<Record<string, string | number>> = {}) {
    super();
    this.issue = fileIssue("ERROR", "FORMAT_UNRECOGNISED", "file", params);
  }
}

export interface ZipEntry {
  /** As the zip calls it: never shown, never used as a path. */
  readonly name: string;
  readonly entry: Entry;
}

export class ZipArchive {
  readonly #reader: ContentReader;
  readonly #zip: ZipFile;
  readonly entries: readonly ZipEntry[];
  /** Bytes that were unpacked so far. */
  #unpacked = 0;

  private constructor(reader: ContentReader, zip: ZipFile, entries: readonly ZipEntry[]) {
    this.#reader = reader;
    this.#zip = zip;
    this.entries = entries;
  }

  /**
   * @param isWanted which entries count; the others are not looked at
   * @throws ZipRefused, and what the content throws
   */
  static async open(content: UploadContent, most: number, isWanted: (name: string) => boolean): Promise<ZipArchive> {
    const reader = new ContentReader(content);
    const { zip, entries } = await asZip(reader, listEntries(reader, content.bytes, most, isWanted));
    return new ZipArchive(reader, zip, entries);
  }

  /** The content of an entry, in pieces; its checksum is known to be right when the last one was given. @throws ZipRefused */
  async *read({ entry }: ZipEntry): AsyncGenerator<Buffer> {
    const stream = await asZip(this.#reader, this.#zip.openReadStreamPromise(entry));
    const pieces = stream[Symbol.asyncIterator]();
    let [checksum, bytes] = [0, 0];
    try {
      for (;;) {
        const { done, value } = await asZip(this.#reader, pieces.next());
        if (done) break;
        const piece = Buffer.from(value);
        checksum = crc32(piece, checksum);
        bytes += piece.length;
        this.#unpacked += piece.length;
        if (this.#unpacked > LIMITS.zipExpandedBytes)
          throw new ZipRefused({ limit: "zipExpandedBytes", max: LIMITS.zipExpandedBytes });
        if (isBomb(bytes, entry.compressedSize)) throw new ZipRefused({ reason: "RATIO", max: MOST_RATIO });
        yield piece;
      }
    } finally {
      stream.destroy();
    }
    if (checksum !== entry.crc32) throw new ZipRefused({ reason: "CHECKSUM" });
  }
}

/** Whatever the library says of a zip that it cannot read is a fault of the zip, unless the content itself could not be read. */
async function asZip<T>(reader: ContentReader, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw reader.fault ?? (error instanceof ZipRefused ? error : new ZipRefused());
  }
}

async function listEntries(
  reader: ContentReader,
  bytes: number,
  most: number,
  isWanted: (name: string) => boolean,
): Promise<{ zip: ZipFile; entries: readonly ZipEntry[] }> {
  const zip = await fromRandomAccessReaderPromise(reader, bytes, { decodeStrings: false, autoClose: false });
  const entries: ZipEntry[] = [];
  let declared = 0;
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileNameRaw.toString("latin1");
    if (name.endsWith("/") || !isWanted(name)) continue;
    if (entries.length === most) throw new ZipRefused({ limit: "zipEntries", max: most });
    if (entry.isEncrypted()) throw new ZipRefused({ reason: "ENCRYPTED" });
    if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) throw new ZipRefused({ reason: "METHOD" });
    declared += entry.uncompressedSize;
    if (declared > LIMITS.zipExpandedBytes) throw new ZipRefused({ limit: "zipExpandedBytes", max: LIMITS.zipExpandedBytes });
    if (isBomb(entry.uncompressedSize, entry.compressedSize)) throw new ZipRefused({ reason: "RATIO", max: MOST_RATIO });
    entries.push({ name, entry });
  }
  return { zip, entries };
}

/** Names of the first entries; none of what is no zip. @throws what the content throws */
export async function listZipNames(content: UploadContent, most: number): Promise<readonly string[]> {
  const reader = new ContentReader(content);
  const names: string[] = [];
  const list = async (): Promise<void> => {
    const zip = await fromRandomAccessReaderPromise(reader, content.bytes, { decodeStrings: false, autoClose: false });
    for await (const { fileNameRaw } of zip.eachEntry()) if (names.push(fileNameRaw.toString("latin1")) === most) return;
  };
  try {
    await asZip(reader, list());
  } catch (error) {
    if (!(error instanceof ZipRefused)) throw error;
  }
  return names;
}

const isBomb = (expanded: number, compressed: number): boolean =>
  expanded > RATIO_FROM_BYTES && expanded > MOST_RATIO * compressed;

/** Also of a workbook, which is a zip by another name. */
export const isZip = (head: Buffer): boolean =>
  head[0] === 0x50 && head[1] === 0x4b && (head[2] === 0x03 || head[2] === 0x05) && (head[3] === 0x04 || head[3] === 0x06);

/** The upload as the library reads files. */
class ContentReader extends RandomAccessReader {
  readonly #content: UploadContent;
  /** What the content threw: no fault of the zip. */
  fault: unknown = null;

  constructor(content: UploadContent) {
    super();
    this.#content = content;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(this.#stream(start, end), { objectMode: false });
  }

  async *#stream(start: number, end: number): AsyncGenerator<Buffer> {
    try {
      for await (const piece of this.#content.stream(start, end)) yield piece;
    } catch (error) {
      this.fault = error;
      throw error;
    }
  }
}
