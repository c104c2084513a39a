/**
 * The fastest way PostgreSQL has to take rows in: COPY, as a superuser (PostgreSQL refuses COPY FROM under row-level security), one
 * transaction per submission, one connection, into tables that the gateway's own migrations made: same keys, constraints, policies.
 */
import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { expectEqual } from "./answer-check.ts";
import { countRows, type TableRows } from "./written-rows.ts";

async function copyTable(client: pg.Client, { table, count, text }: TableRows): Promise<void> {
  const stream = client.query(copyFrom(`copy ${table} from stdin`));
  Readable.from([Buffer.from(text)]).pipe(stream);
  await finished(stream);
  expectEqual(`rows copied into ${table}`, stream.rowCount, count);
}

/** @returns how many rows were written */
export async function copySubmission(client: pg.Client, tables: readonly TableRows[]): Promise<number> {
  await client.query("begin");
  for (const rows of tables) await copyTable(client, rows);
  await client.query("commit");
  return countRows(tables);
}
