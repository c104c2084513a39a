/** What came to each cell and went from it since the cut before, and what of it one organisation did. */
import { LongWork } from "../../lib/long-work.ts";
import type { CodedJourneys } from "../cube/coded-journeys.ts";
import { Placer, passesOf } from "../cube/count-cells.ts";
import type { CubeLayout } from "../cube/cube-layout.ts";
import { isOrganisation } from "../cube/dimensions.ts";
import { type ChangedJourneys, organisationSpans } from "./changed-journeys.ts";
import { type FormerCells, NO_CELL } from "./former-cells.ts";

export interface CellChanges {
  /** By cell of this cube. */
  readonly come: Int32Array;
  /** By cell of the cube before. */
  readonly gone: Int32Array;
}
/** Called for each cell above organisations and each organisation that changed it. @param change came less went */
export type SeeChange = (cell: number, change: number) => void;

interface Cuts {
  readonly former: CubeLayout;
  readonly now: CubeLayout;
  readonly cells: FormerCells;
}

export async function countChanges({ come, gone }: ChangedJourneys, cuts: Cuts, see: SeeChange): Promise<CellChanges> {
  const changes = { come: new Int32Array(cuts.now.cells), gone: new Int32Array(cuts.former.cells) };
  const [placeNow, placeFormer] = [new Placer(come, cuts.now), new Placer(gone, cuts.former)];
  const spans = [...organisationSpans(gone, come)];
  const net = new NetChanges(cuts.now.cells, see);
  const work = new LongWork();
  for (const table of cuts.now.tables) {
    const before = cuts.former.byKey.get(table.key);
    if (before === undefined) continue;
    for (const pass of passesOf(table)) {
      const cameTo = placeNow.place(table, pass);
      const wentFrom = placeFormer.place(before, pass);
      count(cameTo, come, changes.come);
      count(wentFrom, gone, changes.gone);
      if (!isOrganisation(table.declaration.level)) {
        for (const { former, now } of spans) {
          for (let at = now.from; at < now.to; at++) net.add(cameTo[at] ?? NO_CELL, 1);
          for (let at = former.from; at < former.to; at++) net.add(cuts.cells.nowOf[wentFrom[at] ?? NO_CELL] ?? NO_CELL, -1);
          net.close();
        }
      }
      await work.giveWay();
    }
  }
  return changes;
}

function count(cellOf: Int32Array, { size }: CodedJourneys, counts: Int32Array): void {
  for (let at = 0; at < size; at++) {
    const cell = cellOf[at] ?? NO_CELL;
    if (cell >= 0) counts[cell] = (counts[cell] ?? 0) + 1;
  }
}

/** One organisation's changes, told when it closes. */
class NetChanges {
  readonly #net: Int32Array;
  readonly #touched: number[] = [];
  readonly #see: SeeChange;

  constructor(cells: number, see: SeeChange) {
    this.#net = new Int32Array(cells);
    this.#see = see;
  }

  add(cell: number, change: number): void {
    if (cell < 0) return;
    this.#touched.push(cell);
    this.#net[cell] = (this.#net[cell] ?? 0) + change;
  }

  close(): void {
    for (const cell of this.#touched) {
      const change = this.#net[cell] ?? 0;
      if (change !== 0) this.#see(cell, change);
      this.#net[cell] = 0;
    }
    this.#touched.length = 0;
  }
}
