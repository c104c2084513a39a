/**
 * What consecutive cuts cost and show: `tsx bench/measure-cuts-program.ts [journeys] [cuts]` (90,000 and 12 unless told): an audit year as it
 * fills, with late, corrected and withdrawn journeys. For each cut: time, what is published and kept, the mean error of what is published, the
 * ledger's bytes and what the attacker on both cuts found.
 */
import { generateCutJourneys } from "../src/population/generate-population.ts";
import type { CodedJourneys } from "../src/statistics/cube/coded-journeys.ts";
import { countCells } from "../src/statistics/cube/count-cells.ts";
import { layOutCube } from "../src/statistics/cube/cube-layout.ts";
import { publishCube } from "../src/statistics/cube/publish-cube.ts";
import type { PublishedCube } from "../src/statistics/cube/published-cube.ts";
import type { PreviousPublication } from "../src/statistics/ledger/cube-ledger.ts";
import { decodeLedger, encodeLedger } from "../src/statistics/ledger/encode-ledger.ts";
import { inOneAuditYear } from "../test/support/cube-populations.ts";
import { monthlyCuts } from "../test/support/monthly-cuts.ts";

const journeys = Number(process.argv[2] ?? 90_000);
const cuts = Number(process.argv[3] ?? 12);

async function meanError(coded: CodedJourneys, { figures }: PublishedCube): Promise<number> {
  const { counts } = await countCells(coded, layOutCube(coded.places));
  const errors = Array.from(figures, (figure, cell) => (figure < 0 ? null : Math.abs(figure - (counts[cell] ?? 0)))).filter(
    (error) => error !== null,
  );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

async function main(): Promise<void> {
  const all = [...inOneAuditYear(generateCutJourneys({ seed: 1, journeys }))];
  let previous: PreviousPublication | null = null;
  let cut = 0;
  for await (const coded of monthlyCuts(all, 1)) {
    if (++cut > cuts) break;
    const began = performance.now();
    const publication = await publishCube(coded, previous);
    const seconds = (performance.now() - began) / 1000;
    const { report } = publication;
    console.log(`cut ${cut}: ${coded.size} journeys, ${seconds.toFixed(1)} s`, publication.kind, JSON.stringify(report));
    if (publication.kind === "REFUSED") continue;
    const afresh = cut === cuts ? await publishCube(coded, null) : null;
    const bytes = encodeLedger(publication.ledger);
    const error = await meanError(coded, publication.cube);
    console.log(
      `  ${((100 * report.published) / report.cells).toFixed(1)} % published, mean error ${error.toFixed(2)}, ${bytes.length} bytes`,
    );
    if (afresh?.kind === "PUBLISHED")
      console.log(
        `  afresh: ${((100 * afresh.report.published) / report.cells).toFixed(1)} %, ${(await meanError(coded, afresh.cube)).toFixed(2)}`,
      );
    previous = { coded, ledger: decodeLedger(bytes) };
  }
  console.log(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
}

await main();
