/**
 * Measures the reports of a programme of 100,000 rows: patient, event, treatment, rehabilitation, two assessments each. Rows are put straight
 * into the tables; what is measured is what a question costs. The embedded database runs in this process: of it the time of a core is the whole cost.
 *
 *   tsx bench/reporting-program.ts                      embedded database
 *   tsx bench/reporting-program.ts --postgres           throw-away PostgreSQL
 *   --patients=16700 (default), --rounds=5
 */
import { parseArgs } from "node:util";
import { startPostgres } from "../scripts/postgres.ts";
import { createUuid7 } from "../src/lib/uuid7.ts";
import { createCompletenessStore } from "../src/persistence/completeness-store.ts";
import { constantSql } from "../src/persistence/database/constant-sql.ts";
import { type Database, openDatabase } from "../src/persistence/database/database.ts";
import { IN_MEMORY } from "../src/persistence/database/embedded-connection.ts";
import { createProgrammeReportStore } from "../src/persistence/programme-report-store.ts";
import { createPublishedCuts } from "../src/persistence/published-cuts.ts";
import { createReportingStore } from "../src/persistence/reporting-store.ts";
import type { Actor } from "../src/records/actor.ts";
import { dictionaryOf, LATEST_DATASET_VERSION } from "../src/records/dictionaries.ts";
import { createCertificationService } from "../src/reporting/certification-service.ts";
import { createReadCompleteness } from "../src/reporting/completeness.ts";
import { createReadNationalFigures } from "../src/reporting/national-figures.ts";
import { createReadProgrammeReport } from "../src/reporting/programme-report.ts";

const ACTOR: Actor = { clientId: "bench", role: "CLINICAL_TEAM", ods: "ZBENCH", programmes: ["CR-BENCH"], scopes: [] };
const PERIOD = { from: "2025-04-01", to: "2026-03-31" };

/** `n` to an id of a table. */
const id = (table: number, n = "n"): string =>
  `('00000000-0000-4000-8000-' || lpad((${n} * 10 + ${table})::text, 12, '0'))::uuid`;
const SHARED = `'CR-BENCH' as programme_code, 1 as version, ${id(9)} as created_submission_id, ${id(9)} as submission_id, now() as source_time, now() as updated_at`;
const COLUMNS = "programme_code, version, created_submission_id, submission_id, source_time, updated_at";
/** Core starts spread over one audit year. */
const START = "(date '2025-04-01' + n % 365)";

const INSERTS: readonly string[] = [
  `insert into public.organisation (ods_code, name, nation) select 'ZBENCH', 'Bench', 'ENGLAND' where $1::int > 0`,
  `insert into public.programme (code, ods_code, name) select 'CR-BENCH', 'ZBENCH', 'Bench' where $1::int > 0`,
  `insert into public.patient (ods, id, ${COLUMNS}, gender) select 'ZBENCH', ${id(0)}, ${SHARED}, 'MALE' from generate_series(1, $1::int) n`,
  `insert into public.initiating_event (ods, id, patient_id, ${COLUMNS}, event_type, event_date)
   select 'ZBENCH', ${id(1)}, ${id(0)}, ${SHARED}, 'MI_STEMI', ${START} - 40 from generate_series(1, $1::int) n`,
  `insert into public.treatment (ods, id, initiating_event_id, ${COLUMNS}, type, date)
   select 'ZBENCH', ${id(2)}, ${id(1)}, ${SHARED}, case n % 3 when 0 then 'BYPASS_SURGERY' else 'PCI' end, ${START} - 40 from generate_series(1, $1::int) n`,
  `insert into public.rehabilitation (ods, id, initiating_event_id, ${COLUMNS}, anchor_date, referral_date, core_start_date, core_end_date, agreed_to_take_part, completed)
   select 'ZBENCH', ${id(3)}, ${id(1)}, ${SHARED}, ${START} - 30, ${START} - n % 60, ${START}, ${START} + 40 + n % 40, 'YES', 'YES' from generate_series(1, $1::int) n`,
  ...[1, 2].map(
    (
      number,
    ) => `insert into public.assessment (ods, id, rehabilitation_id, ${COLUMNS}, number, date, hads_anxiety, hads_depression, bmi, systolic_mm_hg, diastolic_mm_hg, iswt_metres, activity150, smoking_status)
   select 'ZBENCH', ${id(3 + number)}, ${id(3)}, ${SHARED}, ${number}, ${START} + ${number} * 50 - 50, n % 22, n % 20, 20 + n % 15, 120 + n % 40, 80, n % 100 * 10, 'YES', 'EX'
   from generate_series(1, $1::int) n where n % 10 >= ${number}`,
  ),
];

async function measure(name: string, rounds: number, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  const cpu = process.cpuUsage();
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    await work();
    times.push(performance.now() - began);
  }
  const sorted = times.toSorted((one, other) => one - other).map(Math.round);
  const { user, system } = process.cpuUsage(cpu);
  const own = Math.round((user + system) / 1_000 / rounds);
  console.log(
    `${name}: median ${sorted[Math.floor(rounds / 2)]} ms, longest ${sorted.at(-1)} ms, this process ${own} ms of a core`,
  );
}

async function run(database: Database, patients: number, rounds: number): Promise<void> {
  for (const text of INSERTS) await database.prisma.$executeRaw(constantSql(text)([patients]));
  // As autovacuum does within a minute of such an import; the embedded database has none.
  if (database.kind === "postgresql") await database.prisma.$executeRaw(constantSql("analyze")([]));
  const dictionary = dictionaryOf(LATEST_DATASET_VERSION);
  if (dictionary === null) throw new Error("The dictionary is missing");
  const newId = createUuid7();
  const clock = { now: () => new Date().toISOString() };
  const store = createReportingStore({ database, newId, status: { resultsAt: async () => [] } });
  const completeness = createCompletenessStore({ database, dictionary, newId });
  const reports = createProgrammeReportStore({ database, dictionary, newId });
  const readNational = createReadNationalFigures(createPublishedCuts(database));
  const service = createCertificationService({ store, clock, newId, readNational });
  const readReport = createReadProgrammeReport({ store, reports, completeness, readNational, dictionary, clock });
  const readCompleteness = createReadCompleteness({ store: completeness, programmes: store, readNational, dictionary });
  const shown = await service.certification(ACTOR, "CR-BENCH", 2025);
  if (shown.standards.find(({ unit }) => unit === "PERCENT")?.denominator !== patients)
    throw new Error("The certification does not count every rehabilitation");
  console.log(
    `${database.kind}, ${patients} patients, ${patients * 6} rows at most, two assessments of ten patients in nine and eight`,
  );
  await measure("certification", rounds, () => service.certification(ACTOR, "CR-BENCH", 2025));
  await measure("completeness", rounds, () => readCompleteness(ACTOR, "CR-BENCH", PERIOD));
  await measure("programme report", rounds, () => readReport(ACTOR, "CR-BENCH", PERIOD));
}

const { values } = parseArgs({
  options: {
    postgres: { type: "boolean", default: false },
    patients: { type: "string", default: "16700" },
    rounds: { type: "string", default: "5" },
  },
});
const server = values.postgres ? await startPostgres() : null;
const database = await openDatabase({ url: server?.url ?? null, dataDir: IN_MEMORY });
try {
  await run(database, Number(values.patients), Number(values.rounds));
} finally {
  await database.close();
  await server?.stop();
}
