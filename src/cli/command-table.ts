/** Every command of `nacr` by its name. Each loads what it needs when it is asked for: those of the host load half of the gateway. */
import { EXIT } from "./cli-error.ts";
import { type CommandValues, toCommandOptions } from "./command-line.ts";
import { type CommandResult, createClient, runStatus, runSubmit, runToken, runWatch, submissionOptions } from "./commands.ts";

type RunCommand = (values: CommandValues) => Promise<CommandResult>;
type RunWithArgument = (argument: string, values: CommandValues) => Promise<CommandResult>;

const say = (line: string): void => console.error(line);
/** Progress goes beside the answer, so that this can be piped. */
const SCREEN = { isTerminal: process.stderr.isTTY === true, write: (text: string) => void process.stderr.write(text) };

const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });

const clientOf = (values: CommandValues) => createClient(toCommandOptions(values));

const rotate =
  (command: string): RunCommand =>
  async (values) => {
    const { runRotation, toRotation } = await import("./rotate-keys.ts");
    const rotation = toRotation(command, values);
    if (rotation === null) throw new Error("No such rotation");
    return await runRotation(rotation);
  };

/** Commands without an argument, or with one that may be left out. */
export const COMMANDS: Readonly<Record<string, RunCommand>> = {
  token: async (values) => runToken(toCommandOptions(values)),
  population: async (values) => {
    await (await import("./population.ts")).runPopulation(values, process.stdout);
    return { output: "", exitCode: EXIT.done };
  },
  "publish-cut": async (values) => (await import("./publish-cut.ts")).publishCut({ json: values.json }, clientOf(values), say),
  "bootstrap-admin": async ({ issuer, subject = [] }) =>
    (await import("./bootstrap-admin.ts")).runBootstrapAdmin({ issuer, subjects: subject }),
  "verify-audit": async ({ anchor, json }) => (await import("./audit-commands.ts")).runVerifyAudit({ anchor, json }),
  "export-audit": async ({ organisation, since }) => {
    const count = await (await import("./audit-commands.ts")).runExportAudit({ organisation, since }, process.stdout);
    say(`${count} entries.`);
    return { output: "", exitCode: EXIT.done };
  },
  "load-geography": async (values) => (await import("./load-geography.ts")).runLoadGeography(values),
  "rotate-master-key": rotate("rotate-master-key"),
  "rotate-data-key": rotate("rotate-data-key"),
  "rotate-token-secret": rotate("rotate-token-secret"),
  "listen-hl7": async (values) => {
    const listening = { ...toCommandOptions(values), port: values.port };
    return await (await import("./listen-hl7.ts")).listenHl7(listening, submissionOptions, say, untilStopped());
  },
  init: async () => (await import("./init-client.ts")).initClient("."),
};

/** Commands with an argument. */
export const COMMANDS_WITH_ARGUMENT: Readonly<Record<string, RunWithArgument>> = {
  submit: async (file, values) => runSubmit(file, toCommandOptions(values)),
  status: async (id, values) => runStatus(id, toCommandOptions(values)),
  watch: async (id, values) => runWatch(id, toCommandOptions(values), SCREEN),
  init: async (folder) => (await import("./init-client.ts")).initClient(folder),
  "export-importer": async (file, values) =>
    (await import("./export-importer.ts")).exportImporter(file, values.programme, toCommandOptions(values)),
  "fetch-extract": async (id, values) =>
    (await import("./fetch-extract.ts")).fetchExtract(id, values.out, toCommandOptions(values)),
  "verify-certificate": async (file, values) =>
    (await import("./verify-certificate.ts")).verifyCertificate(file, values["public-key"]),
  "verify-cut": async (number, { json, "from-history": fromHistory }) =>
    (await import("./verify-cut.ts")).runVerifyCut(number, { json, fromHistory }),
  "audit-pack": async (agreement, values) => {
    const { out, from, to } = values;
    return await (await import("./audit-pack.ts")).writeAuditPack(agreement, { out, from, to }, clientOf(values));
  },
  "simulate-rules": async (file, values) => {
    const { from, to, json } = values;
    return await (await import("./simulate-rules.ts")).simulateRules(file, { from, to, json }, clientOf(values), say);
  },
  "pull-fhir": async (url, values) => {
    const { bulk, cohort = [], group, since, "fhir-token": fhirToken, "fhir-key": fhirKey } = values;
    const options = toCommandOptions(values);
    const client = createClient(options);
    const gateway = { client, options: await submissionOptions(client, options) };
    const pulling = { ...options, bulk, cohort, group, since, fhirToken, fhirKey };
    return await (await import("./pull-fhir.ts")).pullFhir(url, pulling, gateway, say);
  },
};
