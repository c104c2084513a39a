/** `submitRecords` on the embedded database against COPY of the same rows on another one. */
import type { BenchOptions } from "./bench-options.ts";
import { type EmbeddedBaseline, openEmbeddedBaseline } from "./embedded-copy.ts";
import type { Figure } from "./figures.ts";
import { type GatewayProcess, startGateway } from "./gateway-process.ts";
import { RECORDS_PER_REQUEST } from "./sample-submissions.ts";
import { timed } from "./statistics.ts";
import { SubmitLoad } from "./submit-load.ts";
import { countRows, type TableRows, withNewKeys } from "./written-rows.ts";

const IN_FLIGHT = 2;
export const EMBEDDED_LOAD = "as above, on the embedded database in a folder; its baseline runs in the bench's own process";

interface Round {
  readonly submitted: number;
  readonly rows: number;
  readonly copied: number;
}

async function runCopies(baseline: EmbeddedBaseline, rows: readonly TableRows[], times: number): Promise<number> {
  const copies = Array.from({ length: times }, () => withNewKeys(rows));
  const { result, seconds } = await timed(async () => {
    let count = 0;
    for (const copy of copies) count += await baseline.copySubmission(copy);
    return count;
  });
  return result / seconds;
}

async function runRound(
  gateway: GatewayProcess,
  baseline: EmbeddedBaseline,
  rows: readonly TableRows[],
  load: SubmitLoad,
  { submissions }: BenchOptions,
): Promise<Round> {
  const client = await gateway.connect();
  const { recordsPerSecond } = await load.run([client], "NEW", submissions);
  client.close();
  const copied = await runCopies(baseline, rows, submissions);
  return { submitted: recordsPerSecond, rows: (recordsPerSecond / RECORDS_PER_REQUEST) * countRows(rows), copied };
}

function toFigures(rounds: readonly Round[]): readonly Figure[] {
  const of = (read: (round: Round) => number): readonly number[] => rounds.map(read);
  return [
    { name: "submitRecords, new patients", unit: "records/s", rounds: of((r) => r.submitted), floor: 5_000 },
    {
      name: "submitRecords, new patients: rows written ÷ COPY",
      unit: "ratio",
      rounds: of((r) => r.rows / r.copied),
      floor: 0.25,
    },
    { name: "  the same as rows of all tables", unit: "rows/s", rounds: of((r) => r.rows) },
    { name: "baseline: COPY of the same rows, one transaction per submission", unit: "rows/s", rounds: of((r) => r.copied) },
  ];
}

export interface EmbeddedFigures {
  readonly figures: readonly Figure[];
  readonly version: string;
}

/** @param rows those of one submission, as PostgreSQL stored them: the embedded database stores the same */
export async function measureEmbedded(rows: readonly TableRows[], options: BenchOptions): Promise<EmbeddedFigures> {
  const gateway = await startGateway({ databaseUrl: null, profileFolder: options.profileFolder });
  const baseline = await openEmbeddedBaseline();
  try {
    const load = new SubmitLoad(IN_FLIGHT, [gateway.pid], options.surplus);
    const client = await gateway.connect();
    await load.run([client], "NEW", options.warmUps);
    client.close();
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round++) rounds.push(await runRound(gateway, baseline, rows, load, options));
    return { figures: toFigures(rounds), version: baseline.version };
  } finally {
    await baseline.close();
    await gateway.stop();
  }
}
