/** What the two sides of the database's thread say to each other. Everything here survives being copied between threads. */

/** Where the thread opens its database; null: in memory. */
export interface ThreadData {
  readonly folder: string | null;
  /** In memory only: the file to begin with, as PGlite dumps a data folder (tar); null: an empty database. */
  readonly image: string | null;
}

/** One thing to do. Requests are done one after the other, in the order they were sent. */
export type ThreadRequest =
  | {
      readonly operation: "query";
      readonly text: string;
      readonly values: readonly unknown[];
      /** Types (oids) whose values come back as the text PostgreSQL writes; the others are parsed in the thread. */
      readonly textTypes: readonly number[];
    }
  | { readonly operation: "exec"; readonly script: string }
  | { readonly operation: "listen"; readonly channel: string; readonly listener: number }
  | { readonly operation: "unlisten"; readonly listener: number }
  /** Ends the thread. */
  | { readonly operation: "close" };

/** What one statement gave. Rows are arrays: names repeated in every row would be copied in every row. */
export interface StatementResult {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly affectedRows: number;
  /** Of the command tag: INSERT, COMMIT, ROLLBACK. */
  readonly command: string;
}

/**
 * Why a statement was refused: the fields that the Prisma adapter and `database-fault.ts` read. What the embedded database puts on
 * its errors beyond them (the statement, its parameters, the place in the row) stays in the thread.
 */
export interface Refusal {
  readonly message: string;
  /** SQLSTATE; absent for a fault found before the statement reached PostgreSQL, such as a value no type can take. */
  readonly code?: string | undefined;
  readonly severity?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
}

/** The number of the reply that says whether the database is open; calls have greater ones. */
export const OPENING = 0;

/** The thread's exit code after PostgreSQL gave up. */
export const GAVE_UP = 70;

export type ThreadReply =
  | { readonly kind: "done"; readonly id: number; readonly results: readonly StatementResult[] }
  | { readonly kind: "refused"; readonly id: number; readonly refusal: Refusal }
  | { readonly kind: "notified"; readonly listener: number; readonly payload: string };

export interface ThreadCall {
  readonly id: number;
  readonly request: ThreadRequest;
}
