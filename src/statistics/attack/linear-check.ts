/**
 * The spot check of a publication (assurance.md 4.3.5, S3): a sample of small counts is bounded by linear programmes, which find what several
 * sums tell together. What they expose is hidden better and goes back to the repair.
 */
import { createHash } from "node:crypto";
import { LongWork } from "../../lib/long-work.ts";
import { createSeededRandom, type SeededRandom } from "../../lib/seeded-random.ts";
import { type CubeLayout, cellAt } from "../cube/cube-layout.ts";
import { tableKey } from "../cube/declaration.ts";
import { LEVELS, type Level } from "../cube/dimensions.ts";
import { REASON, WITHHELD } from "../cube/disclosure-rules.ts";
import type { Release } from "../cube/primary-rules.ts";
import { audit } from "./audit.ts";
import { attack } from "./interval-attack.ts";
import { LinearAttack } from "./linear-attack.ts";
import type { Relations } from "./relations.ts";
import { type Repair, repair } from "./repair.ts";

/** Small counts of a place that are bounded in one model: some 15 ms each so, four times as long each by itself. */
const CELLS_OF_PLACE = 12;
/** Of programmes whose figures are shown: the smallest have the most to find. */
const SMALLEST_PROGRAMMES = 12;
/** Further places, drawn: with the above 240 small counts where there are as many. */
const DRAWN_PLACES: Readonly<Record<Level, number>> = { UNITED_KINGDOM: 1, nation: 1, region: 2, trust: 2, programme: 2 };
/** Each time it withholds more; nothing that was tried came back twice. */
const MOST_RETURNS = 5;

export interface LinearCheck {
  /** Small counts bounded, and those of which the solver came to no end: these count as exposed. */
  readonly cells: number;
  readonly unsolved: number;
  /** The closest bounds of one; null without any. */
  readonly closest: number | null;
  readonly exposed: readonly number[];
  readonly milliseconds: number;
  /** Memory of the solver at the end: no more than one model needs, as each is freed. */
  readonly solverBytes: number;
}

/** The sample follows from the release: the same cut, the same sample. */
export async function checkLinearly(release: Release, relations: Relations, layout: CubeLayout): Promise<LinearCheck> {
  const began = performance.now();
  const bounds = attack(release, relations, layout);
  const linear = await LinearAttack.prepare(relations, bounds);
  const work = new LongWork();
  const unsolved: number[] = [];
  const widths: number[] = [];
  for (const sample of drawSample(release, layout)) {
    for (const [index, range] of linear.boundAll(sample).entries()) {
      const cell = sample[index] ?? 0;
      if (range === null) unsolved.push(cell);
      else {
        [bounds.low[cell], bounds.high[cell]] = [range.low, range.high];
        widths.push(range.high - range.low);
      }
    }
    await work.giveWay();
  }
  return {
    cells: widths.length + unsolved.length,
    unsolved: unsolved.length,
    closest: widths.length === 0 ? null : Math.min(...widths),
    exposed: [...audit(bounds, release).exposed, ...unsolved],
    milliseconds: Math.round(performance.now() - began),
    solverBytes: linear.bytes,
  };
}

/** Lists of cells, each of one place. */
function drawSample(release: Release, layout: CubeLayout): readonly (readonly number[])[] {
  const random = createSeededRandom(createHash("sha256").update(release.figures).digest().readUInt32LE(0));
  const figureOf = (level: Level, position: number): number => {
    const total = layout.byKey.get(tableKey({ level, dimensions: [] }));
    return total === undefined ? WITHHELD : (release.figures[cellAt(total, position, [])] ?? WITHHELD);
  };
  return LEVELS.flatMap((level) => {
    const all = [...layout.places.ofLevel[level].keys()].filter(
      (position) => level !== "programme" || figureOf(level, position) > 0,
    );
    const smallest =
      level === "programme" ? all.toSorted((a, b) => figureOf(level, a) - figureOf(level, b)).slice(0, SMALLEST_PROGRAMMES) : [];
    const drawn = shuffle(
      all.filter((position) => !smallest.includes(position)),
      random,
    ).slice(0, DRAWN_PLACES[level]);
    return [...smallest, ...drawn].map((position) =>
      shuffle(smallCountsOf(release, layout, level, position), random).slice(0, CELLS_OF_PLACE),
    );
  }).filter((cells) => cells.length > 0);
}

const smallCountsOf = (release: Release, { tables }: CubeLayout, level: Level, position: number): readonly number[] =>
  tables
    .filter(({ declaration }) => declaration.level === level)
    .flatMap(({ offset, width }) => Array.from({ length: width }, (_, cell) => offset + position * width + cell))
    .filter((cell) => release.reasons[cell] === REASON.SMALL);

const shuffle = <T>(all: readonly T[], random: SeededRandom): readonly T[] =>
  all
    .map((one) => ({ one, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);

export interface CheckedRepair extends Repair {
  readonly linear: LinearCheck;
}

/**
 * Repairs and checks until both find nothing; changes the release. What is exposed in the end is in the audit or in the check: then nothing is
 * published.
 */
export async function repairUntilChecked(release: Release, relations: Relations, layout: CubeLayout): Promise<CheckedRepair> {
  let [withheld, rounds] = [0, 0];
  for (let turn = 0; ; turn++) {
    const repaired = await repair(release, relations, layout);
    const linear = await checkLinearly(release, relations, layout);
    withheld += repaired.withheld;
    rounds += repaired.rounds;
    const more = linear.exposed.length === 0 || turn === MOST_RETURNS ? 0 : hideAround(linear.exposed, release, relations);
    if (more === 0) return { audit: repaired.audit, withheld, rounds, linear };
    withheld += more;
  }
}

/**
 * No single sum makes such a bound, so of each sum that the cell is in one published figure goes: a part before the total, whichever is
 * declared first, so that no count decides. @returns how many
 */
function hideAround(cells: readonly number[], { figures, reasons }: Release, relations: Relations): number {
  const { memberStarts, memberships, parents, starts, children } = relations;
  let hidden = 0;
  for (const cell of cells) {
    for (const relation of memberships.subarray(memberStarts[cell] ?? 0, memberStarts[cell + 1] ?? 0)) {
      const members = [...children.subarray(starts[relation] ?? 0, starts[relation + 1] ?? 0), parents[relation] ?? 0];
      const figure = members.find((one) => one !== cell && reasons[one] === REASON.PUBLISHED);
      if (figure === undefined) continue;
      figures[figure] = WITHHELD;
      reasons[figure] = REASON.REPAIR;
      hidden++;
    }
  }
  return hidden;
}
