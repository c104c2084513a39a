/** Entries of a file that were gathered into groups, as chunks: whole groups, as many as a chunk takes. */
import type { FileChunk, SourcePlace } from "../../submission/file-ports.ts";
import { ChunkBuilder } from "./chunk-builder.ts";
import type { GroupedEntries } from "./grouped-entries.ts";

/** An entry as its mapping takes it. */
export interface ReadEntry {
  readonly entry: unknown;
  readonly place: string;
  readonly bytes: number;
}

/** Reads the entries of a group, and what is needed beside them. */
export type ReadGroup = (group: number) => Promise<readonly ReadEntry[]>;

/**
 * Chunks from a place on. A group is never parted; it makes a chunk by itself where it is larger than one. A place is a number of
 * entries in the order of groups; its bytes are for progress.
 */
export async function* readGroups(
  gathered: GroupedEntries,
  readGroup: ReadGroup,
  from: SourcePlace,
  size: number,
): AsyncGenerator<FileChunk> {
  const chunk = new ChunkBuilder();
  let place = from;
  for (let group = gathered.groupAt(from.entries); group < gathered.groups; group += 1) {
    const entries = await readGroup(group);
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    if (chunk.isFullFor(entries.length, bytes, size)) yield chunk.take(place);
    for (const entry of entries) chunk.add(entry.entry, entry.place, entry.bytes);
    place = { entries: gathered.begin(group + 1), bytes: place.bytes + bytesOf(gathered, group) };
  }
  if (chunk.size > 0) yield chunk.take(place);
}

function bytesOf(gathered: GroupedEntries, group: number): number {
  let bytes = 0;
  for (const entry of gathered.members(group)) bytes += gathered.entry(entry).length;
  return bytes;
}
