/**
 * Makes extracts of a year of generated journeys, in both formats, and says what it took.
 *   tsx scripts/postgres.ts -- tsx bench/extracts-program.ts --journeys 90000
 * Without TEST_DATABASE_URL on the embedded database.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { createKeyRing } from "../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../src/keys/local-key-file.ts";
import { systemClock } from "../src/lib/system-clock.ts";
import { createUuid7 } from "../src/lib/uuid7.ts";
import { createAgreementStore } from "../src/persistence/agreement-store.ts";
import { freezeGenerated } from "../src/persistence/cut-freezing.ts";
import { createCutRows } from "../src/persistence/cut-rows.ts";
import { createDataKeyStore } from "../src/persistence/database/data-key-store.ts";
import { openDatabase } from "../src/persistence/database/database.ts";
import { createExtractStore } from "../src/persistence/extract-store.ts";
import { generateCutJourneys } from "../src/population/generate-population.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../src/records/dictionaries.ts";
import type { Cut } from "../src/statistics/cuts/cut.ts";
import { EXTRACT_FORMATS } from "../src/statistics/extracts/extract-file.ts";
import { EXTRACT_FIELDS } from "../src/statistics/extracts/extract-groups.ts";
import { createExtractMaker } from "../src/statistics/extracts/make-extract.ts";
import { signedAgreement, soundTerms } from "../test/support/agreements.ts";
import { inOneAuditYear } from "../test/support/cube-populations.ts";

const { values } = parseArgs({ options: { journeys: { type: "string", default: "90000" } } });
const YEAR = 2024;
const MIB = 1024 * 1024;
const newId = createUuid7();
const database = await openDatabase({ url: process.env.TEST_DATABASE_URL ?? null, dataDir: "memory://" });
const keys = createKeyRing(createForgettingKeyManagement(), createDataKeyStore(database));
const store = createExtractStore({ database, keys, newId });
const agreements = createAgreementStore({ database, newId });
const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
if (dictionary === null) throw new Error("the dictionary is missing");

const journeys = inOneAuditYear(generateCutJourneys({ seed: 1, journeys: Number(values.journeys), firstYear: YEAR, years: 1 }));
const freezing = { database, newId, clock: systemClock, judgeRelease: async () => new Map() };
const { cutId } = await freezeGenerated(freezing, journeys);
const now = systemClock.now();
await database.prisma.$executeRawUnsafe(
  `insert into cut.cut (id, number, state, as_of, published_at, published_by, manifest, signature, synthetic)
   values ('${cutId}', 1, 'IN_FORCE', now(), now(), 'bench', '{}', '', true)`,
);
const cut: Cut = {
  ...{ id: cutId, number: 1, state: "IN_FORCE", asOf: now, publishedAt: now, withdrawn: null, cubes: [], isSynthetic: true },
};

const maker = createExtractMaker({
  ...{ store, agreements, dictionary, clock: systemClock, rows: createCutRows(database) },
  cuts: { find: async () => cut },
  withheld: { objecting: async () => new Set(), all: async () => new Set() },
  keys: { prepare: async () => undefined, macOf: async (id) => (await keys.agreement(id))?.mac ?? null },
  sign: () => keys.certificateKey(),
});
const terms = soundTerms({
  ...{ productClass: "PSEUDONYMISED_RECORD_LEVEL", extractFrequency: "YEARLY", fields: [...EXTRACT_FIELDS], years: [YEAR] },
  ...{ nations: ["ENGLAND", "WALES", "NORTHERN_IRELAND"] },
  eventGroups: ["MI", "ANGINA", "HEART_FAILURE", "RHYTHM", "STRUCTURAL", "TREATMENT", "OTHER"],
});
const entry = { action: "CREATE", type: "BENCH", outcome: "DONE", ods: null, correlationId: null } as const;

for (const [index, format] of EXTRACT_FORMATS.entries()) {
  const agreementId = `DARS-NIC-0000${index}-BENCH`;
  await agreements.insert(signedAgreement(terms, undefined, agreementId), {
    ...entry,
    agent: { id: "b", role: null, ods: null },
  });
  await keys.pseudonyms(agreementId);
  const request = {
    agreementId,
    version: 1,
    product: "PSEUDONYMISED_RECORD_LEVEL",
    cutId,
    period: String(YEAR),
    format,
  } as const;
  const { id } = await store.request(
    { ...request, fields: [...EXTRACT_FIELDS], tables: [], purpose: "SERVICE_EVALUATION", location: "CAMPUS" },
    { id: newId(), clientId: "analyst-1", at: now },
  );
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  delay.enable();
  const began = performance.now();
  const before = process.cpuUsage();
  await maker.workBatch();
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(before);
  delay.disable();
  clearInterval(watch);
  const made = await store.find(id);
  const bytes = made?.files.reduce((sum, file) => sum + file.bytes, 0) ?? 0;
  const rows = made?.files.reduce((sum, file) => sum + file.rows, 0) ?? 0;
  console.log(
    `${database.kind} ${format} ${made?.state}: ${rows} rows, ${(bytes / MIB).toFixed(1)} MiB, ${seconds.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of processor), peak ${Math.round(peak / MIB)} MiB, worst loop delay ${Math.round(delay.max / 1e6)} ms, p99 ${Math.round(delay.percentile(99) / 1e6)} ms`,
  );
}
await database.close();
