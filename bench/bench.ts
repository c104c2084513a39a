/**
 * Measures what the gateway promises about speed, each figure against a baseline of the same run.
 *
 *   npm run bench                        the whole table, about four minutes
 *   npm run bench -- --quick             one short round of everything: shows that it runs, its figures mean little
 *   npm run bench -- --control           every check expects one more than is right, and must fail
 *   npm run bench -- --profile=FOLDER    leaves CPU profiles of the gateway in FOLDER
 *
 * Needs PostgreSQL's binaries (scripts/postgres.ts). Every answer is checked; a wrong one ends the run with an error. A figure below
 * its floor is marked and does not: on a machine that others use at the same time, one run proves little.
 */
import { startPostgres, type ThrowAwayPostgres } from "../scripts/postgres.ts";
import { WrongAnswer } from "./answer-check.ts";
import { type BenchOptions, CONTROL, readOptions } from "./bench-options.ts";
import { printFigures } from "./figures.ts";
import { LOG_LEVEL } from "./gateway-process.ts";
import { describeMachine } from "./machine.ts";
import { EMBEDDED_LOAD, measureEmbedded } from "./measure-embedded.ts";
import { measureFhir } from "./measure-fhir.ts";
import { measurePostgres, POSTGRES_LOAD, serverVersion, withPostgresGateway } from "./measure-postgres.ts";
import { measureStatus, STATUS_LOAD } from "./measure-status.ts";

async function printAll(server: ThrowAwayPostgres, options: BenchOptions): Promise<void> {
  const postgres = await measurePostgres(server, options);
  const embedded = await measureEmbedded(postgres.rows, options);
  const [fhir, status] = await withPostgresGateway(server, options, async (setting) => [
    await measureFhir(setting, options),
    await measureStatus(setting, options),
  ]);
  const versions = [await serverVersion(server), `embedded PostgreSQL ${embedded.version}`];
  console.log(await describeMachine(versions));
  console.log(
    `settings  PostgreSQL's defaults (fsync and synchronous_commit on), gateway log level ${LOG_LEVEL}, one gateway process`,
  );
  printFigures("PostgreSQL", POSTGRES_LOAD, postgres.figures);
  printFigures("Embedded database", EMBEDDED_LOAD, embedded.figures);
  if (fhir === null) console.log("\nFHIR: not measured, ../shared/data/synthea-r4-2021 is not here");
  else printFigures("FHIR, PostgreSQL", fhir.load, fhir.figures);
  printFigures("Status, PostgreSQL", STATUS_LOAD, status);
}

/** @returns the names of the checks that accepted a wrong count */
async function runControl(server: ThrowAwayPostgres): Promise<readonly string[]> {
  const { rows } = await measurePostgres(server, { ...CONTROL, surplus: 0 });
  const checks: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["submitRecords on PostgreSQL", () => measurePostgres(server, CONTROL)],
    ["submitRecords on the embedded database", () => measureEmbedded(rows, CONTROL)],
    ["submitFhir", () => withPostgresGateway(server, CONTROL, (setting) => measureFhir(setting, CONTROL))],
    ["submission(id)", () => withPostgresGateway(server, CONTROL, (setting) => measureStatus(setting, CONTROL))],
  ];
  const accepting: string[] = [];
  for (const [name, check] of checks) {
    const refusal = await check().then(
      () => null,
      (error: unknown) => error,
    );
    if (refusal !== null && !(refusal instanceof WrongAnswer)) throw refusal;
    console.log(`${name}: ${refusal === null ? "ACCEPTED a wrong count" : `refused: ${refusal.message}`}`);
    if (refusal === null) accepting.push(name);
  }
  return accepting;
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const server = await startPostgres();
  try {
    if (!args.includes("--control")) await printAll(server, readOptions(args));
    else if ((await runControl(server)).length > 0) process.exitCode = 1;
  } finally {
    await server.stop();
  }
}

await main();
