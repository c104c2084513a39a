/** Two patients are one, or are not after all. */
import "reflect-metadata";
import { Arg, Ctx, Mutation, Resolver } from "type-graphql";
import { GatewayError } from "../../errors/gateway-error.ts";
import type { ChangeMerge, PatientMerging } from "../../submission/merge-patients.ts";
import { Allow, type Policy, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { Submits } from "../operation-marks.ts";
import { readRecordId } from "../read-record-id.ts";
import { MergePatientsInput } from "../types/merge-types.ts";
import { Submission } from "../types/submission-type.ts";
import { type SubmissionRoot, toSubmissionRoot } from "./submission-root.ts";

/** It takes somebody who has seen both records. */
const MAY_MERGE: Policy = { CLINICAL_TEAM: true };

@Resolver()
export class MergeResolver {
  readonly #merging: PatientMerging;

  constructor(merging: PatientMerging) {
    this.#merging = merging;
  }

  @Allow(MAY_MERGE)
  @Submits()
  @Mutation(() => Submission, {
    description:
      "Two patients are one: no row is moved, but the loser's identifiers lead to the winner's record from now on. A submission of its own; withdrawing it takes the merge back. CONFLICT where they are merged already or otherwise: `reason` of the error is MERGED_ALREADY, MERGED_ELSEWHERE or CIRCULAR.",
  })
  mergePatients(
    @Arg("input", () => MergePatientsInput) input: MergePatientsInput,
    @Ctx() context: GraphqlContext,
  ): Promise<SubmissionRoot> {
    return this.#change(this.#merging.merge, input, context);
  }

  @Allow(MAY_MERGE)
  @Submits()
  @Mutation(() => Submission, {
    description:
      "The two patients are not one after all: each has its own record again. What was written to the winner since stays there. CONFLICT, `reason` NOT_MERGED, where the one was never merged into the other.",
  })
  unmergePatients(
    @Arg("input", () => MergePatientsInput) input: MergePatientsInput,
    @Ctx() context: GraphqlContext,
  ): Promise<SubmissionRoot> {
    return this.#change(this.#merging.unmerge, input, context);
  }

  async #change(change: ChangeMerge, input: MergePatientsInput, context: GraphqlContext): Promise<SubmissionRoot> {
    const [winner, loser] = [readRecordId(input.winner), readRecordId(input.loser)];
    const actor = requireOrganisation(context.actor);
    if (winner === null || loser === null) throw new GatewayError("NOT_FOUND", "There is no such patient.");
    const { programmeCode = null, reason } = input;
    const answer = await change({ actor, programmeCode, winner, loser, reason });
    context.loaders.keep(answer.header, answer.results);
    return toSubmissionRoot(answer.header, context);
  }
}
