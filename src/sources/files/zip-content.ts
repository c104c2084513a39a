/**
 * Unpacks a zip of importer files. What it says of itself is checked before anything is unpacked, and what comes out is counted while it
 * comes: a few kilobytes may claim to hold a petabyte. Names inside are read for a record type and used for nothing else.
 */
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { LIMITS } from "../../lib/limits.ts";
import type { Issue } from "../../records/issue.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { fileIssue } from "./file-issues.ts";
import { ScratchFile } from "./scratch-file.ts";

/** Text shrinks to a tenth, a file of blanks to a thousandth. */
const MOST_RATIO = 200;
const RATIO_FROM_BYTES = 100 * 1024 * 1024;
const STORED = 0;
const DEFLATED = 8;
/** What Apple's archiver puts beside every file, and files an operating system hides. */
const SIDE_FILE = /(?:^|\/)(?:__MACOSX\/|\.[^/]*$)/;

/** A file of the zip, laid aside; closed by whoever asked for it. */
export interface UnpackedFile {
  /** As the zip calls it: never shown, never used as a path. */
  readonly name: string;
  readonly content: ScratchFile;
}

/** The files, or why the zip is refused. @throws what the content throws, and what hinders the machine */
export async function unpackZip(content: UploadContent, folder: string): Promise<readonly UnpackedFile[] | Issue> {
  const reader = new ContentReader(content);
  const files: UnpackedFile[] = [];
  try {
    const entries = await asZip(reader, listEntries(reader, content.bytes));
    let total = 0;
    for (const entry of entries.files) {
      const scratch = await ScratchFile.create(folder);
      files.push({ name: nameOf(entry), content: scratch });
      await unpack(reader, entries.zip, entry, scratch, LIMITS.zipExpandedBytes - total);
      total += scratch.bytes;
    }
    return files;
  } catch (error) {
    for (const file of files) await file.content.close();
    if (error instanceof ZipRefused) return error.issue;
    throw error;
  }
}

/** Ends the reading of a zip; never leaves this file. */
class ZipRefused extends Error {
  readonly issue: Issue;

  constructor(params: Readonly<Record<string, string | number>> = {}) {
    super();
    this.issue = fileIssue("ERROR", "FORMAT_UNRECOGNISED", "file", params);
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

async function listEntries(reader: ContentReader, bytes: number): Promise<{ zip: ZipFile; files: readonly Entry[] }> {
  const zip = await fromRandomAccessReaderPromise(reader, bytes, { decodeStrings: false, autoClose: false });
  const files: Entry[] = [];
  let declared = 0;
  for await (const entry of zip.eachEntry()) {
    const name = nameOf(entry);
    if (name.endsWith("/") || SIDE_FILE.test(name)) continue;
    if (files.length === LIMITS.zipEntries) throw new ZipRefused({ limit: "zipEntries", max: LIMITS.zipEntries });
    if (entry.isEncrypted()) throw new ZipRefused({ reason: "ENCRYPTED" });
    if (entry.compressionMethod !== STORED && entry.compressionMethod !== DEFLATED) throw new ZipRefused({ reason: "METHOD" });
    declared += entry.uncompressedSize;
    if (declared > LIMITS.zipExpandedBytes) throw new ZipRefused({ limit: "zipExpandedBytes", max: LIMITS.zipExpandedBytes });
    if (isBomb(entry.uncompressedSize, entry.compressedSize)) throw new ZipRefused({ reason: "RATIO", max: MOST_RATIO });
    files.push(entry);
  }
  if (files.length === 0) throw new ZipRefused({ reason: "EMPTY" });
  return { zip, files };
}

const isBomb = (expanded: number, compressed: number): boolean =>
  expanded > RATIO_FROM_BYTES && expanded > MOST_RATIO * compressed;

const nameOf = ({ fileNameRaw }: Entry): string => fileNameRaw.toString("latin1");

async function unpack(reader: ContentReader, zip: ZipFile, entry: Entry, scratch: ScratchFile, room: number): Promise<void> {
  const stream = await asZip(reader, zip.openReadStreamPromise(entry));
  const pieces = stream[Symbol.asyncIterator]();
  let checksum = 0;
  try {
    for (;;) {
      const { done, value } = await asZip(reader, pieces.next());
      if (done) break;
      const piece = Buffer.from(value);
      if (scratch.bytes === 0 && isZip(piece)) throw new ZipRefused({ reason: "NESTED" });
      checksum = crc32(piece, checksum);
      await scratch.write(piece);
      if (scratch.bytes > room) throw new ZipRefused({ limit: "zipExpandedBytes", max: LIMITS.zipExpandedBytes });
      if (isBomb(scratch.bytes, entry.compressedSize)) throw new ZipRefused({ reason: "RATIO", max: MOST_RATIO });
    }
  } finally {
    stream.destroy();
  }
  if (checksum !== entry.crc32) throw new ZipRefused({ reason: "CHECKSUM" });
  await scratch.end();
}

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
