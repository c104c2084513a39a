/**
 * The attacker (assurance.md 4.2): bounds every cell by what is published, by the rules, and by all that adds up, until nothing gets tighter.
 *
 * It is told more than a reader can know: which withheld cells are so by their own count, and which by the size of their organisation. Of
 * the others it is told nothing (ADR 0037). It is sound: a true count is never outside.
 */
import type { CubeLayout } from "../cube/cube-layout.ts";
import { tableKey } from "../cube/declaration.ts";
import { isOrganisation } from "../cube/dimensions.ts";
import { leastOf, leastOfShownOrganisation, mostOf, mostOfOne, REASON } from "../cube/disclosure-rules.ts";
import type { Release } from "../cube/primary-rules.ts";
import { FRESHNESS } from "../ledger/settle-cell.ts";
import type { Relations } from "./relations.ts";

/** By cell, both included. */
export interface Bounds {
  readonly low: Int32Array;
  readonly high: Int32Array;
}

/** No bound: more journeys than there can be. */
export const UNBOUNDED = 1_000_000_000;
/** Bounds settle in some ten passes; what has not settled by then is sound all the same. */
const MOST_PASSES = 100;

export const attack = (release: Release, relations: Relations, layout: CubeLayout): Bounds =>
  settleBounds(firstBounds(release, layout), release, relations);

export const copyBounds = ({ low, high }: Bounds): Bounds => ({ low: low.slice(), high: high.slice() });

/** Carries bounds from sum to sum. @param bounds changed, and returned */
export function settleBounds(bounds: Bounds, release: Release, relations: Relations): Bounds {
  const agenda = new Agenda(relations);
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    if (!tightenSums(bounds, relations, agenda) && !tightenAllShares(bounds, release, relations, agenda)) break;
  }
  return bounds;
}

/** Relations of which a cell got tighter since they were looked at: all the others have nothing more to say. */
class Agenda {
  readonly sums: Uint8Array;
  /** As relations of the rule of contributors. */
  readonly shares: Uint8Array;
  readonly #relations: Relations;

  constructor(relations: Relations) {
    this.#relations = relations;
    this.sums = new Uint8Array(relations.count).fill(1);
    this.shares = new Uint8Array(relations.count).fill(1);
  }

  /** The cell got tighter. */
  add(cell: number): void {
    const { memberStarts, memberships } = this.#relations;
    const to = memberStarts[cell + 1] ?? 0;
    for (let index = memberStarts[cell] ?? 0; index < to; index++) {
      const relation = memberships[index] ?? 0;
      this.sums[relation] = 1;
      this.shares[relation] = 1;
    }
  }
}

/** What a cell tells by itself. */
export function firstBounds(release: Release, layout: CubeLayout): Bounds {
  const { figures, reasons, rules, known } = release;
  const bounds = { low: new Int32Array(figures.length), high: new Int32Array(figures.length).fill(UNBOUNDED) };
  const set = (cell: number, low: number, high: number): void => {
    bounds.low[cell] = low;
    bounds.high[cell] = high;
  };
  const leastShown = known?.leastOfOrganisation ?? leastOfShownOrganisation(rules);
  const mostOfSmall = known?.mostOfSmallOrganisation ?? leastShown - 1;
  for (const [cell, figure] of figures.entries()) {
    const reason = reasons[cell] ?? 0;
    const isTold = reason === REASON.PUBLISHED || reason === REASON.SMALL || reason === REASON.PAST;
    if (isTold && known !== undefined) set(cell, known.least[cell] ?? 0, known.most[cell] ?? UNBOUNDED);
    else if (reason === REASON.PUBLISHED) set(cell, leastOf(figure, rules), mostOf(figure, rules));
    else if (reason === REASON.SMALL) set(cell, rules.withheldFrom, rules.withheldTo);
    else if (reason === REASON.SMALL_ORGANISATION) set(cell, 0, mostOfSmall);
  }
  tellPresence(bounds, reasons, layout, leastShown);
  return bounds;
}

/** A place is named in the cube because it has a journey; an organisation that is not withheld altogether has enough of them. */
function tellPresence({ low }: Bounds, reasons: Uint8Array, layout: CubeLayout, leastShown: number): void {
  for (const [node, { level }] of layout.places.nodes.entries()) {
    const table = layout.byKey.get(tableKey({ level, dimensions: [] }));
    if (table === undefined) continue;
    const cell = table.offset + (layout.positionOf[node] ?? 0) * table.width;
    const isShown = isOrganisation(level) && reasons[cell] !== REASON.SMALL && reasons[cell] !== REASON.SMALL_ORGANISATION;
    low[cell] = Math.max(low[cell] ?? 0, isShown ? leastShown : 1);
  }
}

/** One pass over the relations that are due. @returns whether any bound got tighter */
function tightenSums(bounds: Bounds, relations: Relations, agenda: Agenda): boolean {
  let isTighter = false;
  for (let relation = 0; relation < relations.count; relation++) {
    if (agenda.sums[relation] === 0) continue;
    agenda.sums[relation] = 0;
    if (tightenSum(bounds, relations, relation, agenda)) isTighter = true;
  }
  return isTighter;
}

