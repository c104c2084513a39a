import "reflect-metadata";
import { Field, ID, Int, ObjectType } from "type-graphql";
import { PROGRAMME_EVENT_TYPES } from "../../records/programme-event.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { Programme } from "./organisation-types.ts";
import { registerNames } from "./register-names.ts";
import { SubmissionOutcomeEnum, SubmissionStatusEnum } from "./submission-enums.ts";
import { SubmissionCounts } from "./submission-type.ts";

const ProgrammeEventTypeEnum = registerNames("ProgrammeEventType", "What happened to a submission.", PROGRAMME_EVENT_TYPES, {
  SUBMISSION_COMPLETED: "It was judged, also where every record was rejected: see `outcome`.",
  SUBMISSION_FAILED: "A fault of the gateway after the last retry, never of the data.",
});

@ObjectType("ProgrammeEvent", {
  simpleResolvers: true,
  description: "What happened to a submission of a programme. Names no record and nobody. Dry runs make no events.",
})
export class ProgrammeEventType {
  @Field(() => ID, { description: "The same wherever the event is told: a second one is a repetition." }) id!: string;
  @Field(() => Int, {
    description:
      "Counts up by one in the programme, in the order of commit. A vendor app is told of its own submissions only, so its numbers jump.",
  })
  sequence!: number;
  @Field(() => ProgrammeEventTypeEnum) type!: string;
  @Field(() => DateTimeScalar) occurredAt!: string;
  @Field(() => Programme) programme!: Programme;
  @Field(() => ID) submissionId!: string;
  @Field(() => SubmissionStatusEnum) status!: string;
  @Field(() => SubmissionOutcomeEnum, { nullable: true }) outcome!: string | null;
  @Field(() => SubmissionCounts) counts!: SubmissionCounts;
}
