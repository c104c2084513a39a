/**
 * Two consecutive cubes as one system, so that the attacker and the repair work on both at once (assurance.md 4.3.9): what is known of a cell
 * before bounds the cell now, and the other way round. The cells of the cube now come first, those of the one before after them.
 */
import { REASON } from "../cube/disclosure-rules.ts";
import type { KnownCounts, Release } from "../cube/primary-rules.ts";
import { NO_CELL } from "../ledger/former-cells.ts";
import { knownCounts } from "../ledger/known-counts.ts";
import type { FormerCube } from "../ledger/settle-figures.ts";
import { UNBOUNDED } from "./interval-attack.ts";
import { buildRelations, indexMembers, type Relations } from "./relations.ts";

export interface PairOfCuts {
  readonly release: Release;
  readonly relations: Relations;
  /** What of the release is the cube now: the same memory. */
  readonly now: Release;
}

/** @param counts of the cube now @param known of its figures */
export function joinCuts(
  release: Release,
  relations: Relations,
  counts: Int32Array,
  known: KnownCounts,
  former: FormerCube,
): PairOfCuts {
  const { ledger } = former;
  const figures = concat(release.figures, ledger.figures);
  const reasons = concatBytes(release.reasons, ledger.reasons.map(reasonBefore));
  const before = knownCounts(ledger);
  return {
    release: {
      rules: release.rules,
      figures,
      reasons,
      known: {
        ...known,
        least: concat(known.least, before.least),
        most: concat(known.most, before.most),
        freshness: concatBytes(known.freshness, before.freshness),
      },
    },
    relations: joinRelations(relations, counts, former),
    now: { ...release, figures: figures.subarray(0, counts.length), reasons: reasons.subarray(0, counts.length) },
  };
}

/** What was published cannot be withheld any more; of what a rule or the repair withheld the attacker is told nothing. */
const reasonBefore = (reason: number): number => {
  if (reason === REASON.PUBLISHED) return REASON.PAST;
  return reason === REASON.SMALL ? REASON.SMALL : REASON.REPAIR;
};

/**
 * Most cells only grow from cut to cut; the attacker is told which do: there the count now is the count before and a rest that nothing bounds.
 * Where more went than came it is told nothing.
 */
function joinRelations(now: Relations, counts: Int32Array, { layout, counts: countsBefore, formerOf }: FormerCube): Relations {
  const before = buildRelations(layout, countsBefore);
  const grown = [...formerOf.entries()].filter(
    ([cell, former]) => former !== NO_CELL && (counts[cell] ?? 0) >= (countsBefore[former] ?? 0),
  );
  const moved = (cells: Int32Array): Int32Array => cells.map((cell) => cell + counts.length);
  const links = Int32Array.from(grown, (_, index) => now.children.length + before.children.length + index + 1);
  return indexMembers(counts.length + countsBefore.length, {
    count: now.count + before.count + grown.length,
    parents: concat(
      now.parents,
      moved(before.parents),
      Int32Array.from(grown, ([cell]) => cell),
    ),
    starts: concat(
      now.starts,
      before.starts.subarray(1).map((start) => start + now.children.length),
      links,
    ),
    children: concat(
      now.children,
      moved(before.children),
      Int32Array.from(grown, ([, former]) => former + counts.length),
    ),
    mostRest: concat(now.mostRest, before.mostRest, new Int32Array(grown.length).fill(UNBOUNDED)),
    organisations: concat(now.organisations, before.organisations, new Int32Array(grown.length).fill(-1)),
  });
}

function concat(...parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const concatBytes = (first: Uint8Array, second: Uint8Array): Uint8Array => Uint8Array.from(Buffer.concat([first, second]));
