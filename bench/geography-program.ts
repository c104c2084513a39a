/**
 * What loading a whole directory of postcodes takes: a file of so many lines with the columns of the ONS Postcode Directory, loaded into an
 * empty database, and then in place of itself.
 *
 *   tsx scripts/postgres.ts -- tsx bench/geography-program.ts 2700000     on PostgreSQL; without the first part in the embedded database
 */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { loadGeography } from "../src/geography/load-geography.ts";
import { createKeyRing } from "../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../src/keys/local-key-file.ts";
import { createUuid7 } from "../src/lib/uuid7.ts";
import { createDataKeyStore } from "../src/persistence/database/data-key-store.ts";
import { openDatabase } from "../src/persistence/database/database.ts";
import { createGeographyStore } from "../src/persistence/geography-store.ts";
import { openFile } from "../src/wiring/load-geography.ts";

const LINES = Number(process.argv[2] ?? 2_700_000);
const AREAS = 33_755;
const LETTERS = "ABDEFGHJLNPQRSTUWXYZ";
const HEADER =
  "pcd7,pcd8,pcds,dointr,doterm,usrtypind,east1m,north1m,gridind,oa21cd,cty25cd,lad25cd,nhser24cd,ctry25cd,rgn25cd,lsoa21cd,msoa21cd,lat,long";

const areaOf = (n: number): string => `E0${String(1_000_001 + (n % AREAS))}`;
const letter = (n: number): string => LETTERS[n % LETTERS.length] ?? "A";

function lineOf(n: number): string {
  const [outward, inward] = [Math.floor(n / 3_600), n % 3_600];
  const postcode = `${letter(outward)}${letter(Math.floor(outward / 20))}${Math.floor(outward / 400) % 100} ${Math.floor(inward / 400)}${letter(inward)}${letter(Math.floor(inward / 20))}`;
  return `${postcode},${postcode},${postcode},198001,,0,366033,564878,1,E00139875,E99999999,E07000028,E40000010,E92000001,E12000002,${areaOf(n)},E02003951,54.97,-2.53`;
}

function* linesOf(): Generator<string> {
  yield HEADER;
  for (let n = 0; n < LINES; n += 1) yield lineOf(n);
}

async function writeLines(path: string, lines: Iterable<string>): Promise<void> {
  const out = createWriteStream(path);
  for (const line of lines) if (!out.write(`${line}\n`)) await once(out, "drain");
  out.end();
  await finished(out);
}

const folder = await mkdtemp(join(tmpdir(), "geography-"));
const [directory, deprivation] = [join(folder, "directory.csv"), join(folder, "deprivation.csv")];
await writeLines(directory, linesOf());
await writeLines(deprivation, [
  "LSOA code (2021),Index of Multiple Deprivation (IMD) Rank (where 1 is most deprived)",
  ...Array.from({ length: AREAS }, (_, n) => `${areaOf(n)},${n + 1}`),
]);
const database = await openDatabase({ url: process.env.TEST_DATABASE_URL ?? null, dataDir: join(folder, "database") });
const keys = createKeyRing(createForgettingKeyManagement(), createDataKeyStore(database));
const store = await createGeographyStore({ database, keys, newId: createUuid7() });
for (const what of ["into an empty database", "in place of another"]) {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const report = await loadGeography(
    { directory: openFile(directory), deprivation: [openFile(deprivation)], organisations: null },
    store,
  );
  const { user, system } = process.cpuUsage(cpu);
  console.log(
    `${database.kind}, ${what}: ${report.lines} lines, ${report.postcodes} postcodes, ${((performance.now() - began) / 1_000).toFixed(1)} s, ` +
      `${((user + system) / 1_000_000).toFixed(1)} s of CPU here, ${Math.round(process.memoryUsage().rss / 1_048_576)} MB resident`,
  );
}
const [size] = await database.prisma.$queryRaw<{ readonly size: string }[]>`
  select pg_size_pretty(pg_total_relation_size('geography.postcode_quintile')) as size`;
console.log(`file ${Math.round((await stat(directory)).size / 1_048_576)} MB, table with its index ${size?.size}`);
await database.close();
await rm(folder, { recursive: true });
