/** The mutation that takes an uploaded file. */
import "reflect-metadata";
import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import type { SubmitFile } from "../../submission/submit-file.ts";
import { Allow, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { Submits } from "../operation-marks.ts";
import { Submission } from "../types/submission-type.ts";
import { SubmitFileInput } from "../types/submit-file-input.ts";
import type { SubmissionRoot } from "./submission-root.ts";
import { MAY_SUBMIT, toCommandOptions } from "./submit-resolver.ts";

@Resolver()
export class SubmitFileResolver {
  readonly #submitFile: SubmitFile;

  constructor(submitFile: SubmitFile) {
    this.#submitFile = submitFile;
  }

  @Allow(MAY_SUBMIT)
  @Submits()
  @Mutation(() => Submission, {
    description:
      "A file that was sent to /uploads: NACR NDJSON, importer CSV or a zip of them, FHIR NDJSON, an HL7 v2 batch. Answered RECEIVED as soon as it is stored; a job works on it.",
  })
  async submitFile(
    @Arg("input", () => SubmitFileInput) input: SubmitFileInput,
    @Ctx() context: GraphqlContext,
  ): Promise<SubmissionRoot> {
    const answer = await this.#submitFile({
      actor: requireOrganisation(context.actor),
      options: toCommandOptions(input.options, context.idempotencyKeyHeader),
      uploadId: input.uploadId,
      format: input.format ?? null,
      profile: input.profile ?? null,
    });
    context.loaders.keep(answer.header, null);
    context.replayed = answer.replayed;
    return { ...answer.header, replayed: answer.replayed };
  }
}
