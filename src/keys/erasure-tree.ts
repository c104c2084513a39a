/**
 * A tree of secrets of which single leaves can be destroyed for ever (ADR 0034). Each node's sixteen children follow from it by a digest
 * and nothing leads back up, so what is kept is a cover: at first the root, from which everything follows; where a leaf was destroyed,
 * the fifteen brothers of each node on its path instead of the nodes themselves. Goldreich, Goldwasser and Micali's construction.
 * Measured on one busy core: 5 µs for a leaf. A destroyed leaf costs 210 nodes at most, some 170 each of the first thousand.
 */
import { hash } from "node:crypto";

/** Sixteen children: one hexadecimal digit for each level. Fourteen levels are 56 bits: among 10^7 leaves two meet once in 1,400 trees. */
const LEVELS = 14;
/** Of a path in a box. */
export const PATH_BYTES = LEVELS / 2;
const DIGITS = "0123456789abcdef";
/** Nodes below which are looked up rather than worked out again: 4,369 at most. */
const REMEMBERED_LEVELS = 3;
const LABEL = "nacr-gateway/erasure-tree";

/** Where a leaf is: fourteen hexadecimal digits. Says nothing about what it belongs to. */
export type LeafPath = string;

/** @param scope the organisation; ids of two organisations are two leaves */
export const leafPathOf = (scope: string, unit: string): LeafPath =>
  hash("sha256", `${LABEL}|${scope}|${unit}`, "hex").slice(0, LEVELS);

export const isLeafPath = (text: string): boolean => text.length === LEVELS && /^[0-9a-f]+$/.test(text);

/** Secrets are 64 hexadecimal digits, so every digest is of a text of the same length: none can be the beginning of another. */
const childOf = (secret: string, digit: string): string => hash("sha256", `${LABEL}|${secret}|${digit}`, "hex");

/** Nodes that are known, by the path that leads to them; the root's is empty. None lies below another one. */
export type Cover = ReadonlyMap<string, string>;

export class ErasureTree {
  readonly cover: Cover;
  readonly #remembered = new Map<string, string>();

  /** @param cover kept as it is: nobody may change it */
  constructor(cover: Cover) {
    this.cover = cover;
  }

  /** The secret of a leaf, 64 hexadecimal digits; null where it was destroyed. */
  secretOf(path: LeafPath): string | null {
    for (let level = Math.min(REMEMBERED_LEVELS, LEVELS); level > 0; level--) {
      const known = this.#remembered.get(path.slice(0, level));
      if (known !== undefined) return this.#walk(path, level, known);
    }
    for (let level = 0; level <= LEVELS; level++) {
      const known = this.cover.get(path.slice(0, level));
      if (known !== undefined) return this.#walk(path, level, known);
    }
    return null;
  }

  #walk(path: LeafPath, from: number, start: string): string {
    let secret = start;
    for (let level = from; level < LEVELS; level++) {
      secret = childOf(secret, path.charAt(level));
      if (level < REMEMBERED_LEVELS) this.#remembered.set(path.slice(0, level + 1), secret);
    }
    return secret;
  }

  /** The cover without some leaves; those that were destroyed before change nothing. */
  without(paths: readonly LeafPath[]): Cover {
    const cover = new Map(this.cover);
    for (const path of paths) puncture(cover, path);
    return cover;
  }
}

/** Replaces the node above the leaf by everything below it that is not on the way to the leaf. */
function puncture(cover: Map<string, string>, path: LeafPath): void {
  for (let level = 0; level <= LEVELS; level++) {
    const prefix = path.slice(0, level);
    const secret = cover.get(prefix);
    if (secret === undefined) continue;
    cover.delete(prefix);
    if (level === LEVELS) return;
    for (const digit of DIGITS) cover.set(prefix + digit, childOf(secret, digit));
  }
}
