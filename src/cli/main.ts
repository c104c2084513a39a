#!/usr/bin/env node
/** The `nacr` command. */
import { parseArgs } from "node:util";
import { GatewayClientError } from "../client/gateway-client-error.ts";
import { defaultGatewayUrl } from "../config/load-config.ts";
import { runExportAudit, runVerifyAudit } from "./audit-commands.ts";
import { runBootstrapAdmin } from "./bootstrap-admin.ts";
import { CliError, EXIT } from "./cli-error.ts";
import {
  type CommandOptions,
  type CommandResult,
  createClient,
  runStatus,
  runSubmit,
  runToken,
  runWatch,
  submissionOptions,
} from "./commands.ts";
import { initClient } from "./init-client.ts";
import { listenHl7 } from "./listen-hl7.ts";
import { pullFhir } from "./pull-fhir.ts";
import { INPUT_FORMATS } from "./read-input.ts";
import { runRotation, toRotation } from "./rotate-keys.ts";
import { simulateRules } from "./simulate-rules.ts";
import { verifyCertificate } from "./verify-certificate.ts";

const HELP = `nacr <command> [options]

  token                  print one access token and nothing else
  submit FILE|-          submit NACR records, FHIR resources or HL7 v2 messages, and print every answer
  status ID              what became of a submission
  watch ID               the same while it goes on, with progress, until it has ended
  init [FOLDER]          a new key pair for a client, made on this machine
  verify-audit           on the host: check the audit trail against its chain and its anchor
  export-audit           on the host: the log of --organisation since --since, as FHIR AuditEvents, one a line
  listen-hl7             take HL7 v2 by MLLP on this machine and hand it on, until it is stopped
  simulate-rules FILE    what proposed rules (JSON, docs/simulation.md) would change of what was sent so far; nothing is written
  verify-certificate FILE  whether a destruction certificate is what the installation signed (--public-key FILE)
  bootstrap-admin        name the first two audit administrators, on the host of the database (docs/registration.md)
  rotate-master-key      a new master key, on the host of the database (--prepare: several machines; docs/keys.md)
  rotate-data-key        a new key for what an organisation has stored (--organisation ODS), on the host
  rotate-token-secret    a new secret for access tokens, on the host
  pull-fhir URL          read a FHIR server from this machine and submit what it holds

Who you are
  --as NAME              a demo identity: submitter (default), submitter2, vendor, team, team2, guardian, analyst, admin,
                         newcomer (a person without a role)
  --key FILE             a client's own key: JSON with clientId, kid, alg, privateKey (JWK); docs/clients.md makes one
  --client ID            the client's id, where the key file does not name it
  --organisation ODS     the organisation to act for, where the client has several
  --url URL              the gateway (default http://127.0.0.1:$PORT)

Submitting
  --programme CODE       the programme that sends; not needed where you act for one only
  --format FORMAT        records, fhir or hl7v2; told by the content where absent
  --profile NAME         a sender profile
  --idempotency-key KEY  repeat a request without sending it twice
  --dry-run              judge and preview, keep nothing
  --all-or-nothing       store nothing if any record is rejected
  --json                 for machines

Reading a FHIR server
  --fhir-token FILE      a file with a token for the server
  --fhir-key FILE        the server's client key of yours: JSON with clientId, kid, alg (ES384, RS384), privateKey (JWK)
  --since TIME           only patients of whom anything changed since
  --group ID             the members of a FHIR Group; --cohort SEARCH (more than one): Encounter?service-type=533
  --bulk                 by a bulk export; else the server's CapabilityStatement decides

Simulating rules
  --from TIME, --to TIME only submissions received from the one, before the other

Naming administrators (reads the settings the gateway reads: DATABASE_URL, NACR_DATA_DIR, NACR_IDENTITY_PROVIDERS)
  --issuer URL           of the identity provider; --subject ID (twice): who they are there

Checking the audit trail
  --anchor FILE          a copy of the anchor that was kept elsewhere

Listening for HL7 v2
  --port PORT            of loopback (default 2575)

Exit codes: 0 done, 1 something was rejected, 2 wrong use, 3 refused by the gateway, 4 gateway not reached

Examples
  nacr token --as team
  nacr submit discharge-bundle.json --programme CR-VALLEY --dry-run
  nacr status 01990b5e-7c1a-7d4e-9d0b-0c5f8a2b6f11 --json`;

