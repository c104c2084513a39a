/**
 * Settles which figure each cell of a cut stands at: after the first publication a figure is kept until what changed is large enough, for
 * everybody who knows a part of it, to tell of no single journey (ADR 0042). Nothing of it depends on the counts behind the first figures.
 */
import type { CodedJourneys } from "../cube/coded-journeys.ts";
import type { CountedCube } from "../cube/count-cells.ts";
import { type CubeLayout, layOutCube } from "../cube/cube-layout.ts";
import { REASON, WITHHELD } from "../cube/disclosure-rules.ts";
import { type CellChanges, countChanges } from "./cell-changes.ts";
import { findChangedJourneys } from "./changed-journeys.ts";
import { type CubeLedger, emptyStanding, type PreviousPublication, type Standing } from "./cube-ledger.ts";
import { mapCells, NO_CELL } from "./former-cells.ts";
import { beginCell, Settler } from "./settler.ts";

/** The cube before, as its attacker sees it. */
export interface FormerCube {
  readonly ledger: CubeLedger;
  readonly layout: CubeLayout;
  readonly counts: Int32Array;
  /** Of each cell of this cube the one before, or `NO_CELL`. */
  readonly formerOf: Int32Array;
}
export interface SettledFigures {
  readonly standing: Standing;
  readonly former: FormerCube | null;
}

/** @throws Error for a former publication whose journeys and ledger are not of the same cube, or of another audit year */
export async function settleFigures(
  coded: CodedJourneys,
  { counts, largest, layout }: CountedCube,
  previous: PreviousPublication | null,
): Promise<SettledFigures> {
  const standing = emptyStanding(layout.cells);
  if (previous === null) {
    for (let cell = 0; cell < layout.cells; cell++) beginCell(standing, cell, { counts, largest });
    return { standing, former: null };
  }
  const { ledger } = previous;
  const formerLayout = layOutCube(previous.coded.places);
  if (ledger.figures.length !== formerLayout.cells || ledger.auditYear !== coded.auditYear)
    throw new Error("The ledger is of another cube");
  const cells = mapCells(formerLayout, layout);
  const settler = new Settler(standing, { counts, largest }, ledger, cells.formerOf);
  const changed = await findChangedJourneys(previous.coded, coded);
  const changes = await countChanges(changed, { former: formerLayout, now: layout, cells }, (cell, change) =>
    settler.see(cell, change),
  );
  settler.settle();
  withholdRegrouped(standing, layout, formerLayout);
  return {
    standing,
    former: { ledger, layout: formerLayout, counts: countsBefore(counts, changes, cells.nowOf), formerOf: cells.formerOf },
  };
}

/** What went is in the counts before; a cell that only the cube before had has nothing else. */
const countsBefore = (counts: Int32Array, { come, gone }: CellChanges, nowOf: Int32Array): Int32Array =>
  gone.map((went, cell) => {
    const now = nowOf[cell] ?? NO_CELL;
    return now === NO_CELL ? went : (counts[now] ?? 0) - (come[now] ?? 0) + went;
  });

/**
 * A place that is new while its programmes are not: a region that was cut out of others, a trust with another code. Its first figures would be
 * rounded from counts that other figures are already rounded from, so each is withheld until it moves.
 */
function withholdRegrouped({ figures, reasons }: Standing, layout: CubeLayout, former: CubeLayout): void {
  const known = new Set(former.places.nodes.map(({ level, code }) => `${level} ${code}`));
  const isKnown = (node: number): boolean => {
    const place = layout.places.nodes[node];
    return place !== undefined && known.has(`${place.level} ${place.code}`);
  };
  const hasKnown = (node: number): boolean => isKnown(node) || (layout.places.below[node] ?? []).some(hasKnown);
  for (const { places, offset, width } of layout.tables) {
    for (const [position, node] of places.entries()) {
      if (isKnown(node) || !hasKnown(node)) continue;
      for (let cell = offset + position * width; cell < offset + (position + 1) * width; cell++) {
        if (figures[cell] !== WITHHELD) reasons[cell] = REASON.RULE;
      }
    }
  }
}
