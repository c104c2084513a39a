/**
 * Organisations as attackers: each knows all its own journeys, so of every figure it learns the others' part. Those with the most journeys of a
 * place have the most to subtract there, so these are the ones that a publication is tried by (assurance.md S5).
 */
import { LongWork } from "../../lib/long-work.ts";
import type { CodedJourneys } from "../cube/coded-journeys.ts";
import { type CountedCube, Placer, passesOf } from "../cube/count-cells.ts";
import type { CubeLayout } from "../cube/cube-layout.ts";
import { isOrganisation } from "../cube/dimensions.ts";
import { CUBE_RULES, mostOfWithheldBeside, REASON } from "../cube/disclosure-rules.ts";
import type { Places } from "../cube/places.ts";
import type { Release } from "../cube/primary-rules.ts";
import { FRESHNESS } from "../ledger/settle-cell.ts";
import { type Bounds, firstBounds, UNBOUNDED } from "./interval-attack.ts";
import type { Relations } from "./relations.ts";

/** One of the cubes whose cells a release has, one after the other. */
export interface AttackedCube extends Pick<CountedCube, "counts" | "layout"> {
  readonly coded: CodedJourneys;
  /** `REASON`, as the rules left them. */
  readonly reasons: Uint8Array;
  /** `FRESHNESS`; null: all of it is published for the first time. */
  readonly freshness: Uint8Array | null;
}

/** By cell of the release. */
export interface Insider {
  /** Its own journeys. */
  readonly own: Int32Array;
  /** 1 for cells of itself: of these it has the counts. */
  readonly isOwn: Uint8Array;
  /** Most that it knows of a withheld figure above organisations, beside its own part; `UNBOUNDED` where it is told nothing. */
  readonly mostWithheld: Int32Array;
  /** Cells in which others have 0 to 7: these must not become known to it. */
  readonly smallOfOthers: Int32Array;
}

/** Each takes some 0.2 s in a cube of NACR's size, where these are the four largest of each place; smaller installations have no more. */
const MOST_INSIDERS = 40;

/** Nodes of organisations: the largest of each place above them, then the next of each, wide places first. */
export function chooseInsiders({ places, placeOf }: CodedJourneys): readonly number[] {
  const sizes = new Map<number, number>();
  for (const place of placeOf) {
    const organisation = places.organisationOf[place] ?? 0;
    if (organisation !== 0) sizes.set(organisation, (sizes.get(organisation) ?? 0) + 1);
  }
  const bySize = [...sizes].toSorted(([one, a], [other, b]) => b - a || one - other).map(([organisation]) => organisation);
  const largestOf = new Map<number, readonly number[]>();
  for (const organisation of bySize) {
    for (let at = places.nodes[organisation]?.above ?? -1; at >= 0; at = places.nodes[at]?.above ?? -1)
      largestOf.set(at, [...(largestOf.get(at) ?? []), organisation]);
  }
  const ofPlaces = [...largestOf].toSorted(([a], [b]) => a - b);
  const inTurn = bySize.map((_, rank) => ofPlaces.flatMap(([, all]) => all[rank] ?? []));
  return [...new Set(inTurn.flat())].slice(0, MOST_INSIDERS);
}

/** @param organisation node of the first cube; the others are asked for the same code */
export async function describeInsider(organisation: number, cubes: readonly AttackedCube[]): Promise<Insider> {
  const cells = cubes.reduce((sum, { layout }) => sum + layout.cells, 0);
  const insider = {
    own: new Int32Array(cells),
    isOwn: new Uint8Array(cells),
    mostWithheld: new Int32Array(cells).fill(UNBOUNDED),
  };
  const small: number[] = [];
  let from = 0;
  for (const cube of cubes) {
    const view = {
      node: sameOrganisation(organisation, cubes[0]?.layout.places, cube.layout.places),
      own: insider.own.subarray(from, from + cube.layout.cells),
      isOwn: insider.isOwn.subarray(from, from + cube.layout.cells),
      mostWithheld: insider.mostWithheld.subarray(from, from + cube.layout.cells),
    };
    await countOwn(cube, view);
    markOwn(cube.layout, view);
    tellWithheld(cube, view);
    for (const cell of findSmallOfOthers(cube, view)) small.push(from + cell);
    from += cube.layout.cells;
  }
  return { ...insider, smallOfOthers: Int32Array.from(small) };
}

/** An insider in one of the cubes. */
interface View extends Omit<Insider, "smallOfOthers"> {
  readonly node: number;
}

