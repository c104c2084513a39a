/**
 * Look-ups of analysts, layer by layer: the cube alone with JSON; with HTTP and GraphQL, agreements in memory (the client's work counts, too);
 * and the whole way, with the gate's reads and its log in PostgreSQL.
 *
 *   tsx scripts/postgres.ts -- tsx bench/statistics-program.ts 1000     gateway on PostgreSQL in a process of its own, each question so often
 */
import pg from "pg";
import { DEMO_AGREEMENT_ID } from "../src/agreements/demo-agreement.ts";
import { CubeReader } from "../src/statistics/cube/look-up.ts";
import { inputOf, startStatisticsServer } from "../test/api/statistics/statistics-server.ts";
import { putSampleCut, sampleCube, sampleCuts } from "../test/support/sample-cuts.ts";
import { startGateway } from "./gateway-process.ts";
import { cpuSeconds } from "./process-cpu.ts";

const TIMES = Number(process.argv[2] ?? 1_000);
const AT_ONCE = 8;
const WARM_UP = 30;

const codes = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(3, "0")}`);
const nations = ["ENGLAND", "NORTHERN_IRELAND", "WALES"];
const [regions, trusts, programmes] = [codes("Y", 10), codes("R", 150), codes("CR-", 230)];
const inNations = (places: readonly string[]): readonly string[] => places.map((_, index) => nations[index % 3] ?? "");
const cube = sampleCube(2024, 7, {
  places: { UNITED_KINGDOM: ["UK"], nation: nations, region: regions, trust: trusts, programme: programmes },
  nations: {
    UNITED_KINGDOM: [""],
    nation: nations,
    region: inNations(regions),
    trust: inNations(trusts),
    programme: inNations(programmes),
  },
});

interface Asked {
  readonly name: string;
  readonly measure: string;
  readonly dimensions: readonly string[];
}
const QUESTIONS: readonly Asked[] = [
  { name: "United Kingdom by sex", measure: "STARTED", dimensions: ["sex"] },
  { name: "region by sex and age", measure: "JOURNEYS", dimensions: ["region", "sex", "age"] },
  { name: "every programme by sex", measure: "STARTED", dimensions: ["programme", "sex"] },
  { name: "every programme by age and sex", measure: "JOURNEYS", dimensions: ["programme", "age", "sex"] },
];

function tell(name: string, times: readonly number[], seconds: number, cpu: number): void {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  console.log(
    `${name}: ${(times.length / seconds).toFixed(0)}/s, median ${at(0.5)} ms, p95 ${at(0.95)} ms, ${((cpu / times.length) * 1_000).toFixed(1)} ms CPU each`,
  );
}

/** @param pid whose processor time is told: it says what a look-up takes, also where the machine has other work */
async function measure(name: string, atOnce: number, pid: number, ask: () => unknown): Promise<void> {
  for (let index = 0; index < WARM_UP; index += 1) await ask();
  const times: number[] = [];
  const before = await cpuSeconds(pid);
  const began = performance.now();
  let left = TIMES;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) {
        const start = performance.now();
        await ask();
        times.push(performance.now() - start);
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  tell(name, times, seconds, (await cpuSeconds(pid)) - before);
}

const toName = (key: string): string => key.toUpperCase();
const QUERY =
  "query ($input: StatisticsInput!) { statistics(input: $input) { suppressedCells citation rows { categories { category } value { number } } } }";
const bodyOf = ({ measure: asked, dimensions }: Asked): Buffer =>
  Buffer.from(
    JSON.stringify({
      query: QUERY,
      variables: {
        input: {
          agreement: DEMO_AGREEMENT_ID,
          purpose: "SERVICE_EVALUATION",
          measure: asked,
          dimensions: dimensions.map(toName),
        },
      },
    }),
  );

console.log(`${cube.figures.length} cells, ${TIMES} look-ups of each`);
const reader = new CubeReader(cube);
for (const question of QUESTIONS) {
  const answer = reader.lookUp({ ...question, where: [] });
  const rows = answer.kind === "PUBLISHED" ? answer.rows.length : 0;
  await measure(`cube alone, ${question.name} (${rows} rows)`, 1, process.pid, () =>
    JSON.stringify(reader.lookUp({ ...question, where: [] })),
  );
}

const server = await startStatisticsServer({
  ...sampleCuts(),
  reader: async () => ({ reader, digest: "d".repeat(64) }),
});
for (const question of QUESTIONS) {
  const input = inputOf({ measure: question.measure, dimensions: question.dimensions.map(toName) });
  await measure(`without a database, ${question.name}`, 1, process.pid, () => server.ask(QUERY, { input }));
}
await server.close();

const databaseUrl = process.env.TEST_DATABASE_URL;
if (databaseUrl === undefined) throw new Error("Run it by scripts/postgres.ts: the gateway and this program share a database.");
const plenty = { NACR_REQUESTS_PER_MINUTE: "10000000", NACR_COST_PER_MINUTE: "1000000000" };
const gateway = await startGateway({ databaseUrl, profileFolder: null, environment: plenty });
const admin = new pg.Client({ connectionString: databaseUrl });
try {
  await admin.connect();
  await putSampleCut(
    { query: async (text, values) => (await admin.query(text, values === undefined ? [] : [...values])).rows },
    cube,
  );
  const client = await gateway.connect("analyst");
  for (const question of QUESTIONS) {
    const body = bodyOf(question);
    const first: { data: object | null } = JSON.parse(await client.post(body));
    if (first.data === null) throw new Error(JSON.stringify(first));
    for (const atOnce of [1, AT_ONCE])
      await measure(`whole way, ${question.name}, ${atOnce} at once`, atOnce, gateway.pid, () => client.post(body));
  }
  client.close();
} finally {
  await admin.end();
  await gateway.stop();
}
