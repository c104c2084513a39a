/** The first pass over counted cells: what is withheld by its own count, by who contributed, and by what its row would show. */
import type { CountedCube } from "./count-cells.ts";
import { type CubeLayout, cellAt, type LaidTable } from "./cube-layout.ts";
import { inDeclaredOrder, tableKey } from "./declaration.ts";
import { DIMENSIONS, dimensionIndex, entriesOf, isOrganisation, membersOf } from "./dimensions.ts";
import { type DisclosureRules, leastOf, REASON, roundHalfUp, WITHHELD } from "./disclosure-rules.ts";

/** By cell: the figure or `WITHHELD`, and why. */
export interface Release {
  readonly rules: DisclosureRules;
  readonly figures: Int32Array;
  readonly reasons: Uint8Array;
}

export function applyPrimaryRules(cube: CountedCube, rules: DisclosureRules): Release {
  const release: Release = {
    rules,
    figures: cube.counts.map((count) =>
      count >= rules.withheldFrom && count <= rules.withheldTo ? WITHHELD : roundHalfUp(count, rules.roundTo),
    ),
    reasons: new Uint8Array(cube.counts.length),
  };
  for (const [cell, figure] of release.figures.entries()) if (figure === WITHHELD) release.reasons[cell] = REASON.SMALL;
  withholdSmallOrganisations(cube.layout, release);
  withholdByContributors(cube, release);
  withholdUniformRows(cube.layout, release);
  return release;
}

function withhold(release: Release, cell: number, reason: number): void {
  if (release.figures[cell] === WITHHELD) return;
  release.figures[cell] = WITHHELD;
  release.reasons[cell] = reason;
}

const cellsOf = ({ offset, width }: LaidTable, position: number): readonly number[] =>
  Array.from({ length: width }, (_, cell) => offset + position * width + cell);

function withholdSmallOrganisations(layout: CubeLayout, release: Release): void {
  const { rules, figures } = release;
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
      if (isSmall.has(node)) for (const cell of cellsOf(table, position)) withhold(release, cell, REASON.SMALL_ORGANISATION);
    }
  }
}

/**
 * An organisation knows its own patients and can subtract them. A withheld figure takes with it those of the organisations that made it
 * so: beside their figures its absence would tell how few the others are.
 */
function withholdByContributors(cube: CountedCube, release: Release): void {
  const { layout, counts, contributors, largest } = cube;
  const { minContributors, maxShare } = release.rules;
  for (const table of layout.tables) {
    if (isOrganisation(table.declaration.level)) continue;
    for (const [position, node] of table.places.entries()) {
      for (const [entry, cell] of cellsOf(table, position).entries()) {
        if (release.figures[cell] === WITHHELD) continue;
        const isFew = (contributors[cell] ?? 0) < minContributors;
        const most = largest[cell] ?? 0;
        if (!isFew && most * 100 <= (counts[cell] ?? 0) * maxShare) continue;
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
    const total = release.figures[row.total] ?? WITHHELD;
    if (total <= 0 || leastOf(total, rules) >= rules.minOfUniformRow) continue;
    if (!row.parts.some((cell) => release.figures[cell] === total)) continue;
    found.push(row.total, ...row.wholes, ...row.parts.filter((cell) => release.figures[cell] === total));
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
