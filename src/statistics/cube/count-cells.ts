/** Counts journeys into every cell of the cube, with who contributed to the cells above organisations. */
import { LongWork } from "../../lib/long-work.ts";
import { type CodedJourneys, NO_DAYS, NOT_KNOWN } from "./coded-journeys.ts";
import type { CubeLayout, LaidTable } from "./cube-layout.ts";
import { COUNT_MEASURES, MEDIAN_DAYS, MEDIAN_MEASURES } from "./declaration.ts";
import { DIMENSIONS, dimensionIndex, entryIndex, isOrganisation, type Level, membersOf } from "./dimensions.ts";

/** True figures: these never leave the gateway. Arrays by cell. */
export interface CountedCube {
  readonly auditYear: number;
  readonly layout: CubeLayout;
  readonly counts: Int32Array;
  /** Organisations that contribute, and the largest contribution; of cells above organisations only. */
  readonly contributors: Uint16Array;
  readonly largest: Int32Array;
  /** Days; -1 where the cell has none. And how many journeys it is the median of. */
  readonly medians: Int16Array;
  readonly medianOf: Int32Array;
}

export async function countCells(coded: CodedJourneys, layout: CubeLayout): Promise<CountedCube> {
  const cube: CountedCube = {
    auditYear: coded.auditYear,
    layout,
    counts: new Int32Array(layout.cells),
    contributors: new Uint16Array(layout.cells),
    largest: new Int32Array(layout.cells),
    medians: new Int16Array(layout.cells).fill(NO_DAYS),
    medianOf: new Int32Array(layout.cells),
  };
  const placer = new Placer(coded, layout);
  const share = new Int32Array(layout.cells);
  const byDays = coded.days.map(orderByDays);
  const work = new LongWork();
  for (const table of layout.tables) {
    for (const pass of passesOf(table)) {
      const cellOf = placer.place(table, pass);
      if (isOrganisation(table.declaration.level)) countPlainly(cellOf, cube.counts);
      else countContributions(cellOf, share, coded, cube);
      await work.giveWay();
    }
    for (const [measure, entry] of mediansOf(table)) {
      const [days, order] = [coded.days[measure], byDays[measure]];
      if (days !== undefined && order !== undefined) takeMedians(placer.place(table, entry), share, { days, order }, cube);
      await work.giveWay();
    }
  }
  return cube;
}

/** Which entry a journey counts for: of one dimension a chosen entry only, of all others its category. */
export interface Pass {
  readonly dimension: number;
  readonly entry: number;
}

/** Categories first; then each roll-up by itself. */
export function passesOf({ dimensions }: LaidTable): readonly (Pass | null)[] {
  const rollUps = dimensions.flatMap((dimension) => {
    const { categories = [], rollUps: all = [] } = DIMENSIONS[dimension] ?? {};
    return all.map((_, index) => ({ dimension, entry: categories.length + index }));
  });
  return [null, ...rollUps];
}

/** Medians are of tables with one dimension beside that of the measure they belong to. */
const MOST_DIMENSIONS_OF_MEDIANS = 2;

/** Of each measure that the table has: its index and its entry. */
function mediansOf({ dimensions }: LaidTable): readonly (readonly [number, Pass])[] {
  if (dimensions.length > MOST_DIMENSIONS_OF_MEDIANS) return [];
  return MEDIAN_MEASURES.flatMap(({ of }, measure): (readonly [number, Pass])[] => {
    const entry = COUNT_MEASURES.find(({ key }) => key === of)?.entry ?? null;
    if (entry === null) return [];
    const index = dimensionIndex(entry.dimension);
    return dimensions.includes(index) ? [[measure, { dimension: index, entry: entryIndex(index, entry.key) }]] : [];
  });
}

/** Adding it to a cell's number gives a negative number: the journey is in no cell of the table. */
const NOWHERE = -(1 << 30);

/** Finds each journey's cell in a table. The answer is one array that the next question overwrites. */
export class Placer {
  readonly #coded: CodedJourneys;
  readonly #positionAt: Readonly<Record<Level, Int32Array>>;
  readonly #cellOf: Int32Array;

