/**
 * What a published cube costs: `tsx bench/measure-cube-program.ts [journeys]` (1,000,000 unless told). Prints the times of coding, of counting
 * with rules, attack and repair together, the peak of memory, what the cube shows, and the speed of look-ups (assurance.md S7, S8).
 */
import { generateCutJourneys } from "../src/population/generate-population.ts";
import { codeJourneys } from "../src/statistics/cube/coded-journeys.ts";
import { shapeTables } from "../src/statistics/cube/cube-layout.ts";
import { encodeCube } from "../src/statistics/cube/encode-cube.ts";
import { CubeReader } from "../src/statistics/cube/look-up.ts";
import { publishCube } from "../src/statistics/cube/publish-cube.ts";
import type { PublishedCube } from "../src/statistics/cube/published-cube.ts";
import { inOneAuditYear } from "../test/support/cube-populations.ts";

const journeys = Number(process.argv[2] ?? 1_000_000);
const LOOK_UPS = 3000;

/** Elapsed, and of the processor: where the machine is shared, the second says what it would take alone. */
class Stopwatch {
  readonly #began = performance.now();
  readonly #cpu = process.cpuUsage();

  get cpuSeconds(): number {
    const { user, system } = process.cpuUsage(this.#cpu);
    return (user + system) / 1_000_000;
  }
  get text(): string {
    return `${((performance.now() - this.#began) / 1000).toFixed(1)} s (${this.cpuSeconds.toFixed(1)} s of the processor)`;
  }
}

async function main(): Promise<void> {
  const start = new Stopwatch();
  const [coded] = await codeJourneys(inOneAuditYear(generateCutJourneys({ seed: 1, journeys })));
  if (coded === undefined) throw new Error("no journeys");
  console.log(`${coded.size} journeys generated and coded in ${start.text}`);
  const counting = new Stopwatch();
  const publication = await publishCube(coded, null);
  console.log(`counted, attacked and repaired in ${counting.text}`, publication.kind, publication.report);
  console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
  if (publication.kind === "PUBLISHED") describe(publication.cube);
}

function describe(cube: PublishedCube): void {
  const shares = new Map<string, [shown: number, all: number]>();
  for (const { declaration, offset, size } of shapeTables((level) => cube.places[level].length)) {
    const key = `${declaration.level} x ${declaration.dimensions.length}`;
    const share = shares.get(key) ?? [0, 0];
    share[0] += cube.figures.subarray(offset, offset + size).filter((figure) => figure >= 0).length;
    share[1] += size;
    shares.set(key, share);
  }
  for (const [key, [shown, all]] of shares) console.log(`${key}: ${((100 * shown) / all).toFixed(1)} % of ${all} cells`);
  console.log(`${encodeCube(cube).length} bytes encoded`);
  measureLookUps(new CubeReader(cube));
}

function measureLookUps(reader: CubeReader): void {
  const questions = ["STARTED", "PERCENT_COMPLETED"].flatMap((measure) =>
    ["sex", "age", "eventGroup", "quarter"].map((key) => ({ measure, dimensions: ["programme", key], where: [] })),
  );
  const watch = new Stopwatch();
  const times: number[] = [];
  for (let turn = 0; turn < LOOK_UPS; turn++) {
    const question = questions[turn % questions.length];
    const began = performance.now();
    if (question !== undefined) JSON.stringify(reader.lookUp(question));
    times.push(performance.now() - began);
  }
  const total = times.reduce((sum, time) => sum + time, 0);
  const p95 = times.toSorted((a, b) => a - b)[Math.floor(LOOK_UPS * 0.95)] ?? 0;
  const alone = Math.round(LOOK_UPS / watch.cpuSeconds);
  console.log(
    `look-ups of programme tables: ${Math.round((LOOK_UPS / total) * 1000)}/s, p95 ${p95.toFixed(2)} ms; ${alone} in a second of the processor`,
  );
}

await main();
