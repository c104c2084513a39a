import "reflect-metadata";
import { Field, Int, ObjectType } from "type-graphql";
import type { RecordTypeName } from "../../dataset/define.ts";
import type { Dictionary } from "../../dataset/dictionary.ts";
import { renderIssue } from "../../dataset/issue-text.ts";
import type { Issue as IssueRecord } from "../../records/issue.ts";
import { IssueSeverityEnum } from "./submission-enums.ts";

@ObjectType({
  simpleResolvers: true,
  description: "What was found about a record or an input. No text holds a value of an identifying item.",
})
export class Issue {
  @Field(() => IssueSeverityEnum) severity!: string;
  @Field(() => String, { description: "A code of `dataset.issueCodes`." }) code!: string;
  @Field(() => String, { nullable: true, description: "The dataset item concerned." }) field!: string | null;
  @Field(() => String, { description: "Where in the sender's own input." }) expression!: string;
  @Field(() => String) message!: string;
  @Field(() => String, { nullable: true, description: "The nearest valid value, where one is near." }) suggestion!: string | null;
  @Field(() => Int, { nullable: true, description: "Index of the record that is the root cause." }) causedBy!: number | null;
}

/** An issue with its text: only codes and parameters are stored. */
export function toIssue(dictionary: Dictionary, issue: IssueRecord, recordType?: RecordTypeName): Issue {
  return {
    severity: issue.severity,
    code: issue.code,
    field: issue.field,
    expression: issue.expression,
    message: renderIssue(dictionary, issue, recordType),
    suggestion: issue.suggestion ?? null,
    causedBy: issue.causedBy ?? null,
  };
}
