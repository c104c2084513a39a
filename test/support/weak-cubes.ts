/**
 * Controls of the attackers (assurance.md 4.2, S4): the cube under rules as others publish them, which must fall. The bounds are carried by a
 * second, plain implementation, so that it also checks the one in src/statistics/attack.
 */
import type { Bounds } from "../../src/statistics/attack/interval-attack.ts";
import type { Relations } from "../../src/statistics/attack/relations.ts";
import type { CountedCube } from "../../src/statistics/cube/count-cells.ts";
import { roundHalfUp } from "../../src/statistics/cube/disclosure-rules.ts";

export interface WeakRule {
  readonly name: string;
  /** Counts that are withheld, both included. */
  readonly from: number;
  readonly to: number;
  readonly roundTo: number;
  /** Figures of the United Kingdom are as they are. */
  readonly isNationalExact: boolean;
}

/** As assurance.md 4.2 (b) lists them. */
export const WEAK_RULES: readonly WeakRule[] = [
  { name: "1-4 withheld, totals exact", from: 1, to: 4, roundTo: 1, isNationalExact: true },
  { name: "CSDS as written", from: 0, to: 4, roundTo: 5, isNationalExact: true },
  { name: "SHMI as written", from: 1, to: 7, roundTo: 5, isNationalExact: true },
  { name: "SHMI, national rounded too", from: 1, to: 7, roundTo: 5, isNationalExact: false },
  { name: "0-7 withheld, rounded to 5", from: 0, to: 7, roundTo: 5, isNationalExact: false },
  { name: "10-5, zeros withheld", from: 0, to: 9, roundTo: 5, isNationalExact: false },
];

export interface WeakFindings {
  /** Cells with a true count from 1 to 4: in all, known exactly, within one, proved to be 1 to 4. */
  readonly small: number;
  readonly exact: number;
  readonly withinOne: number;
  readonly provedSmall: number;
  readonly published: number;
  /** Cells whose true count is outside of its bounds: none, or the attacker is wrong. */
  readonly wrong: number;
}

export function attackWeakly(cube: CountedCube, relations: Relations, rule: WeakRule): WeakFindings {
  const { bounds, published } = publishWeakly(cube, rule);
  while (tighten(bounds, relations));
  const found = { small: 0, exact: 0, withinOne: 0, provedSmall: 0, published, wrong: 0 };
  for (const [cell, count] of cube.counts.entries()) {
    const [low, high] = [bounds.low[cell] ?? 0, bounds.high[cell] ?? 0];
    if (count < low || count > high) found.wrong++;
    if (count < 1 || count > 4) continue;
    found.small++;
    if (high === low) found.exact++;
    if (high - low <= 1) found.withinOne++;
    if (low >= 1 && high <= 4) found.provedSmall++;
  }
  return found;
}

function publishWeakly({ counts, layout }: CountedCube, rule: WeakRule): { readonly bounds: Bounds; readonly published: number } {
  const { from, to, roundTo } = rule;
  const national = layout.tables.filter(({ declaration }) => declaration.level === "UNITED_KINGDOM");
  const ofNation = Math.max(...national.map(({ offset, size }) => offset + size));
  const bounds: Bounds = { low: new Int32Array(counts.length), high: new Int32Array(counts.length) };
  let published = 0;
  for (const [cell, count] of counts.entries()) {
    const isExact = rule.isNationalExact && cell < ofNation;
    const isWithheld = !isExact && count >= from && count <= to;
    const figure = roundHalfUp(count, roundTo);
    if (!isWithheld) published++;
    if (isExact) [bounds.low[cell], bounds.high[cell]] = [count, count];
    else if (isWithheld) [bounds.low[cell], bounds.high[cell]] = [from, to];
    else bounds.low[cell] = Math.max(figure - Math.floor(roundTo / 2), count < from ? 0 : to + 1);
    if (!isExact && !isWithheld) bounds.high[cell] = count < from ? 0 : figure + Math.floor((roundTo - 1) / 2);
  }
  return { bounds, published };
}

/** One pass: a total and its parts bound each other. @returns whether any bound moved */
function tighten({ low, high }: Bounds, { count, parents, starts, children, mostRest }: Relations): boolean {
  let hasMoved = false;
  const move = (side: Int32Array, cell: number, to: number, isTighter: boolean): void => {
    if (!isTighter) return;
    side[cell] = to;
    hasMoved = true;
  };
  for (let relation = 0; relation < count; relation++) {
    const parent = parents[relation] ?? 0;
    const parts = children.subarray(starts[relation] ?? 0, starts[relation + 1] ?? 0);
    let [least, most] = [0, mostRest[relation] ?? 0];
    for (const part of parts) [least, most] = [least + (low[part] ?? 0), most + (high[part] ?? 0)];
    move(low, parent, least, least > (low[parent] ?? 0));
    move(high, parent, most, most < (high[parent] ?? 0));
    const [parentLow, parentHigh] = [low[parent] ?? 0, high[parent] ?? 0];
    for (const part of parts) {
      const [partLow, partHigh] = [low[part] ?? 0, high[part] ?? 0];
      move(low, part, parentLow - (most - partHigh), parentLow - (most - partHigh) > partLow);
      move(high, part, parentHigh - (least - partLow), parentHigh - (least - partLow) < partHigh);
    }
  }
  return hasMoved;
}
