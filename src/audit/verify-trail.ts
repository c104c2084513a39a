/** Checks the whole audit trail: every entry against its mac, every mac against the one before it, the chain against its anchor. */
import { type AnchorLine, readAnchor } from "./anchor.ts";
import { type AuditKey, type BadSequence, CHAIN_START, type ChainHead, ChainWalk } from "./chain.ts";
import type { AnchorFile, Checkpoint, TrailStore, Waiting } from "./trail-ports.ts";

export interface TrailReport {
  /** The first number that is not what was written; null: all of them are. */
  readonly bad: BadSequence | null;
  /** The first line of the anchor that is not what was written; null: all of them are. */
  readonly badAnchorLine: number | null;
  readonly entries: number;
  /** Of the chain as it stands: older entries may have been removed. */
  readonly first: number;
  readonly last: number;
  /** Lines of the anchor the chain was held against; 0: there is no anchor, and a cut tail would not show. */
  readonly anchors: number;
  readonly waiting: Waiting;
}

export interface VerifyDependencies {
  readonly store: TrailStore;
  readonly key: AuditKey;
  readonly anchorFile: AnchorFile | null;
}

/** 1,000,000 entries are 100 pages of some 5 MB. */
const LINKS_AT_ONCE = 10_000;

export const signCheckpoint = (key: AuditKey, { sequence, mac }: ChainHead): string =>
  key.mac("checkpoint", `${sequence}|${mac}`);

/** The heads of the anchor that the chain still reaches back to. */
const toAnchored = (lines: readonly AnchorLine[], start: ChainHead): ReadonlyMap<number, string> =>
  new Map(lines.filter(({ sequence }) => sequence > start.sequence).map(({ sequence, mac }) => [sequence, mac]));

const isForged = (key: AuditKey, checkpoint: Checkpoint | null): boolean =>
  checkpoint !== null && signCheckpoint(key, checkpoint) !== checkpoint.signature;

/** @throws what the store and the file throw */
export async function verifyTrail({ store, key, anchorFile }: VerifyDependencies): Promise<TrailReport> {
  // Before the chain is read: what is anchored meanwhile is not looked for.
  const anchor = anchorFile === null ? [] : readAnchor(key, await anchorFile.read());
  const lines = "line" in anchor ? [] : anchor;
  const checkpoint = await store.checkpoint();
  const start = checkpoint ?? CHAIN_START;
  const walk = new ChainWalk(key, toAnchored(lines, start), start);
  const contradicted = lines.some(({ sequence, mac }) => sequence === start.sequence && mac !== start.mac);
  const forged: BadSequence | null =
    contradicted || isForged(key, checkpoint) ? { sequence: start.sequence, fault: "CHECKPOINT_FORGED" } : null;
  return {
    bad: forged ?? (await walkAll(store, walk)),
    badAnchorLine: "line" in anchor ? anchor.line : null,
    entries: walk.head.sequence - start.sequence,
    first: start.sequence + 1,
    last: walk.head.sequence,
    anchors: lines.length,
    waiting: await store.waiting(),
  };
}

async function walkAll(store: TrailStore, walk: ChainWalk): Promise<BadSequence | null> {
  for (;;) {
    const links = await store.links(walk.head.sequence, LINKS_AT_ONCE);
    if (links.length === 0) return walk.end();
    const bad = walk.walk(links);
    if (bad !== null) return bad;
  }
}
