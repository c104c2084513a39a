/**
 * The chain of the audit trail: each entry gets the next number and a keyed digest of the number, the digest before it and its content.
 * Whoever has the database but not the key can then neither change, remove, insert nor exchange an entry unseen, nor begin the chain
 * anew from anywhere; that its end was cut off shows in the anchor (`anchor.ts`).
 */

/** HMAC-SHA-256 under keys of the audit trail, one for each use, as hexadecimal text. */
export interface AuditKey {
  mac(use: "chain" | "anchor" | "checkpoint", text: string): string;
}

/** Where the chain stands: the last number that was given, and its mac. */
export interface ChainHead {
  readonly sequence: number;
  readonly mac: string;
}

export interface ChainLink extends ChainHead {
  /** What the mac is of; null: the entry is gone. */
  readonly content: string | null;
}

/** Before the first entry. */
export const CHAIN_START: ChainHead = { sequence: 0, mac: "" };

function linkTo(key: AuditKey, before: ChainHead, content: string): ChainHead {
  const sequence = before.sequence + 1;
  return { sequence, mac: key.mac("chain", `${sequence}|${before.mac}|${content}`) };
}

/** Heads after each of the contents, in their order. */
export function extendChain(key: AuditKey, head: ChainHead, contents: readonly string[]): readonly ChainHead[] {
  let last = head;
  return contents.map((content) => {
    last = linkTo(key, last, content);
    return last;
  });
}

export const CHAIN_FAULTS = [
  "NUMBER_MISSING",
  "ENTRY_MISSING",
  "MAC_WRONG",
  "ANCHOR_DIFFERS",
  "TAIL_MISSING",
  "CHECKPOINT_FORGED",
] as const;
export type ChainFault = (typeof CHAIN_FAULTS)[number];

/** The first number at which something is wrong. */
export interface BadSequence {
  readonly sequence: number;
  readonly fault: ChainFault;
}

/** What an anchor says that the head was. */
export type Anchored = ReadonlyMap<number, string>;

/** Walks a chain page by page; after the first fault nothing more is learned from it. */
export class ChainWalk {
  readonly #key: AuditKey;
  readonly #anchored: Anchored;
  #head: ChainHead;

  /** @param start the head before the first link: of a checkpoint, or `CHAIN_START` */
  constructor(key: AuditKey, anchored: Anchored, start: ChainHead) {
    this.#key = key;
    this.#anchored = anchored;
    this.#head = start;
  }

  /** The last link that was found good. */
  get head(): ChainHead {
    return this.#head;
  }

  /** @param links those that follow, in the order of their numbers */
  walk(links: readonly ChainLink[]): BadSequence | null {
    for (const link of links) {
      const bad = this.#step(link);
      if (bad !== null) return bad;
    }
    return null;
  }

  /** To be asked when there are no more links. */
  end(): BadSequence | null {
    const last = Math.max(0, ...this.#anchored.keys());
    return last > this.#head.sequence ? { sequence: this.#head.sequence + 1, fault: "TAIL_MISSING" } : null;
  }

  #step({ sequence, mac, content }: ChainLink): BadSequence | null {
    const expected = this.#head.sequence + 1;
    if (sequence !== expected) return { sequence: expected, fault: "NUMBER_MISSING" };
    if (content === null) return { sequence, fault: "ENTRY_MISSING" };
    if (linkTo(this.#key, this.#head, content).mac !== mac) return { sequence, fault: "MAC_WRONG" };
    if ((this.#anchored.get(sequence) ?? mac) !== mac) return { sequence, fault: "ANCHOR_DIFFERS" };
    this.#head = { sequence, mac };
    return null;
  }
}
