/** What the sender of a submission reads: how far it is, what was counted, what went wrong, what was not used. */
import "reflect-metadata";
import { Field, ID, Int, InterfaceType, ObjectType } from "type-graphql";
import type { MappingSummaryLine } from "../../records/submission-record.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { Issue } from "./issue-type.ts";
import {
  ChannelEnum,
  ErrorPolicyEnum,
  IssueSeverityEnum,
  MappingResultEnum,
  RecordTypeEnum,
  SubmissionModeEnum,
  SubmissionOutcomeEnum,
  SubmissionPhaseEnum,
  SubmissionStatusEnum,
} from "./submission-enums.ts";

@InterfaceType({ description: "An object with an id of its own.", resolveType: () => "Submission" })
abstract class Node {
  @Field(() => ID) id!: string;
}

@ObjectType({ simpleResolvers: true, description: "The system the data come from." })
export class SourceSystem {
  @Field(() => String) vendor!: string;
  @Field(() => String) product!: string;
  @Field(() => String) version!: string;
}

@ObjectType({ simpleResolvers: true, description: "Numbers of dataset records, except `warnings`, which counts issues." })
export class SubmissionCounts {
  @Field(() => Int) received!: number;
  @Field(() => Int) created!: number;
  @Field(() => Int) updated!: number;
  @Field(() => Int) unchanged!: number;
  @Field(() => Int, { description: "Records that were withdrawn by name; those below them are not counted." }) withdrawn!: number;
  @Field(() => Int, { description: "Records with an ERROR, and their children." }) rejected!: number;
  @Field(() => Int) held!: number;
  @Field(() => Int, { description: "Always 0: no answer to a sender depends on an opt-out." }) withheld!: number;
  @Field(() => Int) warnings!: number;
}

@ObjectType({ simpleResolvers: true })
export class SubmissionProgress {
  @Field(() => SubmissionPhaseEnum) phase!: string;
  @Field(() => Int, { description: "Records judged so far in this phase." }) processed!: number;
  @Field(() => Int) total!: number;
  @Field(() => Boolean, { description: "`total` is extrapolated from how much of the file has been read." }) estimated!: boolean;
  @Field(() => DateTimeScalar, { nullable: true }) startedAt!: string | null;
  @Field(() => DateTimeScalar, {
    nullable: true,
    description: "When it was, or is expected to be, completed; null while that cannot be told.",
  })
  estimatedCompletionAt!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "Proof of what was stored." })
export class Receipt {
  @Field(() => String, { description: "Keyed digest of the input as it is kept." }) digest!: string;
  @Field(() => String, { description: "Which key the digest was made with." }) keyId!: string;
}

@ObjectType("MappingSummaryLine", {
  simpleResolvers: true,
  description: "What became of the values of one field of the sender's input.",
})
export class MappingSummaryLineType {
  @Field(() => String, { description: "Place in the sender's format, without positions: `Patient.birthDate`, `PID-7`." })
  sourceField!: string;
  @Field(() => MappingResultEnum) result!: string;
  @Field(() => RecordTypeEnum, { nullable: true }) recordType!: string | null;
  @Field(() => String, { nullable: true, description: "The dataset item it went to." }) field!: string | null;
  @Field(() => String, { nullable: true }) reason!: string | null;
  @Field(() => Int) count!: number;
}

@ObjectType({ simpleResolvers: true, description: "Counts of values by what became of them, and the lines they add up from." })
export class MappingSummary {
  @Field(() => Int) mapped!: number;
  @Field(() => Int) defaulted!: number;
  @Field(() => Int) dropped!: number;
  @Field(() => Int) unmapped!: number;
  @Field(() => [MappingSummaryLineType]) lines!: readonly MappingSummaryLine[];
  @Field(() => Boolean, { description: "The lines were cut at the published limit." }) truncated!: boolean;
}

@ObjectType({
  simpleResolvers: true,
  description: "One cause of issues. Records rejected only because of their parent are folded into its group.",
})
export class IssueGroup {
  @Field(() => String) code!: string;
  @Field(() => IssueSeverityEnum) severity!: string;
  @Field(() => RecordTypeEnum, { nullable: true }) recordType!: string | null;
  @Field(() => String, { nullable: true }) field!: string | null;
  @Field(() => Int) count!: number;
  @Field(() => Int, { description: "Records that were rejected only because a record of this group was." }) cascaded!: number;
  @Field(() => String, { nullable: true, description: "The nearest valid value, where one is near." }) suggestion!: string | null;
  @Field(() => Int, { nullable: true, description: "Index of the record that is the root cause." }) causedBy!: number | null;
}

@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: "One input of one sender, with an answer for every record. It could be judged when it is COMPLETED.",
})
export class Submission extends Node {
  @Field(() => SubmissionStatusEnum) status!: string;
  @Field(() => SubmissionOutcomeEnum, { nullable: true, description: "Null until COMPLETED." }) outcome!: string | null;
  @Field(() => ChannelEnum) channel!: string;
  @Field(() => SubmissionModeEnum) mode!: string;
  @Field(() => ErrorPolicyEnum) errorPolicy!: string;
  @Field(() => SourceSystem) sourceSystem!: SourceSystem;
  @Field(() => String) datasetVersion!: string;
  @Field(() => String, { description: "Profile and version of the mapping that read the input." }) mappingVersion!: string;
  @Field(() => DateTimeScalar) receivedAt!: string;
  @Field(() => DateTimeScalar, { nullable: true }) completedAt!: string | null;
  @Field(() => Boolean, { description: "This is the stored answer of an earlier identical request." }) replayed!: boolean;
  @Field(() => SubmissionCounts) counts!: SubmissionCounts;
  @Field(() => ID, { nullable: true, description: "The submission of which this one is a new run." }) replayOf!: string | null;
  @Field(() => ID, { nullable: true, description: "FAILED: quote it when you report the fault." }) faultId!: string | null;
  @Field(() => [Issue], { description: "Issues that belong to no record: format, encoding, columns." }) issues!: readonly Issue[];
}
