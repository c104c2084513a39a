/** Lets a library run its own statements inside one of our transactions. */
import type { RunSql } from "../submission/job-ports.ts";
import { constantSql } from "./database/constant-sql.ts";
import type { Transaction } from "./database/unit.ts";
import type { SqlRow } from "./sql-row.ts";

/** The text is the library's constant; its values are bound to their places like ours. */
export const runSqlIn =
  (tx: Transaction): RunSql =>
  async (text, values) => ({ rows: await tx.$queryRaw<SqlRow[]>(constantSql(text)(values)) });
