/**
 * The interval attacker as one organisation, a second time and more plainly than in src/statistics/attack, as a check on the publication: it
 * knows each of its own journeys, so of every cell it learns the others' part. It is told more than a reader can know: of a withheld figure
 * whether it is withheld for its count or for this organisation's part.
 */
import { attack, UNBOUNDED } from "../../src/statistics/attack/interval-attack.ts";
import type { Relations } from "../../src/statistics/attack/relations.ts";
import type { CodedJourneys } from "../../src/statistics/cube/coded-journeys.ts";
import { type CountedCube, countCells } from "../../src/statistics/cube/count-cells.ts";
import { isOrganisation } from "../../src/statistics/cube/dimensions.ts";
import { leastOf, mostOf, mostOfWithheldBeside, REASON } from "../../src/statistics/cube/disclosure-rules.ts";
import type { Places } from "../../src/statistics/cube/places.ts";
import type { KnownCounts, Release } from "../../src/statistics/cube/primary-rules.ts";
import { FRESHNESS } from "../../src/statistics/ledger/settle-cell.ts";

/** Small counts of others in figures that it has a part of, and how many of them it knows exactly, within one, and to be 1 to 4. */
export interface InsiderFinding {
  readonly small: number;
  readonly exact: number;
  readonly withinOne: number;
  readonly provedSmall: number;
  /** Bounds that are wrong: the attack must be sound. */
  readonly wrong: number;
}

/** Of a region that it has to itself an organisation knows that the others' part is nobody. */
const hasOthers = (places: Places, node: number, organisation: number): boolean =>
  places.below[node]?.some((below) => {
    const level = places.nodes[below]?.level ?? "programme";
    return isOrganisation(level) ? places.organisationOf[below] !== organisation : hasOthers(places, below, organisation);
  }) ?? false;

async function countOwn(coded: CodedJourneys, cube: CountedCube, organisation: number): Promise<Int32Array> {
  const rows = [...coded.placeOf.keys()].filter((at) => coded.places.organisationOf[coded.placeOf[at] ?? 0] === organisation);
  const own: CodedJourneys = {
    ...coded,
    size: rows.length,
    columns: coded.columns.map((column) => Uint8Array.from(rows, (at) => column[at] ?? 0)),
    days: coded.days.map((column) => Int16Array.from(rows, (at) => column[at] ?? 0)),
    placeOf: Uint16Array.from(rows, (at) => coded.placeOf[at] ?? 0),
  };
  return (await countCells(own, cube.layout)).counts;
}

/** What all of them find together. @param organisations nodes */
export async function attackAsInsiders(
  coded: CodedJourneys,
  { cube, relations, release }: Attacked,
  organisations: readonly number[],
): Promise<InsiderFinding> {
  const sum = { small: 0, exact: 0, withinOne: 0, provedSmall: 0, wrong: 0 };
  for (const organisation of organisations) {
    const own = await countOwn(coded, cube, organisation);
    const known = knowledgeOf(cube, release, own, organisation);
    const told: Release = { ...release, reasons: new Uint8Array(release.reasons.length).fill(REASON.PAST), known };
    const { low, high } = attack(told, relations, cube.layout);
    sum.wrong += cube.counts.filter((count, cell) => count < (low[cell] ?? 0) || count > (high[cell] ?? 0)).length;
    for (const cell of smallCountsOfOthers(cube, release, own, organisation)) {
      const [least, most] = [(low[cell] ?? 0) - (own[cell] ?? 0), (high[cell] ?? 0) - (own[cell] ?? 0)];
      sum.small++;
      if (most === least) sum.exact++;
      if (most - least <= 1) sum.withinOne++;
      if (least >= 1 && most <= 4) sum.provedSmall++;
    }
  }
  return sum;
}

export interface Attacked {
  readonly cube: CountedCube;
  readonly relations: Relations;
  readonly release: Release;
}

function* smallCountsOfOthers(
  { counts, layout }: CountedCube,
  { rules }: Release,
  own: Int32Array,
  organisation: number,
): Generator<number> {
  for (const { declaration, places, offset, width } of layout.tables) {
    if (isOrganisation(declaration.level)) continue;
    for (const [position, node] of places.entries()) {
      if (!hasOthers(layout.places, node, organisation)) continue;
      for (let cell = offset + position * width; cell < offset + (position + 1) * width; cell++) {
        const part = own[cell] ?? 0;
        if (part > 0 && (counts[cell] ?? 0) - part <= rules.withheldTo) yield cell;
      }
    }
  }
}

function knowledgeOf({ counts, layout }: CountedCube, release: Release, own: Int32Array, organisation: number): KnownCounts {
  const { figures, reasons, rules } = release;
  const least = own.slice();
  const most = new Int32Array(own.length).fill(UNBOUNDED);
  const freshness = new Uint8Array(own.length).fill(FRESHNESS.HELD);
  for (const [cell, figure] of figures.entries()) {
    const part = own[cell] ?? 0;
    if (reasons[cell] === REASON.PUBLISHED) {
      least[cell] = Math.max(part, leastOf(figure, rules));
      most[cell] = mostOf(figure, rules);
      freshness[cell] = FRESHNESS.FIRST;
    } else if (
      reasons[cell] === REASON.SMALL ||
      (reasons[cell] === REASON.RULE && (counts[cell] ?? 0) <= mostOfWithheldBeside(part, rules))
    ) {
      most[cell] = mostOfWithheldBeside(part, rules);
    }
  }
  const isOwn = (node: number): boolean => layout.places.organisationOf[node] === organisation;
  for (const { declaration, places, offset, width } of layout.tables) {
    if (!isOrganisation(declaration.level)) continue;
    for (const [position, node] of places.entries()) {
      for (let cell = offset + position * width; cell < offset + (position + 1) * width; cell++) {
        if (isOwn(node)) least[cell] = most[cell] = counts[cell] ?? 0;
        else if (reasons[cell] === REASON.SMALL) most[cell] = rules.withheldTo;
      }
    }
  }
  return { least, most, freshness, leastOfOrganisation: 1, mostOfSmallOrganisation: UNBOUNDED };
}
