/** The answer for one dataset record. */
import "reflect-metadata";
import { Field, ID, Int, ObjectType } from "type-graphql";
import type { MappingReportLine } from "../../records/issue.ts";
import type { ValueSource } from "../../records/submission-record.ts";
import { DateTimeScalar } from "../scalars/strict-scalars.ts";
import { MappingResultEnum, MatchRuleEnum, MergeDecisionEnum, RecordOutcomeEnum, RecordTypeEnum } from "./submission-enums.ts";

@ObjectType({ simpleResolvers: true, description: "The submission that wrote a value; always one of the own organisation." })
export class Provenance {
  @Field(() => ID) submissionId!: string;
  @Field(() => String) programmeCode!: string;
  @Field(() => DateTimeScalar) receivedAt!: string;
}

@ObjectType({ simpleResolvers: true, description: "A decision about one item. Unchanged items are not listed." })
export class FieldChange {
  @Field(() => String) field!: string;
  @Field(() => String, { nullable: true, description: "Null for identifying items." }) before!: string | null;
  @Field(() => String, { nullable: true, description: "Null for identifying items." }) after!: string | null;
  @Field(() => MergeDecisionEnum) decision!: string;
  @Field(() => Provenance, { nullable: true, description: "Who had written the value before." })
  previousSource!: ValueSource | null;
}

@ObjectType("MappingReportLine", {
  simpleResolvers: true,
  description: "What became of one value of the sender's input. Never the value itself.",
})
export class MappingReportLineType implements MappingReportLine {
  @Field(() => String) expression!: string;
  @Field(() => String) sourceField!: string;
  @Field(() => MappingResultEnum) result!: MappingReportLine["result"];
  @Field(() => RecordTypeEnum, { nullable: true }) recordType!: MappingReportLine["recordType"];
  @Field(() => String, { nullable: true }) field!: string | null;
  @Field(() => String, { nullable: true }) reason!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "One dataset record of a submission; a child points to its parent." })
export class SubmissionRecord {
  @Field(() => Int, { description: "Position among the records of the submission, from 0." }) index!: number;
  @Field(() => ID, { nullable: true, description: "The sender's own id, sent or derived." }) sourceRecordId!: string | null;
  @Field(() => RecordTypeEnum) recordType!: string;
  @Field(() => RecordOutcomeEnum) outcome!: string;
  @Field(() => String, {
    description: "Where the record stands in the sender's own input: `records[3].initiatingEvents[0]`, `row 14`.",
  })
  expression!: string;
  @Field(() => MatchRuleEnum, { nullable: true, description: "The rule that found the stored record; null where none did." })
  matchedBy!: string | null;
}
