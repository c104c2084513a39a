/**
 * What the gateway keeps of a published cube so that the next cut of the same audit year can be published beside it (ADR 0042). Private: with
 * it, and the journeys, every count behind the figures can be told. Nothing that answers analysts may read it.
 */
import type { CodedJourneys } from "../cube/coded-journeys.ts";
import type { CubeHead } from "../cube/cube-head.ts";

/** What each cell stands at. Arrays by cell. */
export interface Standing {
  /** The figure, shown or not; `WITHHELD` for a small one. It moves by the rules of `settle-cell.ts` only. */
  readonly figures: Int32Array;
  /** `REASON`: why the figure is not shown. */
  readonly reasons: Uint8Array;
  /** From the count to the position that is rounded. */
  readonly offsets: Int32Array;
  /** `ORIGIN`: what the first count was. */
  readonly origins: Uint8Array;
  /** `FRESHNESS`. */
  readonly freshness: Uint8Array;
  /** Most that one organisation has added to the cell, and taken from it, since it moved; 0 for cells of organisations. */
  readonly added: Int32Array;
  readonly taken: Int32Array;
}

export const emptyStanding = (cells: number): Standing => ({
  figures: new Int32Array(cells),
  reasons: new Uint8Array(cells),
  offsets: new Int32Array(cells),
  origins: new Uint8Array(cells),
  freshness: new Uint8Array(cells),
  added: new Int32Array(cells),
  taken: new Int32Array(cells),
});

/** Of a cube with the same places. */
export interface CubeLedger extends CubeHead, Standing {
  /** Days, as published. */
  readonly medians: Int16Array;
}

/** The cut published before, of the same audit year. A withdrawn one counts: it was seen. */
export interface PreviousPublication {
  readonly coded: CodedJourneys;
  readonly ledger: CubeLedger;
}
