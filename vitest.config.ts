import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { findBinary } from "./scripts/postgres.ts";

// vitest would load graphql twice (CommonJS for type-graphql, ESM for us), and two copies refuse each other's types.
const graphql = createRequire(import.meta.url).resolve("graphql/index.js");
const alias = [{ find: /^graphql$/, replacement: graphql }];

const project = (name: string, more: object = {}) => ({
  resolve: { alias },
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    server: { deps: { inline: [/type-graphql/, /@apollo/, /@as-integrations/, /graphql-sse/, /graphql-ws/] } },
    ...more,
  },
});

/** Tests that promise a time measure it themselves; this one only ends what hangs, also where others use the machine's cores. */
const SLOW_MACHINE_MS = 60_000;

/** Where `.ci/run` wants the results of a run, to count them over several runs; absent everywhere else. */
const resultsFile = process.env.TEST_RESULTS_FILE;

/**
 * Tests of the API in which the kind of database makes no difference: the HTTP edge, tokens, transports, sockets, calls to other servers; and
 * what analysts are answered, whose statements have tests of the database.
 * `npm test` runs them; the PostgreSQL run, which comes after it, leaves them out for the sake of its time (two minutes of ten).
 */
const ANY_DATABASE = [
  "test/api/access/!(access-matrix).test.ts",
  "test/api/{agreements,client,extracts,geography,statistics}/**",
  "test/api/edge/**",
  "test/api/live/{slow-reader,transports}.test.ts",
  "test/api/mllp/{listeners,listen-hl7}.test.ts",
  "test/api/profiles/workbooks.test.ts",
  "test/api/pull/{configured-sources,pull-fhir}.test.ts",
];
/**
 * Loading the gateway's modules for each file took a ninth of the time of these tests. They keep no state in modules: each file makes
 * databases and gateways of its own.
 */
const MODULES_ONCE = { isolate: false };
/** They open the embedded database whatever the run is of. */
const EMBEDDED_ONLY = ["test/db/embedded/!(vacuum).test.ts"];
/**
 * Random histories: the same statements on either database, and each takes three to five times as long on the embedded one. The PostgreSQL
 * run has more of them; `NACR_HISTORIES` set, they run on the embedded database, too.
 */
const RANDOM_HISTORIES = [
  "test/db/control/withdraw-histories.test.ts",
  "test/db/history/as-of-histories.test.ts",
  "test/db/sequences/**",
  "test/db/national/any-history.test.ts",
  "test/db/links/any-order.test.ts",
  "test/db/corrections/merge-histories.test.ts",
  "test/db/submission/{histories,answers-know-no-others}.test.ts",
  "test/db/consent/objection-storm.test.ts",
];
/**
 * Long tests whose statements are the same on either database: a third of the time of the embedded run, and half as long on PostgreSQL.
 * Where the machine has PostgreSQL they run there alone; where it has none, `npm test` runs them, so that none is ever left out.
 */
const LONG_ON_EMBEDDED = [
  "test/api/access/access-matrix.test.ts",
  "test/api/keys/data-key-rotation.test.ts",
  "test/api/national/national-feed.test.ts",
  "test/api/pull/pull.test.ts",
  "test/api/reporting/{programme-report,staffing-file}.test.ts",
  "test/api/submission/preview.test.ts",
  "test/api/{protected,tenancy}/**",
  "test/db/consent/restored-backup.test.ts",
  "test/db/control/{withdraw,withdraw-records}.test.ts",
  "test/db/corrections/{merging,replaces}.test.ts",
  "test/db/cuts/{cuts,from-history,objected-patients,real-cut}.test.ts",
  "test/db/extracts/{handing-over,making}.test.ts",
  "test/db/destruction/restored-backup.test.ts",
  "test/db/journey/journey-store.test.ts",
  "test/db/keys/{data,master}-key-rotation.test.ts",
  "test/db/links/{concurrent,two-organisations}.test.ts",
  "test/db/simulation/simulate-rules.test.ts",
  "test/db/submission/preview-equals-commit.test.ts",
];
const onPostgres = process.env.TEST_DATABASE_URL !== undefined;

function hasPostgres(): boolean {
  try {
    return findBinary("initdb") !== "";
  } catch {
    return false;
  }
}

const leftToPostgres = hasPostgres() ? LONG_ON_EMBEDDED : [];
const excludedOfDb = onPostgres
  ? EMBEDDED_ONLY
  : [...leftToPostgres, ...(process.env.NACR_HISTORIES === undefined ? RANDOM_HISTORIES : [])];

export default defineConfig({
  test: {
    // A sixth of the suite's time is waiting (for leases, silent readers, processes that start), so one more than the machine has cores.
    maxWorkers: availableParallelism() + 1,
    globalSetup: onPostgres ? [] : ["test/support/memory-image.ts"],
    reporters: resultsFile === undefined ? ["default"] : ["default", ["json", { outputFile: resultsFile }]],
    projects: [
      project("unit", { testTimeout: SLOW_MACHINE_MS, hookTimeout: SLOW_MACHINE_MS }),
      project("mappings", { testTimeout: SLOW_MACHINE_MS }),
      // Hostile analysts; `NACR_ATTACK=full` for the whole of it (docs/evidence/statistics.md).
      project("attack", { ...MODULES_ONCE, testTimeout: SLOW_MACHINE_MS, hookTimeout: SLOW_MACHINE_MS }),
      project("types", { include: [], typecheck: { enabled: true, only: true, include: ["test/types/**/*.test-d.ts"] } }),
      project("db", { ...MODULES_ONCE, testTimeout: 60_000, hookTimeout: 60_000, exclude: excludedOfDb }),
      project("api", {
        ...MODULES_ONCE,
        testTimeout: 60_000,
        hookTimeout: 60_000,
        exclude: onPostgres ? ANY_DATABASE : leftToPostgres,
      }),
      // Kills processes, so it needs PostgreSQL: `npm run test:postgres`. After the others, whose patience is shorter than a restart.
      project("faults", { testTimeout: 600_000, hookTimeout: 60_000, sequence: { groupOrder: 1 } }),
      project("e2e", { testTimeout: 120_000, hookTimeout: 120_000 }),
    ],
  },
});
