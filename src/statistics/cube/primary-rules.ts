/** The first pass over counted cells: what is withheld by its own count, by who contributed, and by what its row would show. */
import type { Standing } from "../ledger/cube-ledger.ts";
import { FRESHNESS } from "../ledger/settle-cell.ts";
import type { CountedCube } from "./count-cells.ts";
import { type CubeLayout, cellAt, type LaidTable } from "./cube-layout.ts";
import { inDeclaredOrder, tableKey } from "./declaration.ts";
import { DIMENSIONS, dimensionIndex, entriesOf, isOrganisation, membersOf } from "./dimensions.ts";
import { type DisclosureRules, leastOf, mostOf, mostOfOne, REASON, roundHalfUp, WITHHELD } from "./disclosure-rules.ts";

/** By cell: the figure or `WITHHELD`, and why. */
export interface Release {
  readonly rules: DisclosureRules;
  readonly figures: Int32Array;
  readonly reasons: Uint8Array;
  /** Absent in a first publication: there a figure tells the counts that are rounded to it. */
  readonly known?: KnownCounts;
}

/** What figures tell of counts where some of them are kept from an earlier cut. */
export interface KnownCounts {
  /** By cell, for whoever knew its figure. */
  readonly least: Int32Array;
  readonly most: Int32Array;
  /** `FRESHNESS`: rules about who contributed are judged when a figure comes or moves. */
  readonly freshness: Uint8Array;
  /** Journeys of an organisation that is not withheld altogether, and of one that is. */
  readonly leastOfOrganisation: number;
  readonly mostOfSmallOrganisation: number;
}

/** The figures that cells stand at, and what was withheld of them in earlier cuts. */
export interface SettledCells {
  readonly standing: Pick<Standing, "figures" | "reasons">;
  readonly known: KnownCounts;
}

/** @param settled null: the first publication */
export function applyPrimaryRules(cube: CountedCube, rules: DisclosureRules, settled: SettledCells | null = null): Release {
  const standing = settled?.standing ?? standFirst(cube.counts, rules);
  const release: Release = {
    rules,
    figures: standing.figures.map((figure, cell) => (standing.reasons[cell] === REASON.PUBLISHED ? figure : WITHHELD)),
    reasons: standing.reasons.slice(),
    ...(settled === null ? {} : { known: settled.known }),
  };
  withholdSmallOrganisations(cube.layout, release, standing.figures);
  withholdByContributors(cube, release);
  withholdUniformRows(cube.layout, release);
  return release;
}

function standFirst(counts: Int32Array, rules: DisclosureRules): SettledCells["standing"] {
  const figures = counts.map((count) =>
    count >= rules.withheldFrom && count <= rules.withheldTo ? WITHHELD : roundHalfUp(count, rules.roundTo),
  );
  return { figures, reasons: Uint8Array.from(figures, (figure) => (figure === WITHHELD ? REASON.SMALL : REASON.PUBLISHED)) };
}

/** The least that the count behind a figure can be, and the most. */
export const leastKnown = ({ known, figures, rules }: Release, cell: number): number =>
  known === undefined ? leastOf(figures[cell] ?? 0, rules) : (known.least[cell] ?? 0);
const mostKnown = ({ known, figures, rules }: Release, cell: number): number =>
  known === undefined ? mostOf(figures[cell] ?? 0, rules) : (known.most[cell] ?? 0);

function withhold(release: Release, cell: number, reason: number): void {
  if (release.figures[cell] === WITHHELD) return;
  release.figures[cell] = WITHHELD;
  release.reasons[cell] = reason;
}

const cellsOf = ({ offset, width }: LaidTable, position: number): readonly number[] =>
  Array.from({ length: width }, (_, cell) => offset + position * width + cell);

/** @param figures shown or not: what an organisation's total stands at decides, also where another rule withholds it */
function withholdSmallOrganisations(layout: CubeLayout, release: Release, figures: Int32Array): void {
  const { rules, reasons } = release;
  const isSmall = new Set(
    layout.places.nodes.flatMap(({ level }, node) => {
      const total = isOrganisation(level) ? layout.byKey.get(tableKey({ level, dimensions: [] })) : undefined;
      if (total === undefined) return [];
      const figure = figures[cellAt(total, layout.positionOf[node] ?? 0, [])] ?? WITHHELD;
      return figure === WITHHELD || leastOf(figure, rules) < rules.minOfOrganisation ? [node] : [];
    }),
  );
  if (rules.minOfOrganisation === 0) return;
  for (const table of layout.tables) {
    for (const [position, node] of table.places.entries()) {
      for (const cell of cellsOf(table, position)) {
        if (isSmall.has(node)) withhold(release, cell, REASON.SMALL_ORGANISATION);
        // It has grown; each of its figures comes when it moves.
        else if (reasons[cell] === REASON.SMALL_ORGANISATION) reasons[cell] = REASON.RULE;
      }
    }
  }
}

