/** COPY on the embedded database, in a folder of its own: the file it reads is a blob handed over in memory. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { openDatabase } from "../src/persistence/database/database.ts";
import { DATABASE_FOLDER } from "../src/persistence/database/embedded-connection.ts";
import { expectEqual } from "./answer-check.ts";
import { countRows, type TableRows } from "./written-rows.ts";

export interface EmbeddedBaseline {
  readonly version: string;
  /** One transaction. @returns how many rows were written */
  copySubmission(tables: readonly TableRows[]): Promise<number>;
  close(): Promise<void>;
}

export async function openEmbeddedBaseline(): Promise<EmbeddedBaseline> {
  const folder = await mkdtemp(join(tmpdir(), "nacr-bench-copy-"));
  // The gateway's own migrations make the tables; then the folder is opened past the gateway, as its owner.
  await (await openDatabase({ url: null, dataDir: folder })).close();
  const database = await PGlite.create(join(folder, DATABASE_FOLDER));
  const { rows } = await database.query<{ version: string }>("select current_setting('server_version') as version");
  return {
    version: rows[0]?.version ?? "",
    async copySubmission(tables) {
      await database.transaction(async (tx) => {
        for (const { table, count, text } of tables) {
          const { affectedRows } = await tx.query(`copy ${table} from '/dev/blob'`, [], { blob: new Blob([text]) });
          expectEqual(`rows copied into ${table}`, affectedRows, count);
        }
      });
      return countRows(tables);
    },
    async close() {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
