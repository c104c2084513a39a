/** What the attacker found out, against what it may find out at most. */
import { REASON } from "../cube/disclosure-rules.ts";
import type { Release } from "../cube/primary-rules.ts";
import type { Bounds } from "./interval-attack.ts";

/** A small count must keep at least this many others beside it: bounds may not be closer than this (assurance.md S3). */
export const TARGET_WIDTH = 4;
/** A figure withheld by another rule must stay less known than a published one, whose bounds are 4 apart. */
const RULE_WIDTH = 5;

export interface Audit {
  /** Small counts whose bounds are too close, in their order: with one of them nothing is published. */
  readonly exposed: readonly number[];
  /**
   * Larger counts withheld by another rule that can be calculated as closely as a published figure. The repair withholds what tells them;
   * where no published figure does, they are left: then only the reasons tell them, which no reader has.
   */
  readonly recalculated: readonly number[];
  /** Small counts known exactly, within one, and proved to be 1 to 4. */
  readonly exact: number;
  readonly withinOne: number;
  readonly provedSmall: number;
  /** Small counts in all, and the closest bounds of one; null without any. */
  readonly small: number;
  readonly closest: number | null;
}

export function audit({ low, high }: Bounds, { reasons, rules, known }: Release): Audit {
  const exposed: number[] = [];
  const recalculated: number[] = [];
  const found = { exact: 0, withinOne: 0, provedSmall: 0, small: 0 };
  let closest: number | null = null;
  for (const [cell, reason] of reasons.entries()) {
    const [least, most] = [low[cell] ?? 0, high[cell] ?? 0];
    const width = most - least;
    if (reason === REASON.RULE && width < RULE_WIDTH) recalculated.push(cell);
    if (reason === REASON.SMALL_ORGANISATION && width < TARGET_WIDTH) recalculated.push(cell);
    // A figure that is kept may have become one of a small count; then that must not be known.
    if (reason !== REASON.SMALL && (known === undefined || most > rules.withheldTo)) continue;
    found.small++;
    closest = Math.min(closest ?? width, width);
    if (width < TARGET_WIDTH) exposed.push(cell);
    if (width === 0) found.exact++;
    if (width <= 1) found.withinOne++;
    if (least >= 1 && most <= 4) found.provedSmall++;
  }
  return { exposed, recalculated, ...found, closest };
}
