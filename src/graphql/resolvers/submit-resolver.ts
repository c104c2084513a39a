/** The mutations that take a whole input and answer it at once. */
import "reflect-metadata";
import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { GatewayError } from "../../errors/gateway-error.ts";
import { DEFAULT_DATASET_VERSION } from "../../records/dictionaries.ts";
import type { SubmissionOptions as CommandOptions, SubmissionService, SubmitCommand } from "../../submission/commands.ts";
import { Allow, type Policy, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { Submits } from "../operation-marks.ts";
import { refuseOverLimit } from "../refuse-over-limit.ts";
import { Submission } from "../types/submission-type.ts";
import { type SubmissionOptions, SubmitFhirInput, SubmitHl7v2Input, SubmitRecordsInput } from "../types/submit-inputs.ts";
import { refuseLargeBundle } from "./refuse-large-bundle.ts";
import type { SubmissionRoot } from "./submission-root.ts";

export const MAY_SUBMIT: Policy = { SUBMITTER: true, VENDOR_APP: "submissions:write", CLINICAL_TEAM: true };

@Resolver()
export class SubmitResolver {
  readonly #submissions: SubmissionService;

  constructor(submissions: SubmissionService) {
    this.#submissions = submissions;
  }

  @Allow(MAY_SUBMIT)
  @Submits()
  @Mutation(() => Submission, {
    description: "NACR records, nested per patient. Answered at once, with an answer for every record.",
  })
  submitRecords(
    @Arg("input", () => SubmitRecordsInput) input: SubmitRecordsInput,
    @Ctx() context: GraphqlContext,
  ): Promise<SubmissionRoot> {
    const records = context.hoisted.records ?? input.records;
    refuseOverLimit("patientsPerRequest", Array.isArray(records) ? records.length : 0);
    return this.#submit(context, { channel: "RECORDS", payload: records, profile: null }, input.options);
  }

  @Allow(MAY_SUBMIT)
  @Submits()
  @Mutation(() => Submission, { description: "FHIR R4 resources: a Bundle of any type, or a list." })
  submitFhir(
    @Arg("input", () => SubmitFhirInput) input: SubmitFhirInput,
    @Ctx() context: GraphqlContext,
  ): Promise<SubmissionRoot> {
    const resources = context.hoisted.resources ?? input.resources;
    refuseLargeBundle(resources, context.bodyBytes);
    return this.#submit(context, { channel: "FHIR", payload: resources, profile: input.profile ?? null }, input.options);
  }

  @Allow(MAY_SUBMIT)
  @Submits()
  @Mutation(() => Submission, { description: "HL7 v2 messages." })
  submitHl7v2(
    @Arg("input", () => SubmitHl7v2Input) input: SubmitHl7v2Input,
    @Ctx() context: GraphqlContext,
  ): Promise<SubmissionRoot> {
    const messages = context.hoisted.messages ?? input.messages;
    refuseOverLimit("messagesPerRequest", Array.isArray(messages) ? messages.length : 1);
    return this.#submit(context, { channel: "HL7V2", payload: messages, profile: input.profile ?? null }, input.options);
  }

  async #submit(
    context: GraphqlContext,
    source: Pick<SubmitCommand, "channel" | "payload" | "profile">,
    options: SubmissionOptions,
  ): Promise<SubmissionRoot> {
    const actor = requireOrganisation(context.actor);
    const answer = await this.#submissions.submit({
      ...source,
      actor,
      options: toCommandOptions(options, context.idempotencyKeyHeader),
    });
    context.loaders.keep(answer.header, answer.results);
    context.replayed = answer.replayed;
    return { ...answer.header, replayed: answer.replayed };
  }
}

export function toCommandOptions(options: SubmissionOptions, keyHeader: string | null): CommandOptions {
  const mode = options.mode ?? "COMMIT";
  const { vendor, product, version } = options.sourceSystem;
  return {
    idempotencyKey: readOptionalKey(options.idempotencyKey ?? null, keyHeader, mode === "VALIDATE_ONLY"),
    programmeCode: options.programmeCode,
    sourceSystem: { vendor, product, version },
    datasetVersion: options.datasetVersion ?? DEFAULT_DATASET_VERSION,
    mode,
    errorPolicy: options.errorPolicy ?? "REJECT_FAILED",
  };
}

/** A dry run needs no key: it neither reads nor reserves one. */
function readOptionalKey(argument: string | null, header: string | null, dryRun: boolean): string | null {
  if (dryRun && argument === null && header === null) return null;
  const key = readIdempotencyKey(argument, header, "input.options.idempotencyKey");
  return dryRun ? null : key;
}

/** The argument or the header, which may not contradict each other. @param path of the argument @throws GatewayError BAD_USER_INPUT */
export function readIdempotencyKey(argument: string | null, header: string | null, path: string): string {
  const key = argument ?? header;
  const refuse = (message: string): GatewayError => new GatewayError("BAD_USER_INPUT", message, { details: { path } });
  if (argument !== null && header !== null && argument !== header)
    throw refuse("The argument idempotencyKey and the header Idempotency-Key differ.");
  if (key === "" || key === null)
    throw refuse(`An idempotency key is needed: ${path.replace("input.", "")} or the header Idempotency-Key.`);
  refuseOverLimit("idempotencyKeyLength", key.length);
  return key;
}
