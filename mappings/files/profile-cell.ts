/** A cell as its file gives it: text of a CSV; numbers with a point, dates as ISO text, TRUE and FALSE, of files whose cells have types. */
import type { CellType } from "./importer-cell.ts";

export interface ProfileCell {
  readonly type: CellType;
  readonly text: string;
}
