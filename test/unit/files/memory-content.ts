/** Uploads for tests: content in memory, read as the store gives it. */
import { tmpdir } from "node:os";
import path from "node:path";
import { MAPPINGS } from "../../../mappings/index.ts";
import { dictionaryOf } from "../../../src/records/dictionaries.ts";
import type { MappedSource } from "../../../src/records/draft-record.ts";
import type { FileFormat } from "../../../src/records/file-format.ts";
import { createFileReader } from "../../../src/sources/files/file-reader.ts";
import type { FileChunk, FileEntries, FileOptions, RawEntry, SourcePlace } from "../../../src/submission/file-ports.ts";
import type { UploadContent } from "../../../src/submission/upload-ports.ts";

const known = dictionaryOf("gw-1.0");
if (known === null) throw new Error("gw-1.0 is in service");
export const gw = known;

export const START: SourcePlace = { entries: 0, bytes: 0 };
export const SCRATCH = path.join(tmpdir(), "nacr-file-tests");
export const reader = createFileReader({ scratchFolder: SCRATCH });
export const OPTIONS: FileOptions = { dictionary: gw, recordType: null };

/** Streamed in pieces of `pieceBytes`: where a piece ends must not matter. */
export function contentOf(data: string | Buffer, pieceBytes: number = 64 * 1024): UploadContent {
  const bytes = typeof data === "string" ? Buffer.from(data, "utf8") : data;
  return {
    bytes: bytes.length,
    read: async (position, length) => bytes.subarray(position, position + length),
    async *stream(position, end = bytes.length) {
      for (let at = position; at < end; at += pieceBytes) yield bytes.subarray(at, Math.min(at + pieceBytes, end));
    },
  };
}

export async function readAll(entries: FileEntries, size = 500, from: SourcePlace = START): Promise<readonly FileChunk[]> {
  const chunks: FileChunk[] = [];
  for await (const chunk of entries.chunks(from, size)) chunks.push(chunk);
  return chunks;
}

export interface ReadFile {
  readonly issues: FileEntries["issues"];
  readonly chunks: readonly FileChunk[];
  readonly entries: readonly unknown[];
  readonly places: readonly string[];
}

export async function readFile(
  format: FileFormat,
  content: UploadContent,
  options: Partial<FileOptions> = {},
  size?: number,
): Promise<ReadFile> {
  const entries = await reader.open(format, content, { ...OPTIONS, ...options });
  try {
    const chunks = await readAll(entries, size);
    const all = { entries: chunks.flatMap((chunk) => chunk.entries), places: chunks.flatMap((chunk) => chunk.places) };
    return { issues: entries.issues, chunks, ...all };
  } finally {
    await entries.close();
  }
}

/** Read and mapped, chunk by chunk, as a job does it. */
export async function mapFile(
  format: FileFormat,
  content: UploadContent,
  options: Partial<FileOptions> & { readonly profile?: string | null; readonly size?: number } = {},
): Promise<MappedSource> {
  const entries = await reader.open(format, content, { ...OPTIONS, ...options });
  const sources: MappedSource[] = [];
  try {
    for await (const chunk of entries.chunks(START, options.size ?? 500)) {
      const placeOf = (index: number): string => chunk.places[index] ?? "";
      const source = MAPPINGS[entries.mapping](chunk.entries, {
        dictionary: gw,
        profile: options.profile ?? null,
        detectTestData: false,
        placeOf,
      });
      if (source !== null) sources.push(source);
    }
  } finally {
    await entries.close();
  }
  return {
    drafts: sources.flatMap(({ drafts }) => drafts),
    issues: [...entries.issues, ...sources.flatMap(({ issues }) => issues)],
    mappingReport: sources.flatMap(({ mappingReport }) => mappingReport),
    mappingVersion: sources[0]?.mappingVersion ?? "none",
  };
}

export async function readRawAll(
  format: FileFormat,
  content: UploadContent,
  options: Partial<FileOptions> = {},
): Promise<readonly RawEntry[]> {
  const raw: RawEntry[] = [];
  for await (const entry of reader.readRaw(format, content, { ...OPTIONS, ...options })) raw.push(entry);
  return raw;
}
