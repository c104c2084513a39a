/** What a sender does to a submission after it was sent: stop it, send it round again, run what failed again, take it back. */
import "reflect-metadata";
import { Arg, Ctx, FieldResolver, ID, Mutation, Resolver, Root } from "type-graphql";
import type { SubmissionHeader } from "../../records/submission-record.ts";
import { submissionNotFound } from "../../submission/find-controlled.ts";
import type { SubmissionControl } from "../../submission/submission-control.ts";
import { Allow, mayReadReasons, type Policy, requireOrganisation } from "../access-policy.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { Submits } from "../operation-marks.ts";
import { readRecordId } from "../read-record-id.ts";
import { Submission } from "../types/submission-type.ts";
import { SubmissionWithdrawal } from "../types/submission-withdrawal-type.ts";
import { type SubmissionRoot, toSubmissionRoot } from "./submission-root.ts";

const MAY_CONTROL: Policy = { SUBMITTER: true, VENDOR_APP: "submissions:write", CLINICAL_TEAM: true };

@Resolver()
export class SubmissionControlResolver {
  readonly #control: SubmissionControl;

  constructor(control: SubmissionControl) {
    this.#control = control;
  }

  @Allow(MAY_CONTROL)
  @Mutation(() => Submission, {
    description: "What has not run yet does not run. One in work stops after the part in hand; what is stored by then stays.",
  })
  cancelSubmission(@Arg("id", () => ID) id: string, @Ctx() context: GraphqlContext): Promise<SubmissionRoot> {
    return this.#run(id, context, (actor, known) => this.#control.cancel(actor, known));
  }

  @Allow(MAY_CONTROL)
  @Submits()
  @Mutation(() => Submission, { description: "A FAILED submission goes on from the place it had reached." })
  redriveSubmission(@Arg("id", () => ID) id: string, @Ctx() context: GraphqlContext): Promise<SubmissionRoot> {
    return this.#run(id, context, (actor, known) => this.#control.redrive(actor, known));
  }

  @Allow(MAY_CONTROL)
  @Submits()
  @Mutation(() => Submission, {
    description:
      "Judges the failed records again, with today's mappings and rules, as a new submission (`replayOf`). Those that a later submission corrected are left out.",
  })
  replaySubmission(@Arg("id", () => ID) id: string, @Ctx() context: GraphqlContext): Promise<SubmissionRoot> {
    return this.#run(id, context, (actor, known) => this.#control.replay(actor, known));
  }

  @Allow(MAY_CONTROL)
  @Submits()
  @Mutation(() => Submission, {
    description:
      "Takes a finished submission back: what it created is removed, what it changed is as it was before; its answers stay. Refused with CONFLICT where later submissions build on it: `submissions` of the error names up to ten of them.",
  })
  withdrawSubmission(
    @Arg("id", () => ID) id: string,
    @Arg("reason", () => String) reason: string,
    @Ctx() context: GraphqlContext,
  ): Promise<SubmissionRoot> {
    return this.#run(id, context, (actor, known) => this.#control.withdraw(actor, known, reason));
  }

  async #run(
    id: string,
    context: GraphqlContext,
    work: (actor: ReturnType<typeof requireOrganisation>, id: string) => Promise<SubmissionHeader>,
  ): Promise<SubmissionRoot> {
    const actor = requireOrganisation(context.actor);
    const known = readRecordId(id);
    if (known === null) throw submissionNotFound();
    return toSubmissionRoot(await work(actor, known), context);
  }
}

@Resolver(() => Submission)
export class SubmissionWithdrawalFieldResolver {
  @FieldResolver(() => SubmissionWithdrawal, { nullable: true, description: "Null where it was not withdrawn." })
  async withdrawal(
    @Root() { id, withdrawnAt }: SubmissionHeader,
    @Ctx() context: GraphqlContext,
  ): Promise<SubmissionWithdrawal | null> {
    if (withdrawnAt === null) return null;
    return { at: withdrawnAt, reason: mayReadReasons(context.actor) ? await context.loaders.withdrawalReason(id) : null };
  }
}
