/** What leaves the gateway of one audit year: figures after rules and repair. Nothing in it is a true count, or says why a cell is withheld. */

import type { CountedCube } from "./count-cells.ts";
import type { LaidTable } from "./cube-layout.ts";
import { DECLARATION_VERSION } from "./declaration.ts";
import { LEVELS, type Level } from "./dimensions.ts";
import { leastOf, WITHHELD } from "./disclosure-rules.ts";
import type { Release } from "./primary-rules.ts";

export interface PublishedCube {
  readonly declaration: number;
  readonly auditYear: number;
  /** Codes by level, in their order in tables and answers. */
  readonly places: Readonly<Record<Level, readonly string[]>>;
  /** By cell, -1 withheld. Tables follow each other as declared; a table is the full product of places and entries. */
  readonly figures: Int32Array;
  /** Days, by cell of an entry that a median belongs to; -1 withheld. */
  readonly medians: Int16Array;
}

/** A median needs this many, and this many more where a neighbour of its cell is withheld (assurance.md 4.3.4). */
const MIN_OF_MEDIAN = 20;
const MIN_OF_MEDIAN_BESIDE_WITHHELD = 30;
const SIGNIFICANT_FIGURES = 2;

export function toPublishedCube(cube: CountedCube, release: Release): PublishedCube {
  const { nodes, ofLevel } = cube.layout.places;
  const codes = (level: Level): readonly string[] => ofLevel[level].map((node) => nodes[node]?.code ?? "");
  return {
    declaration: DECLARATION_VERSION,
    auditYear: cube.auditYear,
    places: byLevel(codes),
    figures: release.figures.slice(),
    medians: publishMedians(cube, release),
  };
}

export const byLevel = <T>(of: (level: Level) => T): Readonly<Record<Level, T>> => {
  const [uk, nation, region, trust, programme] = LEVELS;
  return { [uk]: of(uk), [nation]: of(nation), [region]: of(region), [trust]: of(trust), [programme]: of(programme) };
};

/** By the cell's published figure, so that a median which is shown tells no more of the count than the figure beside it. */
function publishMedians(cube: CountedCube, release: Release): Int16Array {
  const published = new Int16Array(cube.medians.length).fill(WITHHELD);
  for (const table of cube.layout.tables) {
    for (let cell = table.offset; cell < table.offset + table.size; cell++) {
      const median = cube.medians[cell] ?? WITHHELD;
      const figure = release.figures[cell] ?? WITHHELD;
      if (median === WITHHELD || figure === WITHHELD) continue;
      const needed = hasWithheldNeighbour(table, cell, release) ? MIN_OF_MEDIAN_BESIDE_WITHHELD : MIN_OF_MEDIAN;
      if (Math.min(leastOf(figure, release.rules), cube.medianOf[cell] ?? 0) < needed) continue;
      published[cell] = Number(median.toPrecision(SIGNIFICANT_FIGURES));
    }
  }
  return published;
}

/** A neighbour differs in one dimension. */
function hasWithheldNeighbour({ offset, strides, sizes }: LaidTable, cell: number, { figures }: Release): boolean {
  return strides.some((stride, axis) => {
    const size = sizes[axis] ?? 1;
    const first = cell - (Math.floor((cell - offset) / stride) % size) * stride;
    return Array.from({ length: size }, (_, entry) => first + entry * stride).some((other) => figures[other] === WITHHELD);
  });
}
