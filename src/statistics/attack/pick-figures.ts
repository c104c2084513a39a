/**
 * Finds the published figures that a bound rests on, from sum to sum. Which of a sum's it takes follows from the structure of the cube only, in
 * an order that no count decides: whoever repeats the repair learns nothing from which relative it chose.
 */
import type { LongWork } from "../../lib/long-work.ts";
import { REASON } from "../cube/disclosure-rules.ts";
import type { Release } from "../cube/primary-rules.ts";
import type { Bounds } from "./interval-attack.ts";
import type { Relations } from "./relations.ts";

/** How far from the exposed cell a figure is looked for that makes its bound. */
const MOST_STEPS = 4;
/** Where all that is so near is hidden already. */
const FARTHEST_STEPS = 16;
/** Bounds that rest on many others are loosened over several rounds. */
const WIDEST_LAYER = 64;

/** What an attacker found, and from what. */
export interface Findings {
  readonly relations: Relations;
  readonly bounds: Bounds;
  /** What each cell tells by itself. */
  readonly first: Bounds;
  /** Figures of which the attacker has the counts anyway: it learns no less where they are withheld. */
  readonly hasAnyway: (cell: number) => boolean;
}

/** One side of a cell's bounds. */
interface Bound {
  readonly cell: number;
  readonly isLow: boolean;
}

/** What a sum says of one cell rests on a bound of each other cell in it: of its members on one side, and then of the parent. */
interface Basis {
  /** In the order in which figures are withheld. */
  readonly members: readonly number[];
  /** The cell itself, among the members. */
  readonly except: number;
  readonly areLow: boolean;
  /** Last: it is the figure that more readers want. Null: the cell is the parent. */
  readonly parent: Bound | null;
}

/** The first that is wanted. Sums have up to some hundred members and are asked often, so nothing is copied. */
function findBound(
  { members, except, areLow, parent }: Basis,
  isWanted: (cell: number, isLow: boolean) => boolean,
): Bound | null {
  for (const cell of members) if (cell !== except && isWanted(cell, areLow)) return { cell, isLow: areLow };
  return parent !== null && isWanted(parent.cell, parent.isLow) ? parent : null;
}

/** A search from one bound through those that it rests on. */
interface Search {
  hasPicked: boolean;
}
interface Mode {
  readonly isHiddenFirst: boolean;
  readonly mostSteps: number;
  /** By bound: the search that looked at it, and how many steps from its beginning. */
  readonly looked: Map<number, { readonly step: number; readonly search: Search }>;
}
const keyOf = ({ cell, isLow }: Bound): number => (isLow ? cell : ~cell);

/** The figures that are to be withheld, of one attack. */
export class Picks {
  readonly #release: Release;
  readonly #relations: Relations;
  readonly #bounds: Bounds;
  readonly #first: Bounds;
  readonly #hasAnyway: Findings["hasAnyway"];
  readonly #picks = new Set<number>();
  readonly #members = new Map<number, readonly number[]>();

  constructor(release: Release, { relations, bounds, first, hasAnyway }: Findings) {
    this.#release = release;
    this.#relations = relations;
    this.#bounds = bounds;
    this.#first = first;
    this.#hasAnyway = hasAnyway;
  }

