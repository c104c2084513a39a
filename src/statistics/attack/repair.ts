/**
 * Withholds more until an attacker finds nothing that it may not. What is withheld for a bound that is too close is decided by rounded
 * figures, reasons and the structure of the cube only. Whatever is withheld loosens the bounds of every attacker and tightens none, so what was
 * repaired against one stays so while it is repaired against the next.
 */
import { LongWork } from "../../lib/long-work.ts";
import type { CubeLayout } from "../cube/cube-layout.ts";
import { REASON, WITHHELD } from "../cube/disclosure-rules.ts";
import type { Release } from "../cube/primary-rules.ts";
import { type Audit, audit } from "./audit.ts";
import { type Bounds, copyBounds, firstBounds, settleBounds } from "./interval-attack.ts";
import { type Findings, Picks } from "./pick-figures.ts";
import type { Relations } from "./relations.ts";

export interface Repair {
  readonly audit: Audit;
  readonly rounds: number;
  /** Cells withheld by it. */
  readonly withheld: number;
}

/** Cubes of NACR's size need some ten. */
const MOST_ROUNDS = 60;

/** Changes the release. @returns the last audit, with exposed cells where the target is missed */
export async function repair(release: Release, relations: Relations, layout: CubeLayout): Promise<Repair> {
  const { found, ...repaired } = await repairAgainst(release, {
    relations,
    hasAnyway: () => false,
    know: () => firstBounds(release, layout),
    judge: (bounds) => audit(bounds, release),
    closeOf: ({ exposed, recalculated }) => [...exposed, ...recalculated],
  });
  return { audit: found, ...repaired };
}

/** @template T what it finds */
export interface Attacker<T> extends Pick<Findings, "relations" | "hasAnyway"> {
  /** What each cell tells it by itself, as the release stands. */
  readonly know: () => Bounds;
  readonly judge: (bounds: Bounds) => T;
  /** Cells that are known too well. */
  readonly closeOf: (found: T) => readonly number[];
}

/** Changes the release. */
export async function repairAgainst<T>(
  release: Release,
  { relations, hasAnyway, know, judge, closeOf }: Attacker<T>,
): Promise<{ readonly found: T; readonly rounds: number; readonly withheld: number }> {
  const work = new LongWork();
  let withheld = 0;
  for (let rounds = 0; ; rounds++) {
    const first = know();
    const bounds = settleBounds(copyBounds(first), release, relations);
    const found = judge(bounds);
    const close = closeOf(found);
    if (close.length === 0 || rounds === MOST_ROUNDS) return { found, rounds, withheld };
    const picks = await new Picks(release, { relations, bounds, first, hasAnyway }).pick(close, work);
    if (picks.size === 0) return { found, rounds, withheld };
    for (const cell of picks) {
      release.figures[cell] = WITHHELD;
      release.reasons[cell] = REASON.REPAIR;
    }
    withheld += picks.size;
    await work.giveWay();
  }
}