  constructor(coded: CodedJourneys, { places, positionOf }: CubeLayout) {
    this.#coded = coded;
    this.#cellOf = new Int32Array(coded.size);
    const positionsAt = (level: Level): Int32Array =>
      Int32Array.from(places.nodes, (_, node) => {
        let at = node;
        while (at > 0 && places.nodes[at]?.level !== level) at = places.nodes[at]?.above ?? 0;
        return places.nodes[at]?.level === level ? (positionOf[at] ?? 0) : -1;
      });
    this.#positionAt = {
      UNITED_KINGDOM: positionsAt("UNITED_KINGDOM"),
      nation: positionsAt("nation"),
      region: positionsAt("region"),
      trust: positionsAt("trust"),
      programme: positionsAt("programme"),
    };
  }

  place({ declaration, dimensions, strides, offset, width }: LaidTable, pass: Pass | null): Int32Array {
    const { columns, placeOf, size } = this.#coded;
    const cellOf = this.#cellOf;
    const startOf = this.#positionAt[declaration.level].map((at) => (at < 0 ? NOWHERE : offset + at * width));
    for (let at = 0; at < size; at++) cellOf[at] = startOf[placeOf[at] ?? 0] ?? NOWHERE;
    for (const [axis, dimension] of dimensions.entries()) {
      const column = columns[dimension];
      const shiftOf = shifts(dimension, strides[axis] ?? 0, pass);
      if (column === undefined) continue;
      for (let at = 0; at < size; at++) cellOf[at] = (cellOf[at] ?? 0) + (shiftOf[column[at] ?? 0] ?? 0);
    }
    return cellOf;
  }
}

/** By code of the dimension. An eighth is negative enough, and does not leave 32 bits where three dimensions and the place are not known. */
function shifts(dimension: number, stride: number, pass: Pass | null): Int32Array {
  const declared = DIMENSIONS[dimension];
  const result = new Int32Array(NOT_KNOWN + 1).fill(NOWHERE >> 3);
  const chosen = pass?.dimension === dimension ? pass.entry : null;
  if (chosen !== null) for (const code of membersOf(dimension, chosen)) result[code] = chosen * stride;
  else for (const code of declared?.categories.keys() ?? []) result[code] = code * stride;
  return result;
}

function countPlainly(cellOf: Int32Array, counts: Int32Array): void {
  for (const cell of cellOf) if (cell >= 0) counts[cell] = (counts[cell] ?? 0) + 1;
}

/** Journeys stand in the order of their organisations, so one organisation's share of each cell is known before the next begins. */
function countContributions(cellOf: Int32Array, share: Int32Array, coded: CodedJourneys, cube: CountedCube): void {
  const { placeOf, places, size } = coded;
  const touched: number[] = [];
  let organisation = -1;
  for (let at = 0; at < size; at++) {
    const next = places.organisationOf[placeOf[at] ?? 0] ?? 0;
    if (next !== organisation) closeOrganisation(touched, share, cube);
    organisation = next;
    const cell = cellOf[at] ?? -1;
    if (cell < 0) continue;
    if (share[cell] === 0) touched.push(cell);
    share[cell] = (share[cell] ?? 0) + 1;
  }
  closeOrganisation(touched, share, cube);
}

/** Leaves `touched` and `share` empty for the next one. */
function closeOrganisation(touched: number[], share: Int32Array, { counts, contributors, largest }: CountedCube): void {
  for (const cell of touched) {
    const own = share[cell] ?? 0;
    counts[cell] = (counts[cell] ?? 0) + own;
    contributors[cell] = (contributors[cell] ?? 0) + 1;
    largest[cell] = Math.max(largest[cell] ?? 0, own);
    share[cell] = 0;
  }
  touched.length = 0;
}

interface SortedDays {
  readonly days: Int16Array;
  /** Journeys with known days, from few to many. */
  readonly order: Uint32Array;
}

function orderByDays(days: Int16Array): Uint32Array {
  const starts = new Uint32Array(MEDIAN_DAYS.max + 2);
  for (const value of days) if (value >= 0) starts[value + 1] = (starts[value + 1] ?? 0) + 1;
  for (let value = 1; value < starts.length; value++) starts[value] = (starts[value] ?? 0) + (starts[value - 1] ?? 0);
  const order = new Uint32Array(starts[MEDIAN_DAYS.max + 1] ?? 0);
  for (const [at, value] of days.entries()) {
    if (value < 0) continue;
    const to = starts[value] ?? 0;
    order[to] = at;
    starts[value] = to + 1;
  }
  return order;
}

/**
 * The journeys come in the order of their days, so the median of a cell is the one that comes when half of the cell's have come. Of an even
 * number it is the lower of the two in the middle: a whole number of days.
 * @param seen all 0, and left so
 */
function takeMedians(
  cellOf: Int32Array,
  seen: Int32Array,
  { days, order }: SortedDays,
  { medians, medianOf }: CountedCube,
): void {
  for (const at of order) {
    const cell = cellOf[at] ?? -1;
    if (cell >= 0) medianOf[cell] = (medianOf[cell] ?? 0) + 1;
  }
  for (const at of order) {
    const cell = cellOf[at] ?? -1;
    if (cell < 0) continue;
    const before = (seen[cell] ?? 0) + 1;
    seen[cell] = before;
    if (before === Math.ceil((medianOf[cell] ?? 0) / 2)) medians[cell] = days[at] ?? NO_DAYS;
  }
  for (const at of order) {
    const cell = cellOf[at] ?? -1;
    if (cell >= 0) seen[cell] = 0;
  }
}
