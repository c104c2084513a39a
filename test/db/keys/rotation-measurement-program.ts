/**
 * D3: how long it takes to replace keys under 100,000 sealed rows while others read. On PostgreSQL:
 *
 *   tsx scripts/postgres.ts -- tsx test/db/keys/rotation-measurement-program.ts [rows]
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { openLocalKeyFile } from "../../../src/keys/local-key-file.ts";
import type { OrganisationKeys } from "../../../src/keys/organisation-keys.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { constantSql } from "../../../src/persistence/database/constant-sql.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { type Database, openDatabase } from "../../../src/persistence/database/database.ts";
import { destroyOlderKeys, findReplacedKeys, replaceDataKey, replaceMasterKey } from "../../../src/persistence/key-rotation.ts";
import { isSealedAnew, resealOrganisation } from "../../../src/persistence/resealing/reseal-organisation.ts";
import { insertRows, tableOf } from "./sealed-rows.ts";

const ROWS = Number(process.argv[2] ?? 100_000);
const ORGANISATIONS = 300;
const ODS = "RAA";
/** An identity of the demo set is about as long. */
const CONTENT = JSON.stringify({ surname: "x".repeat(20), rest: "y".repeat(250) });
const AT_ONCE = 5_000;
const READ_ONE = constantSql(
  "select patient_id::text as id, sealed from identity.patient_identity where ods = $1 and patient_id = $2::uuid",
);

const url = process.env.TEST_DATABASE_URL;
if (url === undefined) throw new Error("run it under scripts/postgres.ts");

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  const result = await work();
  process.stdout.write(`${what}: ${((performance.now() - began) / 1_000).toFixed(2)} s ${JSON.stringify(result) ?? ""}\n`);
}

async function fill(database: Database, keys: OrganisationKeys): Promise<readonly string[]> {
  const ids = Array.from({ length: ROWS }, () => randomUUID());
  const table = tableOf({ name: "identity.patient_identity.sealed" });
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const rows = ids
      .slice(start, start + AT_ONCE)
      .map((id) => ({ id, part: 0, content: keys.seal(CONTENT, `${ODS}/${id}`, id) }));
    await insertRows(database, table, ODS, rows);
  }
  return ids;
}

/** Reads one row after the other until it is stopped. */
function startReader(database: Database, keys: OrganisationKeys, ids: readonly string[]) {
  const tally = { reads: 0, failed: 0 };
  let isRunning = true;
  const run = async (): Promise<void> => {
    while (isRunning) {
      const id = ids[Math.floor(Math.random() * ids.length)] ?? "";
      const [row] = await database.prisma.$queryRaw<{ sealed: Uint8Array }[]>(READ_ONE([ODS, id]));
      try {
        if (row === undefined || keys.open(row.sealed, `${ODS}/${id}`).toString() !== CONTENT) tally.failed++;
      } catch {
        tally.failed++;
      }
      tally.reads++;
    }
  };
  const ended = run();
  const stop = (): Promise<void> => {
    isRunning = false;
    return ended;
  };
  return { tally, stop };
}

const folder = await mkdtemp(join(tmpdir(), "nacr-rotation-"));
const database = await openDatabase({ url, dataDir: "" });
try {
  const management = await openLocalKeyFile(folder);
  const ring = createKeyRing(management, createDataKeyStore(database));
  const others = Array.from({ length: ORGANISATIONS - 1 }, (_, index) => `X${index}`);
  for (const ods of others) await ring.organisation(ods);
  const keys = await ring.organisation(ODS);
  const dependencies = { database, newId: createUuid7() };
  const ids = await fill(database, keys);
  await database.prisma.$executeRaw(constantSql("analyze identity.patient_identity")([]));
  const reader = startReader(database, keys, ids);
  await timed(`master key, ${2 * ORGANISATIONS} data keys over ${ROWS} rows`, () => replaceMasterKey(dependencies, management));
  await replaceDataKey(dependencies, management, ODS);
  await ring.refresh();
  await database.prisma.$executeRaw(constantSql("update keys.data_key set seals_from = now() - interval '1 day'")([]));
  await ring.refresh();
  await timed(`${ROWS} rows sealed anew`, () => resealOrganisation(database, ODS, keys, () => true));
  await timed("a look that finds nothing", () => resealOrganisation(database, ODS, keys, () => true));
  await timed("proof that nothing is left", () => isSealedAnew(database, ODS, keys.version));
  const [replaced] = await findReplacedKeys(database, 60);
  if (replaced !== undefined) await timed("destroyed", () => destroyOlderKeys(dependencies, replaced, ODS));
  await ring.refresh();
  await reader.stop();
  process.stdout.write(`reads meanwhile: ${JSON.stringify(reader.tally)}\n`);
} finally {
  await database.close();
  await rm(folder, { recursive: true });
}
