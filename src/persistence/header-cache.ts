/**
 * A least-recently-used store of finished answers, bounded by the bytes they take and kept per organisation. A header comes from it in
 * 3 µs; from PostgreSQL on the same machine, in its transaction under row-level security, in 2.6 ms (both with other work running).
 */
import type { SubmissionHeader } from "../records/submission-record.ts";

const MIB = 1024 * 1024;
/** About 6,000 headers of submissions with a handful of issue groups each (2.7 kB). */
const HEADER_CACHE_BYTES = 16 * MIB;

interface Entry {
  readonly header: SubmissionHeader;
  readonly bytes: number;
}

export interface HeaderCache {
  find(ods: string, id: string): SubmissionHeader | null;
  /**
   * Runs a read and keeps what it hands to `keep`, except what is forgotten meanwhile: that may have been read as it was before the
   * change, and would be kept for ever.
   */
  fill<T>(read: (keep: (header: SubmissionHeader) => void) => Promise<T>): Promise<T>;
  /** To be called when something changes a finished submission: withdrawal, an objection, a revoked delegation. */
  forget(ods: string, id: string): void;
  /** To be called when such changes may have gone unheard. */
  clear(): void;
}

/** What was forgotten while one read ran. */
interface Forgotten {
  everything: boolean;
  readonly keys: Set<string>;
}

const keyOf = (ods: string, id: string): string => `${ods}/${id}`;

/** A UTF-16 string takes two bytes a character; the object graph about as much again as its text. */
const sizeOf = (header: SubmissionHeader): number => JSON.stringify(header).length * 2;

/** What may still change is never kept: a submission in work, and a dry run, which expires. */
const isImmutable = (header: SubmissionHeader): boolean =>
  header.mode === "COMMIT" && header.status !== "RECEIVED" && header.status !== "PROCESSING";

/** @param capacity bytes; an entry larger than the whole capacity is not kept. */
export function createHeaderCache(capacity: number = HEADER_CACHE_BYTES): HeaderCache {
  // A Map iterates in order of insertion: what is read is inserted again, so the first key is the one not read for longest.
  const entries = new Map<string, Entry>();
  const reads = new Set<Forgotten>();
  let used = 0;

  const remove = (key: string): void => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    used -= entry.bytes;
  };

  const keep = (header: SubmissionHeader, forgotten: Forgotten): void => {
    const key = keyOf(header.ods, header.id);
    if (!isImmutable(header) || forgotten.everything || forgotten.keys.has(key)) return;
    remove(key);
    const bytes = sizeOf(header);
    if (bytes > capacity) return;
    entries.set(key, { header, bytes });
    used += bytes;
    for (const oldest of entries.keys()) {
      if (used <= capacity) break;
      remove(oldest);
    }
  };

  return {
    find(ods, id) {
      const key = keyOf(ods, id);
      const entry = entries.get(key);
      if (entry === undefined) return null;
      entries.delete(key);
      entries.set(key, entry);
      return entry.header;
    },
    async fill(read) {
      const forgotten: Forgotten = { everything: false, keys: new Set() };
      reads.add(forgotten);
      try {
        return await read((header) => keep(header, forgotten));
      } finally {
        reads.delete(forgotten);
      }
    },
    forget(ods, id) {
      const key = keyOf(ods, id);
      remove(key);
      for (const { keys } of reads) keys.add(key);
    },
    clear() {
      entries.clear();
      used = 0;
      for (const read of reads) read.everything = true;
    },
  };
}
