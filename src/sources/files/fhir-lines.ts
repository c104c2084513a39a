/**
 * FHIR NDJSON as a Bulk Data export writes it: a resource on each line, those of a patient anywhere in the file. A first pass finds out
 * which lines belong together; then the lines of one patient after the other are read where they stand. A Bundle on a line stands alone.
 *
 * Cost, in processor time of a busy machine (Node 24): 800,000 resources of 660 bytes (100,000 patients, a file for each type behind the
 * other, 529 MB) are indexed in 6.5 s and read in 5.8 s, 65,000 resources/s; index and blocks take 76 MB. Synthea's bundles as NDJSON are
 * read and mapped at 15,000 resources/s. Names are hashed for every line, since two resources of one id must be seen together.
 */
import { FileResource } from "../../../mappings/fhir/fhir-file-mapping.ts";
import { UnreadableEntry } from "../../../mappings/files/unreadable-entry.ts";
import { LIMITS } from "../../lib/limits.ts";
import type { Issue } from "../../records/issue.ts";
import type { FileEntries } from "../../submission/file-ports.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { BlockReader } from "./block-reader.ts";
import { decodeJsonLine, isBlank, type JsonObject, tooLong } from "./decode-line.ts";
import { EntryIndex } from "./entry-index.ts";
import { MOST_ENTRIES } from "./entry-table.ts";
import { readKeys } from "./fhir-keys.ts";
import { fileIssue, refuseFile } from "./file-issues.ts";
import { type ReadEntry, readGroups } from "./gathered-entries.ts";
import type { GroupedEntries } from "./grouped-entries.ts";
import { digestKey } from "./key-table.ts";
import { type RawLine, readLines } from "./read-lines.ts";
import { placeOfLine } from "./record-lines.ts";
import { ReferenceList } from "./reference-list.ts";
import { MOST_SHARED, SharedResources } from "./shared-resources.ts";

/** A Synthea patient has up to 5,000 resources of 1.2 kB. */
const GROUP_LIMIT = { entries: 20_000, bytes: 64 * 1024 * 1024 };
/** Every line is held up to this length; what is longer than `fileLineBytes` must be a Bundle. */
const LINE_BYTES = LIMITS.bundleBytes;

export async function openFhirLines(content: UploadContent): Promise<FileEntries> {
  const indexer = new FhirIndexer();
  let number = 0;
  for await (const lines of readLines(content, 0, LINE_BYTES)) {
    for (const line of lines) {
      number += 1;
      if (line.bytes !== null && isBlank(line.bytes)) continue;
      if (indexer.count === MOST_ENTRIES) return refuseFile("FHIR", content.bytes, "FORMAT_UNRECOGNISED", { max: MOST_ENTRIES });
      indexer.add(line, number);
    }
  }
  return new FhirLines(content, indexer.seal());
}

function decodeResource(bytes: Buffer): JsonObject | UnreadableEntry {
  const resource = decodeJsonLine(bytes);
  if (resource instanceof UnreadableEntry) return resource;
  const type = Object.hasOwn(resource, "resourceType") ? resource.resourceType : undefined;
  if (typeof type !== "string") return new UnreadableEntry("FORMAT_UNRECOGNISED");
  return bytes.length > LIMITS.fileLineBytes && type !== "Bundle" ? tooLong(LIMITS.fileLineBytes) : resource;
}

interface FhirIndex {
  readonly gathered: GroupedEntries;
  readonly shared: SharedResources;
  readonly issues: readonly Issue[];
}

class FhirIndexer {
  readonly #index = new EntryIndex(GROUP_LIMIT);
  readonly #shared = new Set<number>();
  readonly #references = new ReferenceList();
  readonly #identifiers = new ReferenceList();

  get count(): number {
    return this.#index.table.count;
  }

  add({ start, bytes }: RawLine, number: number): void {
    const entry = this.#index.add({ start, length: bytes?.length ?? 0, number });
    const resource = bytes === null ? null : decodeResource(bytes);
    if (resource === null || resource instanceof UnreadableEntry || resource.resourceType === "Bundle") return;
    const keys = readKeys(resource);
    if (keys.isShared) this.#shared.add(entry);
    for (const key of [...keys.joining, ...keys.namedIdentifiers]) this.#index.join(entry, digestKey(key));
    for (const key of keys.shared) this.#references.add(entry, digestKey(key));
    for (const key of keys.identifiers) this.#identifiers.add(entry, digestKey(key));
  }

  seal(): FhirIndex {
    // Two patients who share a number are two, unless a resource names its patient by it: then it must see both to choose neither.
    for (let position = 0; position < this.#identifiers.count; position += 1) {
      const digest = this.#identifiers.digest(position);
      if (this.#index.find(digest) !== null) this.#index.join(this.#identifiers.entry(position), digest);
    }
    const gathered = this.#index.seal();
    const shared = new SharedResources(this.#index, gathered, this.#references, this.#shared);
    const places = [
      this.#index.firstKeptOut === null ? null : { entry: this.#index.firstKeptOut, max: GROUP_LIMIT.entries },
      shared.firstOverfull === null ? null : { entry: gathered.members(shared.firstOverfull)[0] ?? 0, max: MOST_SHARED },
    ].filter((place) => place !== null);
    const issues = places.map(({ entry, max }) =>
      fileIssue("WARNING", "REFERENCE_UNRESOLVED", placeOfLine(gathered.entry(entry).number), {
        reason: "TOO_MANY_RESOURCES",
        max,
      }),
    );
    return { gathered, shared, issues };
  }
}

class FhirLines implements FileEntries {
  readonly mapping = "FHIR";
  readonly bytesTotal: number;
  readonly issues: readonly Issue[];
  readonly #index: FhirIndex;
  readonly #blocks: BlockReader;

  constructor(content: UploadContent, index: FhirIndex) {
    this.bytesTotal = content.bytes;
    this.issues = index.issues;
    this.#index = index;
    this.#blocks = new BlockReader(content);
  }

  chunks(from: Parameters<FileEntries["chunks"]>[0], size: number): ReturnType<FileEntries["chunks"]> {
    return readGroups(this.#index.gathered, (group) => this.#readGroup(group), from, size);
  }

  async close(): Promise<void> {}

  async #readGroup(group: number): Promise<readonly ReadEntry[]> {
    const { gathered, shared } = this.#index;
    if (shared.isElsewhere(group)) return [];
    const entries: ReadEntry[] = [];
    for (const member of gathered.members(group)) entries.push(await this.#readEntry(member, group, false));
    for (const other of shared.sharedBy(group)) {
      const repeated = shared.isRepeated(other, group);
      for (const member of gathered.members(other)) entries.push(await this.#readEntry(member, group, repeated));
    }
    return entries;
  }

  async #readEntry(member: number, group: number, repeated: boolean): Promise<ReadEntry> {
    const { start, length, number } = this.#index.gathered.entry(member);
    const resource = length === 0 ? tooLong(LINE_BYTES) : decodeResource(await this.#blocks.read(start, length));
    const entry = resource instanceof UnreadableEntry ? resource : new FileResource(resource, group, repeated);
    return { entry, place: placeOfLine(number), bytes: length };
  }
}
