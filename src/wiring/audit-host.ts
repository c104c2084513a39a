/** What the operator asks of the audit trail on the host: the check, and the log of an organisation as FHIR AuditEvents. */
import { toAuditEvent } from "../audit/to-audit-event.ts";
import { type TrailReport, verifyTrail } from "../audit/verify-trail.ts";
import { type Config, loadConfig } from "../config/load-config.ts";
import { StartRefused } from "../errors/start-refused.ts";
import { createKeyRing } from "../keys/key-ring.ts";
import { openLocalKeyFile } from "../keys/local-key-file.ts";
import { createUuid7 } from "../lib/uuid7.ts";
import { createLogger } from "../observability/logger.ts";
import { createAnchorFile } from "../persistence/anchor-file.ts";
import { exportEntries } from "../persistence/audit-export.ts";
import { createDataKeyStore } from "../persistence/database/data-key-store.ts";
import type { Database } from "../persistence/database/database.ts";
import { createTrailStore } from "../persistence/trail-store.ts";
import { openConfiguredDatabase } from "./core.ts";

/** For commands of the operator: not beside a gateway on the embedded database. @throws StartRefused; what opening the database throws */
export async function withConfiguredDatabase<T>(work: (database: Database, config: Config) => Promise<T>): Promise<T> {
  const loaded = loadConfig();
  if (!loaded.ok) throw new StartRefused(loaded.problems.join("\n"));
  const { config } = loaded;
  const database = await openConfiguredDatabase(config, createLogger(config.logLevel));
  try {
    return await work(database, config);
  } finally {
    await database.close();
  }
}

/** @param anchorPath a copy of the anchor that was kept elsewhere; null: the gateway's own file. @throws KeyError too */
export const verifyConfiguredTrail = (anchorPath: string | null): Promise<TrailReport> =>
  withConfiguredDatabase(async (database, config) => {
    // Neither key file may be made here: the chain was made with the one that is there.
    const keys = createKeyRing(await openLocalKeyFile(config.dataDir, false, false), createDataKeyStore(database));
    const path = anchorPath ?? config.auditAnchorFile;
    return await verifyTrail({
      store: createTrailStore(database, createUuid7()),
      key: await keys.audit(),
      anchorFile: path === null ? null : createAnchorFile(path),
    });
  });

/** @param write a line for each entry, oldest first. @returns how many */
export const exportConfiguredTrail = (ods: string, since: string, write: (line: string) => Promise<void>): Promise<number> =>
  withConfiguredDatabase(async (database) => {
    let count = 0;
    for await (const entries of exportEntries({ database, newId: createUuid7() }, ods, since)) {
      await write(entries.map((entry) => `${JSON.stringify(toAuditEvent(entry))}\n`).join(""));
      count += entries.length;
    }
    return count;
  });
