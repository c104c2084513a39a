/** What the two sides of the cube's thread say to each other. Everything here survives being copied between threads. */
import type { FrozenPage } from "../statistics/cuts/frozen-page.ts";
import type { MadeYear } from "../statistics/cuts/make-year.ts";

/** What the thread begins with. */
export interface CubeTask {
  readonly auditYear: number;
  /** Of the year's publication before; null: there is none. */
  readonly ledger: Uint8Array | null;
}

/** Whose rows: the year's that is made, or as it was published before. */
export type RowsOf = "NOW" | "BEFORE";

export type CubeReply = { readonly kind: "more"; readonly of: RowsOf } | { readonly kind: "made"; readonly made: MadeYear };

/** The next page that was asked for; null: there is none. */
export interface NextPage {
  readonly page: FrozenPage | null;
}
