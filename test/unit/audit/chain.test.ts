import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  type AuditKey,
  type BadSequence,
  CHAIN_START,
  type ChainHead,
  type ChainLink,
  ChainWalk,
  extendChain,
} from "../../../src/audit/chain.ts";
import { createSeededRandom, type SeededRandom } from "../../../src/lib/seeded-random.ts";

const keyOf = (secret: string): AuditKey => ({
  mac: (use, text) => createHmac("sha256", `${secret}/${use}`).update(text).digest("hex"),
});
const KEY = keyOf("the installation's");
/** What an administrator of the database can compute. */
const NO_KEY: AuditKey = { mac: (use, text) => createHash("sha256").update(`${use}${text}`).digest("hex") };
const ENTRIES = 40;

const contentsOf = (random: SeededRandom): string[] =>
  Array.from({ length: ENTRIES }, (_, position) => `[${position},${random.integer(0, 1e9)}]`);

const toLinks = (key: AuditKey, contents: readonly string[]): ChainLink[] =>
  extendChain(key, CHAIN_START, contents).map((head, position) => ({ ...head, content: contents[position] ?? null }));

interface Tampered {
  readonly links: readonly ChainLink[];
  /** The first number that is not what it was. */
  readonly first: number;
}

type Tampering = (links: readonly ChainLink[], at: number, key: AuditKey) => Tampered;

/** From a position on, everything is computed anew, with whatever key the attacker has. */
function rewriteFrom(links: readonly ChainLink[], at: number, key: AuditKey): ChainLink[] {
  const kept = links.slice(0, at);
  const before: ChainHead = kept.at(-1) ?? CHAIN_START;
  const contents = links.slice(at).map(({ content }, position) => (position === 0 ? `${content} forged` : (content ?? "")));
  const heads = extendChain(key, before, contents);
  return [...kept, ...heads.map((head, position) => ({ ...head, content: contents[position] ?? null }))];
}

const renumbered = (links: readonly ChainLink[]): ChainLink[] =>
  links.map((link, position) => ({ ...link, sequence: position + 1 }));

const TAMPERINGS: Readonly<Record<string, Tampering>> = {
  "an edited entry": (links, at) => ({
    links: links.map((link, position) => (position === at ? { ...link, content: `${link.content} edited` } : link)),
    first: at + 1,
  }),
  "a deleted entry": (links, at) => ({ links: renumbered(links.toSpliced(at, 1)), first: at + 1 }),
  "an inserted entry": (links, at) => ({
    links: renumbered(links.toSpliced(at, 0, { sequence: 0, mac: NO_KEY.mac("chain", String(at)), content: "inserted" })),
    first: at + 1,
  }),
  "two entries exchanged": (links, at) => {
    const next = links[at + 1];
    const here = links[at];
    if (here === undefined || next === undefined) throw new Error("too near the end");
    const exchanged = links.with(at, { ...here, content: next.content }).with(at + 1, { ...next, content: here.content });
    return { links: exchanged, first: at + 1 };
  },
  "a tail that was cut off": (links, at) => ({ links: links.slice(0, at), first: at + 1 }),
  "a chain rewritten without the key": (links, at) => ({ links: rewriteFrom(links, at, NO_KEY), first: at + 1 }),
};

function check(key: AuditKey, links: readonly ChainLink[], anchors: readonly ChainHead[]): BadSequence | null {
  const walk = new ChainWalk(key, new Map(anchors.map(({ sequence, mac }) => [sequence, mac])), CHAIN_START);
  return walk.walk(links) ?? walk.end();
}

/** Any place but the last entry, which nothing can be exchanged with; the last number is anchored. */
function trial(seed: number, tampering: Tampering, key: AuditKey, isAnchored = true) {
  const random = createSeededRandom(seed);
  const links = toLinks(key, contentsOf(random));
  const { links: tampered, first } = tampering(links, random.integer(0, ENTRIES - 2), key);
  return { found: check(key, tampered, isAnchored ? links.slice(-1) : []), first, honest: check(key, links, links.slice(-1)) };
}

describe("the chain of the audit trail", () => {
  it.each(Object.entries(TAMPERINGS))("shows %s a thousand times of a thousand, at its first number", (_, tampering) => {
    const missed: string[] = [];
    for (let round = 0; round < 1_000; round++) {
      const { found, first, honest } = trial(round, tampering, KEY);
      if (honest !== null || found?.sequence !== first) missed.push(`${round}: ${found?.sequence} instead of ${first}`);
    }
    expect(missed).toEqual([]);
  });

  it("without a key and an anchor would show neither a cut tail nor a rewritten end", () => {
    const blind = ["a tail that was cut off", "a chain rewritten without the key"];
    const seen = Object.entries(TAMPERINGS).filter(([, tampering]) => trial(1, tampering, NO_KEY, false).found !== null);
    expect(seen.map(([name]) => name)).toEqual(Object.keys(TAMPERINGS).filter((name) => !blind.includes(name)));
  });

  it("with a key but no anchor would not show a cut tail", () => {
    const seen = Object.entries(TAMPERINGS).filter(([, tampering]) => trial(1, tampering, KEY, false).found !== null);
    expect(seen.map(([name]) => name)).not.toContain("a tail that was cut off");
    expect(seen).toHaveLength(Object.keys(TAMPERINGS).length - 1);
  });

  it("shows what was rewritten by somebody who has the key, from the first anchor on", () => {
    const links = toLinks(KEY, contentsOf(createSeededRandom(1)));
    const found = check(KEY, rewriteFrom(links, 5, KEY), [...links.slice(9, 10), ...links.slice(-1)]);
    expect(found).toEqual({ sequence: 10, fault: "ANCHOR_DIFFERS" });
  });

  it("goes on from where older entries were removed", () => {
    const links = toLinks(KEY, contentsOf(createSeededRandom(2)));
    const [start, rest] = [links[19], links.slice(20)];
    const walk = new ChainWalk(KEY, new Map(), start ?? CHAIN_START);
    expect(walk.walk(rest)).toBeNull();
    expect(walk.head.sequence).toBe(ENTRIES);
    expect(new ChainWalk(KEY, new Map(), CHAIN_START).walk(rest)).toEqual({ sequence: 1, fault: "NUMBER_MISSING" });
  });
});
