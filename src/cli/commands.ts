/** The commands of `nacr`: each asks a running gateway over HTTP, as any other client does. */
import { keepToken } from "../client/client-token.ts";
import { createGatewayClient, type GatewayClient } from "../client/gateway-client.ts";
import {
  SubmissionDocument,
  type SubmissionFieldsFragment,
  type SubmissionOptions,
  SubmissionRecordsDocument,
  SubmitFhirDocument,
  SubmitHl7v2Document,
  SubmitRecordsDocument,
  ViewerDocument,
} from "../generated/graphql/operations.ts";
import { CliError, EXIT, type ExitCode } from "./cli-error.ts";
import { printSubmission } from "./print-submission.ts";
import { type InputFormat, readInput } from "./read-input.ts";
import { requestToken, type TokenRequest } from "./request-token.ts";
import { type ProgressScreen, watchSubmission } from "./watch-submission.ts";

export interface CommandOptions extends TokenRequest {
  readonly json: boolean;
  readonly format: InputFormat | undefined;
  readonly programme: string | undefined;
  readonly profile: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly dryRun: boolean;
  readonly allOrNothing: boolean;
}

export interface CommandResult {
  readonly output: string;
  readonly exitCode: ExitCode;
}

/** Records listed with a submission; the report holds the rest. */
const RECORDS_SHOWN = 50;

export async function runToken(options: CommandOptions): Promise<CommandResult> {
  return { output: await requestToken(options), exitCode: EXIT.done };
}

export async function runSubmit(file: string, options: CommandOptions): Promise<CommandResult> {
  const input = readInput(file, options.format);
  const client = createClient(options);
  const submission = await send(client, input.format, input.payload, options);
  const result = await show(client, submission, options);
  return {
    ...result,
    exitCode: submission.outcome === "REJECTED" || submission.outcome === "ACCEPTED_WITH_REJECTIONS" ? EXIT.rejected : EXIT.done,
  };
}

export async function runStatus(id: string, options: CommandOptions): Promise<CommandResult> {
  const client = createClient(options);
  const { submission } = await client.request(SubmissionDocument, { id });
  if (!submission) throw new CliError("There is no such submission.", EXIT.refused);
  return await show(client, submission, options);
}

/** A command that takes longer than a token lasts gets another in time. */
export const createClient = (options: CommandOptions): GatewayClient =>
  createGatewayClient({ url: options.url, getToken: keepToken(() => requestToken(options)) });

/** Shows progress on `screen` until the submission has ended, then what became of it. */
export async function runWatch(id: string, options: CommandOptions, screen: ProgressScreen): Promise<CommandResult> {
  const client = createClient(options);
  await watchSubmission(id, client, screen, options.json);
  return options.json ? { output: "", exitCode: EXIT.done } : await runStatus(id, options);
}

async function send(
  client: GatewayClient,
  format: InputFormat,
  payload: unknown,
  options: CommandOptions,
): Promise<SubmissionFieldsFragment> {
  const shared = {
    options: await submissionOptions(client, options),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  };
  const key = options.idempotencyKey === undefined ? {} : { idempotencyKey: options.idempotencyKey };
  if (format === "fhir")
    return (await client.request(SubmitFhirDocument, { input: { ...shared, resources: payload } }, key)).submitFhir;
  const list = Array.isArray(payload) ? payload : [payload];
  if (format === "hl7v2")
    return (await client.request(SubmitHl7v2Document, { input: { ...shared, messages: list.map(String) } }, key)).submitHl7v2;
  return (await client.request(SubmitRecordsDocument, { input: { options: shared.options, records: list } }, key)).submitRecords;
}

export async function submissionOptions(client: GatewayClient, options: CommandOptions): Promise<SubmissionOptions> {
  return {
    programmeCode: options.programme ?? (await onlyProgramme(client)),
    sourceSystem: { vendor: "NACR Gateway", product: "nacr", version: "0.1.0" },
    mode: options.dryRun ? "VALIDATE_ONLY" : "COMMIT",
    errorPolicy: options.allOrNothing ? "ALL_OR_NOTHING" : "REJECT_FAILED",
  };
}

/** The first programme of the bearer, where nobody named one and there is no doubt. */
async function onlyProgramme(client: GatewayClient): Promise<string> {
  const { viewer } = await client.request(ViewerDocument, {});
  const programmes = viewer.organisations[0]?.programmes ?? [];
  const [programme] = programmes;
  if (programme === undefined || programmes.length > 1) {
    throw new CliError(
      `Name the programme that sends with --programme: ${programmes.map(({ code }) => code).join(", ")}`,
      EXIT.usage,
    );
  }
  return programme.code;
}

async function show(
  client: GatewayClient,
  submission: SubmissionFieldsFragment,
  options: CommandOptions,
): Promise<CommandResult> {
  const page = await client.request(SubmissionRecordsDocument, { id: submission.id, first: RECORDS_SHOWN });
  const records = page.submission?.records ?? null;
  const output = options.json ? JSON.stringify({ ...submission, records }, null, 2) : printSubmission(submission, records);
  return { output, exitCode: EXIT.done };
}
