/** Filters of lists. */
import "reflect-metadata";
import { Field, InputType } from "type-graphql";
import type { SubmissionMode, SubmissionOutcome, SubmissionStatus } from "../../records/submission-record.ts";
import { DateScalar, DateTimeScalar } from "../scalars/strict-scalars.ts";
import { codeLists } from "./record-types.ts";
import { SubmissionModeEnum, SubmissionOutcomeEnum, SubmissionStatusEnum } from "./submission-enums.ts";

@InputType()
export class SubmissionFilter {
  @Field(() => String, { nullable: true }) programmeCode?: string | null;
  @Field(() => [SubmissionStatusEnum], { nullable: true }) status?: readonly SubmissionStatus[] | null;
  @Field(() => [SubmissionOutcomeEnum], { nullable: true }) outcome?: readonly SubmissionOutcome[] | null;
  @Field(() => SubmissionModeEnum, {
    nullable: true,
    defaultValue: "COMMIT",
    description: "Dry runs are listed only when asked for.",
  })
  mode?: SubmissionMode | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Inclusive." }) receivedFrom?: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Exclusive." }) receivedTo?: string | null;
}

@InputType({ description: "Patients with an initiating event that meets all conditions." })
export class PatientRecordFilter {
  @Field(() => [codeLists.enumOf("EventType")], { nullable: true }) eventType?: readonly string[] | null;
  @Field(() => DateScalar, { nullable: true, description: "Inclusive." }) eventDateFrom?: string | null;
  @Field(() => DateScalar, { nullable: true, description: "Inclusive." }) eventDateTo?: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: "Changed at or after." }) updatedFrom?: string | null;
}