/** @returns -1 where the other cube has none */
function sameOrganisation(organisation: number, places: Places | undefined, other: Places): number {
  const place = places?.nodes[organisation];
  return other.nodes.findIndex(({ level, code }) => level === place?.level && code === place.code);
}

async function countOwn({ coded, layout }: AttackedCube, { node, own }: View): Promise<void> {
  const rows = [...coded.placeOf.keys()].filter((at) => coded.places.organisationOf[coded.placeOf[at] ?? 0] === node);
  const columns = coded.columns.map((column) => Uint8Array.from(rows, (at) => column[at] ?? 0));
  const placeOf = Uint16Array.from(rows, (at) => coded.placeOf[at] ?? 0);
  const placer = new Placer({ ...coded, size: rows.length, columns, placeOf }, layout);
  const work = new LongWork();
  for (const table of layout.tables) {
    for (const pass of passesOf(table)) {
      for (const cell of placer.place(table, pass)) if (cell >= 0) own[cell] = (own[cell] ?? 0) + 1;
      await work.giveWay();
    }
  }
}

function markOwn({ tables, places }: CubeLayout, { node, isOwn }: View): void {
  for (const table of tables) {
    if (!isOrganisation(table.declaration.level)) continue;
    for (const [position, at] of table.places.entries()) {
      const first = table.offset + position * table.width;
      if (places.organisationOf[at] === node) isOwn.fill(1, first, first + table.width);
    }
  }
}

/**
 * It is told more than a reader can know: which figures are withheld for their count or for its own part of them. Of figures that are kept from
 * an earlier cut only those of their count: why another is not shown was decided by what it was then.
 */
function tellWithheld({ counts, reasons, freshness }: AttackedCube, { own, isOwn, mostWithheld }: View): void {
  for (const [cell, part] of own.entries()) {
    if (part === 0 || isOwn[cell] === 1) continue;
    const most = mostOfWithheldBeside(part, CUBE_RULES);
    const isNew = freshness === null || freshness[cell] === FRESHNESS.FIRST;
    const isForPart = reasons[cell] === REASON.RULE && isNew && (counts[cell] ?? 0) <= most;
    if (reasons[cell] === REASON.SMALL || isForPart) mostWithheld[cell] = most;
  }
}

/** Nobody else's part of a place that it has to itself is known without any figure. */
function* findSmallOfOthers({ counts, layout }: AttackedCube, { node, own, isOwn }: View): Generator<number> {
  const { places } = layout;
  const hasOthers = (at: number): boolean =>
    places.below[at]?.some((below) =>
      isOrganisation(places.nodes[below]?.level ?? "programme") ? places.organisationOf[below] !== node : hasOthers(below),
    ) ?? false;
  for (const { declaration, places: nodes, offset, width } of layout.tables) {
    for (const [position, at] of nodes.entries()) {
      if (!isOrganisation(declaration.level) && !hasOthers(at)) continue;
      for (let cell = offset + position * width; cell < offset + (position + 1) * width; cell++) {
        if (isOwn[cell] === 0 && (counts[cell] ?? 0) - (own[cell] ?? 0) <= CUBE_RULES.withheldTo) yield cell;
      }
    }
  }
}

/** What the insider knows beside what everybody is told. A withheld figure may be so for its part, and is then no small one. */
export function knowAsInsider({ own, isOwn, mostWithheld }: Insider, release: Release, layout: CubeLayout): Bounds {
  const { low, high } = firstBounds(release, layout);
  for (const [cell, part] of own.entries()) {
    const most = mostWithheld[cell] ?? UNBOUNDED;
    if (isOwn[cell] === 1) [low[cell], high[cell]] = [part, part];
    else if (part > 0) low[cell] = Math.max(low[cell] ?? 0, part);
    if (most !== UNBOUNDED) high[cell] = release.reasons[cell] === REASON.SMALL ? Math.max(high[cell] ?? 0, most) : most;
  }
  return { low, high };
}

/** With its own journeys of which a dimension is not known. What joins two cuts is no such rest. */
export function addOwnRests({ own }: Insider, relations: Relations): Relations {
  const { count, parents, starts, children, mostRest } = relations;
  const rests = new Int32Array(count);
  for (let relation = 0; relation < count; relation++) {
    if (mostRest[relation] === UNBOUNDED) continue;
    let rest = own[parents[relation] ?? 0] ?? 0;
    for (let index = starts[relation] ?? 0; index < (starts[relation + 1] ?? 0); index++) rest -= own[children[index] ?? 0] ?? 0;
    rests[relation] = rest;
  }
  return { ...relations, leastRest: rests };
}
