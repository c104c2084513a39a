/** Fields of a submission that are read or rendered only when asked for. */
import "reflect-metadata";
import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import { renderIssue } from "../../dataset/issue-text.ts";
import { LIMITS } from "../../lib/limits.ts";
import type { Severity } from "../../records/issue.ts";
import { isShownTo } from "../../records/issue-audience.ts";
import type { RecordOutcome, SubmissionHeader } from "../../records/submission-record.ts";
import { dictionaryForAnswer } from "../dictionary-lookup.ts";
import { estimateProgress } from "../estimate-progress.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { isFinished } from "../is-finished.ts";
import { toMappingSummary } from "../mapping-summary.ts";
import { type Connection, readPageRequest, toConnection } from "../paging.ts";
import { SubmissionRecordConnection } from "../types/connection-types.ts";
import { Issue, toIssue } from "../types/issue-type.ts";
import { Organisation, Programme } from "../types/organisation-types.ts";
import { StandardMovement, toStandardMovement } from "../types/standard-types.ts";
import { IssueSeverityEnum, RecordOutcomeEnum } from "../types/submission-enums.ts";
import { SubmissionRecord } from "../types/submission-record-type.ts";
import { IssueGroup, MappingSummary, Receipt, Submission, SubmissionProgress } from "../types/submission-type.ts";
import type { ReceiptRoot } from "./access-log-resolver.ts";
import { loadProgramme } from "./load-programme.ts";
import { type IssueGroupRoot, loadRecord, type SubmissionRecordRoot } from "./submission-root.ts";

@Resolver(() => Submission)
export class SubmissionFieldResolver {
  @FieldResolver(() => Organisation)
  organisation(@Root() header: SubmissionHeader, @Ctx() context: GraphqlContext): Promise<Organisation> {
    return context.loaders.organisation(header.ods);
  }

  @FieldResolver(() => Programme)
  programme(@Root() header: SubmissionHeader, @Ctx() context: GraphqlContext): Promise<Programme> {
    return loadProgramme(context, header.ods, header.programmeCode);
  }

  @FieldResolver(() => SubmissionProgress)
  async progress(@Root() header: SubmissionHeader, @Ctx() context: GraphqlContext): Promise<SubmissionProgress> {
    // What was answered at once has no job, and what is finished needs none: its counts say it.
    const job = isFinished(header.status) ? null : await context.loaders.progress(header.id);
    return estimateProgress(header, job);
  }

  @FieldResolver(() => [Issue])
  issues(@Root() header: SubmissionHeader): Issue[] {
    const dictionary = dictionaryForAnswer(header.datasetVersion);
    return header.issues.slice(0, LIMITS.listItemsPerRecord).map((issue) => toIssue(dictionary, issue));
  }

  @FieldResolver(() => SubmissionRecordConnection, { description: "The answer for every record, in input order." })
  async records(
    @Root() header: SubmissionHeader,
    @Arg("outcome", () => [RecordOutcomeEnum], { nullable: true }) outcome: readonly RecordOutcome[] | null | undefined,
    @Arg("first", () => Int, { nullable: true, description: "1 to 100; absent: 100." }) first: number | null | undefined,
    @Arg("after", () => String, { nullable: true }) after: string | null | undefined,
    @Ctx() context: GraphqlContext,
  ): Promise<Connection<SubmissionRecordRoot>> {
    const page = await context.loaders.results(header.id, outcome ?? null, readPageRequest(first, after));
    return toConnection(page, (result) => ({ ...result, submissionId: header.id }));
  }

  @FieldResolver(() => [IssueGroup], { description: "One entry per cause, the most frequent first." })
  issueGroups(
    @Root() header: SubmissionHeader,
    @Arg("severity", () => [IssueSeverityEnum], { nullable: true }) severity: readonly Severity[] | null | undefined,
    @Ctx() { actor }: GraphqlContext,
  ): IssueGroupRoot[] {
    const shown = header.issueGroups.filter((group) => isShownTo(group, actor.role));
    const wanted = severity ? shown.filter((group) => severity.includes(group.severity)) : shown;
    return wanted.map((group) => ({ ...group, submissionId: header.id, datasetVersion: header.datasetVersion }));
  }

  @FieldResolver(() => MappingSummary)
  mappingSummary(@Root() header: SubmissionHeader): MappingSummary {
    return toMappingSummary(header.mappingSummary);
  }

  @FieldResolver(() => [StandardMovement], {
    description: "Certification standards of the programme that move by it; of a dry run, that would.",
  })
  standards(@Root() header: SubmissionHeader): StandardMovement[] {
    return header.standards.map(toStandardMovement);
  }

  @FieldResolver(() => Receipt, { nullable: true })
  receipt(@Root() { id, receiptDigest, receiptKeyId }: SubmissionHeader): ReceiptRoot | null {
    if (receiptDigest === null || receiptKeyId === null) return null;
    return { submissionId: id, digest: receiptDigest, keyId: receiptKeyId };
  }
}

@Resolver(() => IssueGroup)
export class IssueGroupFieldResolver {
  @FieldResolver(() => String)
  message(@Root() group: IssueGroupRoot): string {
    return renderIssue(dictionaryForAnswer(group.datasetVersion), group, group.recordType);
  }

  @FieldResolver(() => [SubmissionRecord], { description: "The first five." })
  async records(@Root() group: IssueGroupRoot, @Ctx() context: GraphqlContext): Promise<SubmissionRecordRoot[]> {
    const records = await Promise.all(group.firstRecords.map((index) => loadRecord(context, group.submissionId, index)));
    return records.filter((record) => record !== null);
  }
}
