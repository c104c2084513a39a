/** How the queue reaches the database; the composition root gives it. */
import type { Db } from "pg-boss";

export interface QueueSql {
  /** Without values `text` may be several statements: they succeed or fail together. */
  run(text: string, values?: readonly unknown[]): Promise<{ readonly rows: Record<string, unknown>[] }>;
}

/** @returns stops listening */
export type ListenForJobs = (channel: string, heard: () => void) => Promise<() => Promise<void>>;

const BEGIN = /^\s*begin;/i;
const COMMIT = /commit;\s*$/i;

/**
 * pg-boss's scripts begin and commit. Sent as one they are a transaction without that, and one that fails leaves nothing open: its own
 * `begin` would leave the connection inside an aborted transaction, for whoever gets the connection next.
 */
export function toBossDatabase(sql: QueueSql): Db {
  return {
    executeSql: (text, values = []) =>
      values.length === 0 ? sql.run(text.replace(BEGIN, "").replace(COMMIT, "")) : sql.run(text, values),
  };
}
