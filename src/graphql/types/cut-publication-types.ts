/** How far a cut that was asked for is. */
import "reflect-metadata";
import { Field, ID, Int, ObjectType } from "type-graphql";
import { CUT_REFUSALS, PUBLICATION_STATES, PUBLICATION_STEPS } from "../../statistics/cuts/publication.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { registerNames } from "./register-names.ts";

const PublicationStateEnum = registerNames(
  "CutPublicationState",
  "What became of a cut that was asked for.",
  PUBLICATION_STATES,
  {
    WAITING: "For a worker.",
    REFUSED: "There is no cut; `refusal` says why. Nothing is kept but the report.",
    FAILED: "Workers met a fault in every attempt. Nothing was published.",
  },
);
const PublicationStepEnum = registerNames("CutPublicationStep", "What a running publication is at.", PUBLICATION_STEPS, {
  FREEZING: "Copying the national side, asking the gate about everybody.",
  COUNTING: "Counting, withholding, auditing, one audit year after the other.",
  PUBLISHING: "Asking the gate once more, and signing.",
});
const CutRefusalEnum = registerNames("CutRefusal", "Why there is no cut.", CUT_REFUSALS, {
  TOO_SOON: "Less than a month after the one before.",
  NOTHING_TO_PUBLISH: "No journey may go.",
  AUDIT_MISSED: "Of no audit year the figures withstood the gateway's own attacker.",
});

@ObjectType({ simpleResolvers: true, description: "Figures of the publication of one audit year; none of them is of a cell." })
export class CutYearReport {
  @Field(() => Int, { description: "The year in which the audit year began, in April." }) auditYear!: number;
  @Field(() => Boolean, { description: "False: the audit missed its target, and nothing is shown of the year." })
  isPublished!: boolean;
  @Field(() => Int) cells!: number;
  @Field(() => Int, { description: "Cells with a figure." }) published!: number;
  @Field(() => Int, { description: "Cells that were withheld because others would have told of them." }) repaired!: number;
  @Field(() => Int) rounds!: number;
}

@ObjectType({ simpleResolvers: true, description: "A cut that was asked for: how far it is, and what became of it." })
export class CutPublication {
  @Field(() => ID) id!: string;
  @Field(() => String, { description: "The client or person; the gateway itself for demo mode's." }) askedBy!: string;
  @Field(() => DateTimeScalar) askedAt!: string;
  @Field(() => DateTimeScalar, { nullable: true }) finishedAt!: string | null;
  @Field(() => PublicationStateEnum) state!: string;
  @Field(() => PublicationStepEnum, { nullable: true }) step!: string | null;
  @Field(() => CutRefusalEnum, { nullable: true }) refusal!: string | null;
  @Field(() => ID, { nullable: true, description: "Of the cut that was published." }) cutId!: string | null;
  @Field(() => [CutYearReport], { description: "By audit year, as far as it is." }) years!: readonly CutYearReport[];
}
