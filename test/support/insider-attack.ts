/**
 * The interval attacker as one organisation: it knows each of its own journeys, so of every cell it learns the others' part. It is told more than
 * a reader can know: of a withheld figure whether it is withheld for its count or for this organisation's part.
 */
import { attack, UNBOUNDED } from "../../src/statistics/attack/interval-attack.ts";
import type { Relations } from "../../src/statistics/attack/relations.ts";
import type { CodedJourneys } from "../../src/statistics/cube/coded-journeys.ts";
import { type CountedCube, countCells } from "../../src/statistics/cube/count-cells.ts";
import { isOrganisation } from "../../src/statistics/cube/dimensions.ts";
import { leastOf, mostOf, mostOfOne, REASON } from "../../src/statistics/cube/disclosure-rules.ts";
import type { Places } from "../../src/statistics/cube/places.ts";
import type { KnownCounts, Release } from "../../src/statistics/cube/primary-rules.ts";
import { FRESHNESS } from "../../src/statistics/ledger/settle-cell.ts";

/** Small counts of others, and how many of them it knows exactly or within one. */
export interface InsiderFinding {
  readonly small: number;
  readonly exact: number;
  readonly withinOne: number;
  readonly closest: number | null;
  /** Bounds that are wrong: the attack must be sound. */
  readonly wrong: number;
}

/** The organisation with the most journeys. */
function largestOrganisation({ places, placeOf }: CodedJourneys): number {
  const sizes = new Map<number, number>();
  for (const place of placeOf) {
    const organisation = places.organisationOf[place] ?? 0;
    if (organisation !== 0) sizes.set(organisation, (sizes.get(organisation) ?? 0) + 1);
  }
  return [...sizes].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
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

export async function attackAsInsider(
  coded: CodedJourneys,
  cube: CountedCube,
  release: Release,
  relations: Relations,
): Promise<InsiderFinding> {
  const organisation = largestOrganisation(coded);
  const own = await countOwn(coded, cube, organisation);
  const known = knowledgeOf(cube, release, own, organisation);
  const told: Release = { ...release, reasons: new Uint8Array(release.reasons.length).fill(REASON.PAST), known };
  const { low, high } = attack(told, relations, cube.layout);
  const found = { small: 0, exact: 0, withinOne: 0, wrong: 0 };
  let closest: number | null = null;
  for (const table of cube.layout.tables) {
    for (let cell = table.offset; cell < table.offset + table.size; cell++) {
      const node = table.places[Math.floor((cell - table.offset) / table.width)] ?? 0;
      if (!hasOthers(coded.places, node, organisation)) continue;
      const count = cube.counts[cell] ?? 0;
      const [least, most] = [low[cell] ?? 0, high[cell] ?? 0];
      if (count < least || count > most) found.wrong++;
      const others = count - (own[cell] ?? 0);
      if (isOrganisation(table.declaration.level) || (own[cell] ?? 0) === 0 || others > release.rules.withheldTo) continue;
      found.small++;
      closest = Math.min(closest ?? most - least, most - least);
      if (most === least) found.exact++;
      if (most - least <= 1) found.withinOne++;
    }
  }
  return { ...found, closest };
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
      (reasons[cell] === REASON.RULE && (counts[cell] ?? 0) <= mostWithheldBeside(part, release))
    ) {
      most[cell] = mostWithheldBeside(part, release);
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

/** The most that a figure can be of which this part is too much, or which is small by itself. */
function mostWithheldBeside(part: number, { rules }: Release): number {
  let figure = Math.ceil((rules.withheldTo + 1) / rules.roundTo) * rules.roundTo;
  while (part > mostOfOne(leastOf(figure, rules), rules)) figure += rules.roundTo;
  return leastOf(figure, rules) - 1;
}
