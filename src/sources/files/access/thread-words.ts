/** What is said between the gateway and the thread that reads an Access database. */
import type { CellType } from "../../../../mappings/files/importer-cell.ts";

export interface AccessTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Columns of the type Yes/No, which has no third value. */
  readonly yesNo: readonly string[];
  /** How many rows the table says that it has. */
  readonly rowCount: number;
}

export interface AccessCell {
  readonly type: CellType;
  readonly text: string;
}

/** Bytes of the database come first; they are handed over, not copied. */
export type AccessRequest =
  | { readonly kind: "open"; readonly bytes: ArrayBuffer }
  | { readonly kind: "rows"; readonly table: string; readonly offset: number; readonly limit: number };

/** `PROTECTED`: under a password that is needed to read it. `DAMAGED`: anything that the reader cannot make sense of. */
export type AccessReply =
  | { readonly kind: "tables"; readonly tables: readonly AccessTable[] }
  | { readonly kind: "rows"; readonly rows: readonly (readonly AccessCell[])[] }
  | { readonly kind: "refused"; readonly reason: "PROTECTED" | "DAMAGED" };
