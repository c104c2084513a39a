/** Lines of the objections' ledger: an entry as JSON, and its HMAC. */
import type { LedgerEntry, SubjectDigest } from "../consent/objection-ports.ts";
import { StartRefused } from "../errors/start-refused.ts";

/** A keyed digest of the ledger's own. */
export type LedgerMac = (text: string) => string;

const LINE = /^(\{.*\})\t([0-9a-f]{64})$/;

/** Begins with a line end: whatever a process left unfinished before it is a line of its own. */
export const renderLines = (entries: readonly LedgerEntry[], mac: LedgerMac): string =>
  `\n${entries.map((entry) => toLine(JSON.stringify(entry), mac)).join("\n")}\n`;

const toLine = (json: string, mac: LedgerMac): string => `${json}\t${mac(json)}`;

/**
 * A line without an end is what a process was writing when it died: nobody was told that it stood. A whole one that does not fit its HMAC
 * was altered, or was written under other keys.
 * @throws StartRefused
 */
export function readLines(text: string, mac: LedgerMac): readonly LedgerEntry[] {
  return text.split("\n").flatMap((line, index) => {
    const [, json, digest] = LINE.exec(line) ?? [];
    if (json === undefined) return [];
    if (mac(json) !== digest)
      throw new StartRefused(
        `line ${index + 1} of the objections' ledger was altered, or belongs to another installation: put back the right file`,
      );
    const entry: LedgerEntry = JSON.parse(json);
    return [entry];
  });
}

/** Of each objection all that was ever said of it: one that was withdrawn stays so, whatever the order of the lines. */
export function foldEntries(entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  const folded = new Map<string, LedgerEntry>();
  for (const entry of entries) folded.set(entry.id, join(folded.get(entry.id), entry));
  return [...folded.values()];
}

function join(known: LedgerEntry | undefined, later: LedgerEntry): LedgerEntry {
  if (known === undefined) return later;
  const withdrawn = later.withdrawnAt === null ? known : later;
  return {
    ...later,
    ...{ withdrawnAt: withdrawn.withdrawnAt, withdrawnBy: withdrawn.withdrawnBy },
    subjects: withdrawn.withdrawnAt === null ? allOf(known.subjects, later.subjects) : [],
    certificateId: later.certificateId ?? known.certificateId,
    carriedOutAt: later.carriedOutAt ?? known.carriedOutAt,
  };
}

const allOf = (...lists: readonly (readonly SubjectDigest[])[]): readonly SubjectDigest[] => [
  ...new Map(lists.flat().map((subject) => [subject.kind + subject.digest, subject])).values(),
];
