/**
 * Measures the publication of a cut from national journeys: seconds by step, the process's largest memory, and how long the loop of the
 * process that asks was held at worst. Two cuts, the second beside the first.
 *
 *   tsx bench/publish-cut-program.ts                    throw-away PostgreSQL
 *   tsx bench/publish-cut-program.ts --embedded
 *   --journeys=90000 (default)
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { startPostgres } from "../scripts/postgres.ts";
import { toColumnName } from "../src/dataset/compile-dictionary.ts";
import { createKeyRing } from "../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../src/keys/local-key-file.ts";
import { createUuid7 } from "../src/lib/uuid7.ts";
import { createPublicationStore } from "../src/persistence/cut-publication-store.ts";
import { createFrozenRowReader } from "../src/persistence/cut-rows.ts";
import { constantSql } from "../src/persistence/database/constant-sql.ts";
import { createDataKeyStore } from "../src/persistence/database/data-key-store.ts";
import { type Database, openDatabase } from "../src/persistence/database/database.ts";
import { IN_MEMORY } from "../src/persistence/database/embedded-connection.ts";
import { createReleaseGate } from "../src/persistence/release-gate.ts";
import { insertRows } from "../src/persistence/sql/national-statements.ts";
import { generateCutJourneys } from "../src/population/generate-population.ts";
import type { CutJourney } from "../src/statistics/cut-journey.ts";
import { createCutService } from "../src/statistics/cuts/cut-service.ts";
import { createCutPublisher } from "../src/statistics/cuts/publish-cut.ts";
import { makeYearInThread } from "../src/worker/cube-thread.ts";

const newId = createUuid7();
const ODS = "ZBENCH";
const AT_ONCE = 500;
const ROWS: readonly (readonly [string, (journey: CutJourney) => readonly object[]])[] = [
  ["journey", ({ row }) => [row]],
  ["assessment", ({ assessments }) => assessments],
  ["acute_event", ({ acuteEvents }) => acuteEvents],
  ["drug_class", ({ drugs }) => drugs],
];
const toColumns = (row: object): object =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [toColumnName(name), name === "pseudonym" ? `\\x${String(value)}` : value]),
  );

/** Of Northern Ireland, whose rows need neither support nor an answer of the check: the gate is asked all the same. */
async function seed({ prisma }: Database, journeys: number): Promise<void> {
  const run = (text: string, values: readonly unknown[] = []) => prisma.$executeRaw(constantSql(text)(values));
  await run(`insert into public.organisation (ods_code, name, nation) values ('${ODS}', 'Bench', 'NORTHERN_IRELAND')`);
  await run(
    `with p as (insert into public.patient (ods, id, programme_code, version, created_submission_id, submission_id, source_time, updated_at)
       select '${ODS}', ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'CR-BENCH', 1, gen_random_uuid(), gen_random_uuid(), now(), now()
       from generate_series(1, $1::integer) n returning ods, id)
     insert into national_feed.member (ods, patient_id, subject) select p.ods, p.id, right(p.id::text, 12)::bigint from p`,
    [journeys],
  );
  let batch: (readonly [number, CutJourney])[] = [];
  const write = async (): Promise<void> => {
    for (const [table, rowsOf] of ROWS) {
      const rows = batch.flatMap(([subject, journey]) =>
        rowsOf(journey).map((row) => ({ subject, journey: 1, ...toColumns(row) })),
      );
      await prisma.$executeRaw(insertRows(table)([JSON.stringify(rows)]));
    }
    batch = [];
  };
  let subject = 0;
  for (const journey of generateCutJourneys({ seed: 1, journeys })) {
    batch.push([++subject, journey]);
    if (batch.length === AT_ONCE) await write();
  }
  await write();
  await run("analyze");
}

async function measure(database: Database): Promise<void> {
  let now = "2026-03-01T12:00:00.000Z";
  const clock = { now: () => now, today: () => now.slice(0, 10) };
  const keys = createKeyRing(createForgettingKeyManagement(), createDataKeyStore(database));
  const judgeRelease = await createReleaseGate({ keys, clock, applyAt: "BOTH" });
  const plain = createPublicationStore({ database, newId, clock, judgeRelease });
  let began = performance.now();
  const step = (name: string): void => {
    console.log(`  ${name} ${((performance.now() - began) / 1_000).toFixed(1)} s`);
    began = performance.now();
  };
  const store: typeof plain = {
    ...plain,
    freeze: (held) => plain.freeze(held).finally(() => step("frozen")),
    publish: (held, cut) => {
      step("counted, repaired, audited");
      return plain.publish(held, cut).finally(() => step("published"));
    },
  };
  const publisher = createCutPublisher({
    store,
    rows: createFrozenRowReader(database, "nacr_publisher"),
    makeYear: makeYearInThread,
    generate: () => [],
    signer: () => keys.certificateKey(),
    clock,
    renewMs: 10_000,
  });
  const service = createCutService({ store, clock, newId });
  for (const at of ["2026-03-01T12:00:00.000Z", "2026-04-02T12:00:00.000Z"]) {
    now = at;
    const delay = monitorEventLoopDelay({ resolution: 5 });
    await service.publish({ clientId: "bench", role: "AUDIT_ADMIN", ods: null, programmes: [], scopes: [] });
    began = performance.now();
    const start = performance.now();
    const loop = performance.eventLoopUtilization();
    delay.enable();
    const { done } = await publisher.workBatch();
    delay.disable();
    const { maxRSS } = process.resourceUsage();
    console.log(
      `${done?.outcome} cut ${done?.cutNumber}: ${((performance.now() - start) / 1_000).toFixed(1)} s, loop busy ${(100 * performance.eventLoopUtilization(loop).utilization).toFixed(1)} %, held ${(delay.percentile(99.9) / 1e6).toFixed(0)} ms (99.9 %) and ${(delay.max / 1e6).toFixed(0)} ms at most, ${(maxRSS / 1_024).toFixed(0)} MB at most`,
    );
  }
}

const { values } = parseArgs({
  options: { embedded: { type: "boolean", default: false }, journeys: { type: "string", default: "90000" } },
});
const server = values.embedded ? null : await startPostgres();
try {
  const database = await openDatabase({ url: server?.url ?? null, dataDir: IN_MEMORY });
  await seed(database, Number(values.journeys));
  console.log(
    `${values.journeys} national journeys, ${database.kind}, ${(process.resourceUsage().maxRSS / 1_024).toFixed(0)} MB before`,
  );
  await measure(database);
  await database.close();
} finally {
  await server?.stop();
}