/**
 * An organisation knows its own patients and can subtract them. Its share is judged by the least that the figure can mean, so that the figure
 * tells an organisation no more of the others by being shown. A withheld figure takes with it those of the organisations that made it
 * so: beside their figures its absence would tell how few the others are.
 */
function withholdByContributors(cube: CountedCube, release: Release): void {
  const { layout, contributors, largest } = cube;
  const { minContributors } = release.rules;
  for (const table of layout.tables) {
    if (isOrganisation(table.declaration.level)) continue;
    for (const [position, node] of table.places.entries()) {
      for (const [entry, cell] of cellsOf(table, position).entries()) {
        if (release.figures[cell] === WITHHELD || release.known?.freshness[cell] === FRESHNESS.HELD) continue;
        const isFew = (contributors[cell] ?? 0) < minContributors;
        const most = largest[cell] ?? 0;
        if (!isFew && most <= mostOfOne(leastKnown(release, cell), release.rules)) continue;
        withhold(release, cell, REASON.RULE);
        withholdContributors(cube, release, { table, node, entry, atLeast: isFew ? 1 : most });
      }
    }
  }
}

interface Dominated {
  readonly table: LaidTable;
  readonly node: number;
  readonly entry: number;
  /** Organisations with this many journeys in the cell. */
  readonly atLeast: number;
}

function withholdContributors(
  { layout, counts }: CountedCube,
  release: Release,
  { table, node, entry, atLeast }: Dominated,
): void {
  const { dimensions } = table.declaration;
  const { places, positionOf, byKey } = layout;
  const visit = (at: number, isContributor: boolean): void => {
    const level = places.nodes[at]?.level ?? "programme";
    const own = byKey.get(tableKey({ level, dimensions }));
    const cell = own === undefined ? -1 : own.offset + (positionOf[at] ?? 0) * own.width + entry;
    const isOne = isContributor || (isOrganisation(level) && (counts[cell] ?? 0) >= atLeast);
    if (isOne && own !== undefined) withhold(release, cell, REASON.RULE);
    for (const below of places.below[at] ?? []) visit(below, isOne);
  };
  visit(node, false);
}

/**
 * That all of a row are in one category tells it of each of them (assurance.md S9). The row is withheld where its figures would leave that
 * possible: then a row that is shown tells nothing by being shown.
 */
function withholdUniformRows(layout: CubeLayout, release: Release): void {
  const { rules } = release;
  if (rules.minOfUniformRow === 0) return;
  const found: number[] = [];
  for (const row of rows(layout)) {
    const least = leastKnown(release, row.total);
    if ((release.figures[row.total] ?? WITHHELD) <= 0 || least >= rules.minOfUniformRow) continue;
    const most = mostKnown(release, row.total);
    const uniform = row.parts.filter(
      (cell) => release.figures[cell] !== WITHHELD && leastKnown(release, cell) <= most && mostKnown(release, cell) >= least,
    );
    if (uniform.length > 0) found.push(row.total, ...row.wholes, ...uniform);
  }
  for (const cell of found) withhold(release, cell, REASON.RULE);
}

/** A total and the entries of one dimension of it: those that may be all of it, and those that are by their definition. */
export interface Row {
  readonly total: number;
  readonly parts: readonly number[];
  readonly wholes: readonly number[];
}

export function* rows(layout: CubeLayout): Generator<Row> {
  for (const table of layout.tables) {
    for (const [axis, key] of table.declaration.dimensions.entries()) {
      const dimension = dimensionIndex(key);
      const { level, dimensions } = table.declaration;
      const coarser = layout.byKey.get(tableKey({ level, dimensions: inDeclaredOrder(dimensions.toSpliced(axis, 1)) }));
      if (coarser !== undefined) yield* rowsAlong(table, coarser, axis, dimension);
    }
  }
}

function* rowsAlong(table: LaidTable, coarser: LaidTable, axis: number, dimension: number): Generator<Row> {
  const declared = DIMENSIONS[dimension];
  if (declared === undefined) return;
  const entries = [...entriesOf(declared).keys()];
  const isWhole = (entry: number): boolean => membersOf(dimension, entry).length === declared.categories.length;
  const stride = table.strides[axis] ?? 1;
  const size = table.sizes[axis] ?? 1;
  for (let cell = 0; cell < coarser.size; cell++) {
    const first = Math.floor(cell / stride) * stride * size + (cell % stride);
    const at = (entry: number): number => table.offset + first + entry * stride;
    yield {
      total: coarser.offset + cell,
      parts: entries.filter((entry) => !isWhole(entry)).map(at),
      wholes: entries.filter(isWhole).map(at),
    };
  }
}
