/**
 * Measures what the gateway promises about speed, each figure against a baseline of the same run.
 *
 *   npm run bench                        the whole table, about eight minutes
 *   npm run bench -- --quick             one short round of everything: shows that it runs, its figures mean little
 *   npm run bench -- --control           every check expects one more than is right, and must fail
 *   npm run bench -- --profile=FOLDER    leaves CPU profiles of the gateway in FOLDER
 *   npm run bench -- --only=file         only some parts: submit, embedded, fhir, status, file, sustained, mllp, stored, linking, simulation, mapping
 *   --processes=2                        gateway processes for `submit` and `sustained`; for `file` one that answers and one that works; 1 unless told
 *   --patients=1000000                   size of the file; the promise is about 100,000
 *   --seconds=600                        length of the sustained load; 60 unless told
 *   --stored=10000000                    submission records stored before status is asked again
 *
 * Needs PostgreSQL's binaries (scripts/postgres.ts). Every answer is checked; a wrong one ends the run with an error. A figure below
 * its floor is marked and does not: on a machine that others use at the same time, one run proves little.
 */
import { startPostgres, type ThrowAwayPostgres } from "../scripts/postgres.ts";
import { WrongAnswer } from "./answer-check.ts";
import { type BenchOptions, CONTROL, readOptions } from "./bench-options.ts";
import { type Figure, printFigures } from "./figures.ts";
import { LOG_LEVEL } from "./gateway-process.ts";
import { describeMachine } from "./machine.ts";
import { EMBEDDED_LOAD, measureEmbedded } from "./measure-embedded.ts";
import { measureFhir } from "./measure-fhir.ts";
import { measureFhirFile } from "./measure-fhir-file.ts";
import { FILE_LOAD, measureFile } from "./measure-file.ts";
import { LINKING_LOAD, measureLinking } from "./measure-linking.ts";
import { MAPPING_LOAD, measureMapping } from "./measure-mapping.ts";
import { MLLP_LOAD, measureMllp } from "./measure-mllp.ts";
import {
  measurePostgres,
  type PostgresSetting,
  postgresLoad,
  ROLES_FOR_FILES,
  serverVersion,
  withPostgresGateway,
} from "./measure-postgres.ts";
import { measureSimulation, SIMULATION_LOAD } from "./measure-simulation.ts";
import { measureStatus, STATUS_LOAD } from "./measure-status.ts";
import { measureStored, STORED_LOAD } from "./measure-stored.ts";
import { measureSustained, SUSTAINED_LOAD } from "./measure-sustained.ts";

/** The parts of the table, each on databases of its own. */
const PARTS: Readonly<Record<string, (server: ThrowAwayPostgres, options: BenchOptions) => Promise<void>>> = {
  submit: async (server, options) =>
    printFigures("PostgreSQL", postgresLoad(options), (await measurePostgres(server, options)).figures),
  embedded: async (server, options) => {
    const { rows } = await measurePostgres(server, { ...CONTROL, surplus: 0 });
    const { figures, version } = await measureEmbedded(rows, options);
    printFigures(`Embedded database, PostgreSQL ${version}`, EMBEDDED_LOAD, figures);
  },
  fhir: async (server, options) => {
    const fhir = await withPostgresGateway(server, options, (setting) => measureFhir(setting, options));
    if (fhir === null) console.log("\nFHIR: not measured, ../shared/data/synthea-r4-2021 is not here");
    else printFigures("FHIR, PostgreSQL", fhir.load, fhir.figures);
    const file = await withPostgresGateway(server, options, (setting) => measureFhirFile(setting, options));
    if (file !== null) printFigures("FHIR file, PostgreSQL", file.load, file.figures);
  },
  status: async (server, options) =>
    printFigures("Status, PostgreSQL", STATUS_LOAD, await withGateway(server, options, measureStatus)),
  file: async (server, options) => {
    const figures = await withPostgresGateway(server, options, (setting) => measureFile(setting, options), ROLES_FOR_FILES);
    printFigures("File, PostgreSQL", FILE_LOAD, figures);
  },
  sustained: async (server, options) =>
    printFigures("Sustained, PostgreSQL", SUSTAINED_LOAD, await withGateway(server, options, measureSustained)),
  mllp: async (server, options) => printFigures("HL7 v2 by MLLP, PostgreSQL", MLLP_LOAD, await measureMllp(server, options)),
  stored: async (server, options) =>
    printFigures("Much stored, PostgreSQL", STORED_LOAD, await withGateway(server, options, measureStored)),
  linking: async (server, options) =>
    printFigures("Linking, PostgreSQL", LINKING_LOAD, await withGateway(server, options, measureLinking)),
  simulation: async (server, options) =>
    printFigures("Simulating rules, PostgreSQL", SIMULATION_LOAD, await withGateway(server, options, measureSimulation)),
  mapping: async (_server, options) => printFigures("Mapping alone", MAPPING_LOAD, await measureMapping(options)),
};

const withGateway = (
  server: ThrowAwayPostgres,
  options: BenchOptions,
  measure: (setting: PostgresSetting, options: BenchOptions) => Promise<readonly Figure[]>,
): Promise<readonly Figure[]> => withPostgresGateway(server, options, (setting) => measure(setting, options));

const ONLY = "--only=";

/** @throws Error for a part that does not exist */
function chooseParts(args: readonly string[]): readonly string[] {
  const only = args
    .find((argument) => argument.startsWith(ONLY))
    ?.slice(ONLY.length)
    .split(",");
  const unknown = only?.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) throw new Error(`there is no part ${unknown}: ${Object.keys(PARTS).join(", ")}`);
  return only ?? Object.keys(PARTS);
}

async function printParts(server: ThrowAwayPostgres, args: readonly string[]): Promise<void> {
  const names = chooseParts(args);
  const options = readOptions(args);
  console.log(await describeMachine([await serverVersion(server)]));
  console.log(
    `settings  PostgreSQL's defaults (fsync and synchronous_commit on), gateway log level ${LOG_LEVEL}, one gateway process unless told`,
  );
  for (const name of names) await PARTS[name]?.(server, options);
}

/** @returns the names of the checks that accepted a wrong count */
async function runControl(server: ThrowAwayPostgres): Promise<readonly string[]> {
  const { rows } = await measurePostgres(server, { ...CONTROL, surplus: 0 });
  const checks: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["submitRecords on PostgreSQL", () => measurePostgres(server, CONTROL)],
    ["submitRecords on the embedded database", () => measureEmbedded(rows, CONTROL)],
    ["submitFhir", () => withPostgresGateway(server, CONTROL, (setting) => measureFhir(setting, CONTROL))],
    ["MLLP", () => measureMllp(server, CONTROL)],
    ["submission(id)", () => withPostgresGateway(server, CONTROL, (setting) => measureStatus(setting, CONTROL))],
    ["simulateRules", () => withPostgresGateway(server, CONTROL, (setting) => measureSimulation(setting, CONTROL))],
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
    if (!args.includes("--control")) await printParts(server, args);
    else if ((await runControl(server)).length > 0) process.exitCode = 1;
  } finally {
    await server.stop();
  }
}

await main();
