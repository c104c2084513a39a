/** What leaves the gateway of one audit year: figures after rules and repair. Nothing in it is a true count, or says why a cell is withheld. */
import { FRESHNESS } from "../ledger/settle-cell.ts";
import { NO_DAYS } from "./coded-journeys.ts";
import type { CountedCube } from "./count-cells.ts";
import { type CubeHead, headOf } from "./cube-head.ts";
import type { LaidTable } from "./cube-layout.ts";
import { WITHHELD } from "./disclosure-rules.ts";
import { leastKnown, type Release } from "./primary-rules.ts";

export interface PublishedCube extends CubeHead {
  /** By cell, -1 withheld. Tables follow each other as declared; a table is the full product of places and entries. */
  readonly figures: Int32Array;
  /** Days, by cell of an entry that a median belongs to; -1 withheld. */
  readonly medians: Int16Array;
}

/** A median needs this many, and this many more where a neighbour of its cell is withheld (assurance.md 4.3.4). */
const MIN_OF_MEDIAN = 20;
const MIN_OF_MEDIAN_BESIDE_WITHHELD = 30;
const SIGNIFICANT_FIGURES = 2;

/** @param before medians of the cube before, by cell of this one; null: there was none */
export function toPublishedCube(cube: CountedCube, release: Release, before: Int16Array | null = null): PublishedCube {
  return {
    ...headOf(cube.auditYear, cube.layout.places),
    figures: release.figures.slice(),
    medians: publishMedians(cube, release, before),
  };
}

/**
 * By the cell's published figure, so that a median which is shown tells no more of the count than the figure beside it. Where the figure is
 * kept from the cut before, so is the median.
 */
function publishMedians(cube: CountedCube, release: Release, before: Int16Array | null): Int16Array {
  const published = new Int16Array(cube.medians.length).fill(WITHHELD);
  for (const table of cube.layout.tables) {
    for (let cell = table.offset; cell < table.offset + table.size; cell++) {
      const isHeld = release.known?.freshness[cell] === FRESHNESS.HELD;
      const median = (isHeld ? before?.[cell] : newMedian(cube, cell)) ?? WITHHELD;
      if (median === WITHHELD || release.figures[cell] === WITHHELD) continue;
      const needed = hasWithheldNeighbour(table, cell, release) ? MIN_OF_MEDIAN_BESIDE_WITHHELD : MIN_OF_MEDIAN;
      const known = isHeld ? needed : (cube.medianOf[cell] ?? 0);
      if (Math.min(leastKnown(release, cell), known) >= needed) published[cell] = median;
    }
  }
  return published;
}

const newMedian = ({ medians }: CountedCube, cell: number): number => {
  const median = medians[cell] ?? NO_DAYS;
  return median === NO_DAYS ? WITHHELD : Number(median.toPrecision(SIGNIFICANT_FIGURES));
};

/** A neighbour differs in one dimension. */
function hasWithheldNeighbour({ offset, strides, sizes }: LaidTable, cell: number, { figures }: Release): boolean {
  return strides.some((stride, axis) => {
    const size = sizes[axis] ?? 1;
    const first = cell - (Math.floor((cell - offset) / stride) % size) * stride;
    return Array.from({ length: size }, (_, entry) => first + entry * stride).some((other) => figures[other] === WITHHELD);
  });
}