const OPTIONS = {
  as: { type: "string" },
  key: { type: "string" },
  client: { type: "string" },
  organisation: { type: "string" },
  url: { type: "string" },
  programme: { type: "string" },
  format: { type: "string" },
  profile: { type: "string" },
  "idempotency-key": { type: "string" },
  "dry-run": { type: "boolean", default: false },
  "all-or-nothing": { type: "boolean", default: false },
  "fhir-token": { type: "string" },
  "fhir-key": { type: "string" },
  since: { type: "string" },
  group: { type: "string" },
  cohort: { type: "string", multiple: true },
  bulk: { type: "boolean", default: false },
  from: { type: "string" },
  to: { type: "string" },
  port: { type: "string" },
  "public-key": { type: "string" },
  issuer: { type: "string" },
  subject: { type: "string", multiple: true },
  prepare: { type: "boolean", default: false },
  anchor: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

async function run(args: readonly string[]): Promise<CommandResult> {
  const { values, positionals } = parse(args);
  const [command, argument] = positionals;
  if (values.help || command === undefined) return { output: HELP, exitCode: values.help ? EXIT.done : EXIT.usage };
  const options: CommandOptions = {
    as: values.as,
    key: values.key,
    client: values.client,
    organisation: values.organisation,
    programme: values.programme,
    profile: values.profile,
    json: values.json,
    url: values.url ?? defaultGatewayUrl(),
    format: INPUT_FORMATS.find((format) => format === values.format),
    idempotencyKey: values["idempotency-key"],
    dryRun: values["dry-run"],
    allOrNothing: values["all-or-nothing"],
  };
  if (values.format !== undefined && options.format === undefined)
    throw new CliError(`--format is one of ${INPUT_FORMATS.join(", ")}.`, EXIT.usage);
  if (command === "token") return await runToken(options);
  if (command === "submit" && argument !== undefined) return await runSubmit(argument, options);
  if (command === "status" && argument !== undefined) return await runStatus(argument, options);
  if (command === "watch" && argument !== undefined) return await runWatch(argument, options, SCREEN);
  if (command === "init") return initClient(argument ?? ".");
  if (command === "verify-certificate" && argument !== undefined) return verifyCertificate(argument, values["public-key"]);
  if (command === "simulate-rules" && argument !== undefined) {
    const simulating = { from: values.from, to: values.to, json: values.json };
    return await simulateRules(argument, simulating, createClient(options), (text) => console.error(text));
  }
  const rotation = toRotation(command, values);
  if (rotation !== null) return await runRotation(rotation);
  if (command === "bootstrap-admin") return await runBootstrapAdmin({ issuer: values.issuer, subjects: values.subject ?? [] });
  if (command === "verify-audit") return await runVerifyAudit({ anchor: values.anchor, json: values.json });
  if (command === "export-audit") {
    const count = await runExportAudit({ organisation: values.organisation, since: values.since }, process.stdout);
    console.error(`${count} entries.`);
    return { output: "", exitCode: EXIT.done };
  }
  if (command === "listen-hl7")
    return await listenHl7({ ...options, port: values.port }, submissionOptions, (line) => console.error(line), untilStopped());
  if (command === "pull-fhir" && argument !== undefined) {
    const { bulk, cohort = [], group, since, "fhir-token": fhirToken, "fhir-key": fhirKey } = values;
    const pulling = { ...options, bulk, cohort, group, since, fhirToken, fhirKey };
    const client = createClient(options);
    const gateway = { client, options: await submissionOptions(client, options) };
    return await pullFhir(argument, pulling, gateway, (text) => console.error(text));
  }
  throw new CliError(`nacr has no command like this. See nacr --help.`, EXIT.usage);
}

/** Progress goes beside the answer, so that this can be piped. */
const SCREEN = { isTerminal: process.stderr.isTTY === true, write: (text: string) => void process.stderr.write(text) };

const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new CliError(error instanceof Error ? error.message : "The options cannot be read.", EXIT.usage);
  }
}

try {
  const { output, exitCode } = await run(process.argv.slice(2));
  if (output !== "") console.log(output);
  process.exitCode = exitCode;
} catch (error) {
  if (error instanceof CliError) {
    console.error(error.message);
    process.exitCode = error.exitCode;
  } else if (error instanceof GatewayClientError) {
    console.error(`${error.code}: ${error.message}${error.correlationId ? ` (correlation id ${error.correlationId})` : ""}`);
    process.exitCode = error.code === "UNREACHABLE" ? EXIT.unreachable : EXIT.refused;
  } else throw error;
}