  async pick(exposed: readonly number[], work: LongWork): Promise<ReadonlySet<number>> {
    await this.#loosenAll(exposed, MOST_STEPS, work);
    if (this.#picks.size === 0) for (const cell of exposed) this.#withholdAround(cell);
    if (this.#picks.size === 0) await this.#loosenAll(exposed, FARTHEST_STEPS, work);
    return this.#picks;
  }

  /** What was withheld for a bound and can be calculated back is hidden better before another figure is withheld, where that is possible. */
  async #loosenAll(exposed: readonly number[], mostSteps: number, work: LongWork): Promise<void> {
    const hiddenFirst: Mode = { isHiddenFirst: true, mostSteps, looked: new Map() };
    const figuresOnly: Mode = { isHiddenFirst: false, mostSteps, looked: new Map() };
    for (const cell of exposed) {
      await work.giveWay();
      for (const isLow of [true, false]) {
        if (!this.#isDerived(cell, isLow)) continue;
        if (!this.#loosenBy({ cell, isLow }, hiddenFirst)) this.#loosenBy({ cell, isLow }, figuresOnly);
      }
    }
  }

  /** Where sums and the rule of contributors make a bound together, no single relation does: then one figure of each goes. */
  #withholdAround(cell: number): void {
    const { memberStarts, memberships, parents } = this.#relations;
    for (const relation of memberships.subarray(memberStarts[cell] ?? 0, memberStarts[cell + 1] ?? 0)) {
      const near = [parents[relation] ?? 0, ...this.#membersOf(relation)];
      const figure = near.find((one) => this.#isFigure(one));
      if (figure !== undefined) this.#picks.add(figure);
    }
  }

  /**
   * Withholds one figure of each relation that makes the bound; where it has none, of those that make the bounds it rests on. What a search
   * before has looked at, as near to its beginning or nearer, is not looked at again.
   */
  #loosenBy(bound: Bound, mode: Mode): boolean {
    const search: Search = { hasPicked: false };
    let layer: readonly Bound[] = [bound];
    for (let step = 0; step < mode.mostSteps && layer.length > 0; step++) {
      const deeper: Bound[] = [];
      let isHandled = false;
      for (const one of layer) {
        const before = mode.looked.get(keyOf(one));
        if (before !== undefined && before.step <= step) {
          if (before.search !== search && before.search.hasPicked) isHandled = true;
          continue;
        }
        mode.looked.set(keyOf(one), { step, search });
        for (const basis of this.#basesOf(one)) if (this.#pickFrom(basis, mode, deeper)) isHandled = true;
      }
      if (isHandled) search.hasPicked = true;
      if (isHandled) return true;
      layer = deeper.slice(0, WIDEST_LAYER);
    }
    return false;
  }

  /** @returns whether it has a figure to withhold; else what it rests on is added to `deeper` */
  #pickFrom(basis: Basis, { isHiddenFirst }: Mode, deeper: Bound[]): boolean {
    const hidden = isHiddenFirst ? findBound(basis, (cell, isLow) => this.#isHidden(cell, isLow)) : null;
    const figure = hidden === null ? this.#chooseFrom(basis) : null;
    if (figure !== null) this.#picks.add(figure);
    else if (hidden !== null) deeper.push(hidden);
    else this.#addDerived(basis, deeper);
    return figure !== null;
  }

  /** All that are no first bounds: `findBound` with a wish that it never grants. */
  #addDerived(basis: Basis, bounds: Bound[]): void {
    findBound(basis, (cell, isLow) => {
      if (this.#isDerived(cell, isLow)) bounds.push({ cell, isLow });
      return false;
    });
  }

  #isHidden(cell: number, isLow: boolean): boolean {
    return this.#release.reasons[cell] === REASON.REPAIR && this.#isDerived(cell, isLow);
  }

  /** A figure that is withheld already in this round serves this bound, too. */
  #chooseFrom(basis: Basis): number | null {
    const isFigure = (cell: number): boolean => this.#isFigure(cell);
    const chosen = findBound(basis, (cell) => this.#picks.has(cell)) ?? findBound(basis, isFigure);
    return chosen === null ? null : chosen.cell;
  }

  #isFigure(cell: number): boolean {
    return this.#release.reasons[cell] === REASON.PUBLISHED && !this.#hasAnyway(cell);
  }

  #isDerived(cell: number, isLow: boolean): boolean {
    const side = isLow ? "low" : "high";
    return this.#bounds[side][cell] !== this.#first[side][cell];
  }

  /** Of each relation that makes the bound: what it rests on, in the order in which figures are withheld. */
  *#basesOf(bound: Bound): Generator<Basis> {
    const { memberStarts, memberships } = this.#relations;
    const relations = memberships.subarray(memberStarts[bound.cell] ?? 0, memberStarts[bound.cell + 1] ?? 0);
    let isSum = false;
    for (const relation of relations) {
      const basis = this.#basisIn(relation, bound);
      if (basis === null) continue;
      isSum = true;
      yield basis;
    }
    // Else the bound comes from the rule of contributors: that the figure above is shown tells how its organisations share it.
    if (!isSum) for (const relation of relations) yield* this.#shownAbove(relation, bound);
  }

  *#shownAbove(relation: number, { cell, isLow }: Bound): Generator<Basis> {
    const { parents, starts, organisations } = this.#relations;
    const parent = parents[relation] ?? 0;
    const isOfOrganisations = (organisations[starts[relation] ?? 0] ?? -1) >= 0;
    const isShown = this.#release.reasons[parent] === REASON.PUBLISHED;
    if (isOfOrganisations && isShown && parent !== cell)
      yield { members: [], except: cell, areLow: isLow, parent: { cell: parent, isLow } };
  }

  /** Null: the relation does not make the bound. */
  #basisIn(relation: number, { cell, isLow }: Bound): Basis | null {
    const parent = this.#relations.parents[relation] ?? 0;
    const isParent = cell === parent;
    const made = isParent ? this.#sum(relation, isLow) : this.#leftBy(relation, cell, isLow);
    if (made !== this.#side(isLow)[cell]) return null;
    return {
      members: this.#membersOf(relation),
      except: cell,
      areLow: isParent === isLow,
      parent: isParent ? null : { cell: parent, isLow },
    };
  }

  #membersOf(relation: number): readonly number[] {
    const known = this.#members.get(relation);
    if (known !== undefined) return known;
    const { starts, children } = this.#relations;
    const members = spread(Array.from(children.subarray(starts[relation] ?? 0, starts[relation + 1] ?? 0)));
    this.#members.set(relation, members);
    return members;
  }

  #side(isLow: boolean): Int32Array {
    return isLow ? this.#bounds.low : this.#bounds.high;
  }

  #sum(relation: number, isLow: boolean): number {
    const { starts, children, leastRest, mostRest } = this.#relations;
    const side = this.#side(isLow);
    let sum = (isLow ? leastRest?.[relation] : mostRest[relation]) ?? 0;
    for (let index = starts[relation] ?? 0; index < (starts[relation + 1] ?? 0); index++) sum += side[children[index] ?? 0] ?? 0;
    return sum;
  }

  /** What the parent leaves for the child when the siblings take as much, or as little, as they can. */
  #leftBy(relation: number, child: number, isLow: boolean): number {
    const opposite = this.#side(!isLow)[child] ?? 0;
    return (this.#side(isLow)[this.#relations.parents[relation] ?? 0] ?? 0) - (this.#sum(relation, !isLow) - opposite);
  }
}

/** An order that no count decides, and that does not always take the same category. */
const spread = (cells: readonly number[]): readonly number[] => cells.toSorted((a, b) => mix(a) - mix(b));
const mix = (cell: number): number => {
  const mixed = Math.imul(cell ^ (cell >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 12)) >>> 0;
};