/** It takes longer than a pass over the sums, so those settle first. */
function tightenAllShares(bounds: Bounds, release: Release, relations: Relations, agenda: Agenda): boolean {
  if (release.rules.minContributors === 0) return false;
  let isTighter = false;
  for (let relation = 0; relation < relations.count; relation++) {
    if (agenda.shares[relation] === 0) continue;
    agenda.shares[relation] = 0;
    if (!tellsShares(release, relations, relation)) continue;
    if (tightenShares(bounds, release, relations, relation, agenda)) isTighter = true;
  }
  return isTighter;
}

/** A figure above organisations does when it comes or moves: then the rule is judged. */
function tellsShares({ reasons, known }: Release, { organisations, starts, parents }: Relations, relation: number): boolean {
  const parent = parents[relation] ?? 0;
  const isOfOrganisations = (organisations[starts[relation] ?? 0] ?? -1) >= 0;
  const isShown = reasons[parent] === REASON.PUBLISHED || reasons[parent] === REASON.PAST;
  return isOfOrganisations && isShown && known?.freshness[parent] !== FRESHNESS.HELD;
}

function tightenSum({ low, high }: Bounds, relations: Relations, relation: number, agenda: Agenda): boolean {
  const { parents, starts, children, leastRest, mostRest } = relations;
  const parent = parents[relation] ?? 0;
  const [from, to] = [starts[relation] ?? 0, starts[relation + 1] ?? 0];
  let lowSum = leastRest?.[relation] ?? 0;
  let highSum = mostRest[relation] ?? 0;
  for (let index = from; index < to; index++) {
    const child = children[index] ?? 0;
    lowSum += low[child] ?? 0;
    highSum += high[child] ?? 0;
  }
  let isTighter = false;
  let parentLow = low[parent] ?? 0;
  let parentHigh = high[parent] ?? 0;
  if (lowSum > parentLow) {
    low[parent] = parentLow = lowSum;
    agenda.add(parent);
    isTighter = true;
  }
  if (highSum < parentHigh) {
    high[parent] = parentHigh = highSum;
    agenda.add(parent);
    isTighter = true;
  }
  // Nothing can be said of a child unless the sums say more than the parent does.
  if (parentLow === lowSum && parentHigh === highSum) return isTighter;
  for (let index = from; index < to; index++) {
    const child = children[index] ?? 0;
    const [childLow, childHigh] = [low[child] ?? 0, high[child] ?? 0];
    const least = parentLow - (highSum - childHigh);
    const most = parentHigh - (lowSum - childLow);
    if (least > childLow) {
      low[child] = least;
      lowSum += least - childLow;
      agenda.add(child);
      isTighter = true;
    }
    if (most < childHigh) {
      high[child] = most;
      highSum -= childHigh - most;
      agenda.add(child);
      isTighter = true;
    }
  }
  return isTighter;
}

/** That a figure is shown tells that enough organisations contributed, and none too much. */
function tightenShares(bounds: Bounds, release: Release, relations: Relations, relation: number, agenda: Agenda): boolean {
  const { low, high } = bounds;
  const { figures, rules, known } = release;
  const parent = relations.parents[relation] ?? 0;
  const most = mostOfOne(known === undefined ? leastOf(figures[parent] ?? 0, rules) : (known.least[parent] ?? 0), rules);
  // Journeys without a programme are one organisation's.
  const rest = relations.mostRest[relation] ?? 0;
  const ofOthers = (low[parent] ?? 0) - most - rest;
  const members = membersByOrganisation(relations, relation);
  const highs = new Map([...members].map(([who, cells]) => [who, cells.reduce((sum, cell) => sum + (high[cell] ?? 0), 0)]));
  const sum = [...highs.values()].reduce((total, value) => total + value, 0);
  const [largest, second] = [...highs].toSorted(([, a], [, b]) => b - a);
  const possible = [...highs.values(), rest].filter((value) => value > 0).length;
  let isTighter = false;
  for (const [who, cells] of members) {
    const other = who === largest?.[0] ? second : largest;
    for (const cell of cells) {
      let least = ofOthers - (sum - (other?.[1] ?? 0) - (high[cell] ?? 0));
      if (possible === rules.minContributors && (highs.get(who) ?? 0) === (high[cell] ?? 0)) least = Math.max(least, 1);
      if (least > (low[cell] ?? 0) && (high[cell] ?? 0) > 0) {
        low[cell] = least;
        agenda.add(cell);
        isTighter = true;
      }
      if (most < (high[cell] ?? 0)) {
        high[cell] = most;
        agenda.add(cell);
        isTighter = true;
      }
    }
  }
  return isTighter;
}

function membersByOrganisation({ starts, children, organisations }: Relations, relation: number): Map<number, number[]> {
  const members = new Map<number, number[]>();
  for (let index = starts[relation] ?? 0; index < (starts[relation + 1] ?? 0); index++) {
    const who = organisations[index] ?? -1;
    const cells = members.get(who) ?? [];
    cells.push(children[index] ?? 0);
    members.set(who, cells);
  }
  return members;
}
