/** The options of `nacr`, whatever the command. */
import { parseArgs } from "node:util";
import { defaultGatewayUrl } from "../config/load-config.ts";
import { CliError, EXIT } from "./cli-error.ts";
import type { CommandOptions } from "./commands.ts";
import { INPUT_FORMATS } from "./read-input.ts";

const OPTIONS = {
  as: { type: "string" },
  key: { type: "string" },
  token: { type: "string" },
  out: { type: "string" },
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
  "from-history": { type: "boolean", default: false },
  directory: { type: "string" },
  deprivation: { type: "string", multiple: true },
  organisations: { type: "string" },
  journeys: { type: "string" },
  seed: { type: "string" },
  shape: { type: "string" },
  years: { type: "string" },
  "first-year": { type: "string" },
  json: { type: "boolean", default: false },
} as const;

export type CommandValues = ReturnType<typeof parseCommandLine>["values"];

/** @throws CliError for an option that there is not */
export function parseCommandLine(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new CliError(error instanceof Error ? error.message : "The options cannot be read.", EXIT.usage);
  }
}

/** What commands that ask a gateway have in common. @throws CliError for a format that there is not */
export function toCommandOptions(values: CommandValues): CommandOptions {
  const format = INPUT_FORMATS.find((known) => known === values.format);
  if (values.format !== undefined && format === undefined)
    throw new CliError(`--format is one of ${INPUT_FORMATS.join(", ")}.`, EXIT.usage);
  return {
    as: values.as,
    key: values.key,
    token: values.token,
    client: values.client,
    organisation: values.organisation,
    programme: values.programme,
    profile: values.profile,
    json: values.json,
    url: values.url ?? defaultGatewayUrl(),
    format,
    idempotencyKey: values["idempotency-key"],
    dryRun: values["dry-run"],
    allOrNothing: values["all-or-nothing"],
  };
}
