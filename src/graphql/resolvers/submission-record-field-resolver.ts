/** Fields of one record's answer. */
import "reflect-metadata";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { LIMITS } from "../../lib/limits.ts";
import type { MappingReportLine } from "../../records/issue.ts";
import { isShownTo } from "../../records/issue-audience.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { Issue, toIssue } from "../types/issue-type.ts";
import { RecordLink, toRecordLink } from "../types/record-link-types.ts";
import { FieldChange, MappingReportLineType, SubmissionRecord } from "../types/submission-record-type.ts";
import { Submission } from "../types/submission-type.ts";
import { toValueText } from "../value-text.ts";
import {
  loadDictionary,
  loadRecord,
  loadSubmission,
  type SubmissionRecordRoot,
  type SubmissionRoot,
  toSubmissionRoot,
} from "./submission-root.ts";

const cut = <T>(list: readonly T[]): readonly T[] => list.slice(0, LIMITS.listItemsPerRecord);

@Resolver(() => SubmissionRecord)
export class SubmissionRecordFieldResolver {
  @FieldResolver(() => [Issue])
  async issues(@Root() record: SubmissionRecordRoot, @Ctx() context: GraphqlContext): Promise<Issue[]> {
    const dictionary = await loadDictionary(context, record.submissionId);
    const shown = record.issues.filter((issue) => isShownTo(issue, context.actor.role));
    return cut(shown).map((issue) => toIssue(dictionary, issue, record.recordType));
  }

  @FieldResolver(() => [FieldChange])
  async changes(@Root() record: SubmissionRecordRoot, @Ctx() context: GraphqlContext): Promise<FieldChange[]> {
    const { byName } = (await loadDictionary(context, record.submissionId)).recordType(record.recordType);
    return cut(record.changes).map(({ before, after, ...change }) => {
      const hidden = byName.get(change.field)?.identifying === true;
      return { ...change, before: hidden ? null : toValueText(before), after: hidden ? null : toValueText(after) };
    });
  }

  @FieldResolver(() => [RecordLink], {
    description: "Links with other events of the patient, in the own organisation, that arise or vanish by it.",
  })
  links(@Root() record: SubmissionRecordRoot): RecordLink[] {
    return cut(record.links).map(toRecordLink);
  }

  @FieldResolver(() => [MappingReportLineType])
  mappingReport(@Root() record: SubmissionRecordRoot): readonly MappingReportLine[] {
    return cut(record.mappingReport);
  }

  @FieldResolver(() => Boolean, { description: "One of the lists above was cut at the published limit." })
  truncated(@Root() { issues, changes, links, mappingReport }: SubmissionRecordRoot): boolean {
    return Math.max(issues.length, changes.length, links.length, mappingReport.length) > LIMITS.listItemsPerRecord;
  }

  @FieldResolver(() => SubmissionRecord, { nullable: true })
  async parent(@Root() record: SubmissionRecordRoot, @Ctx() context: GraphqlContext): Promise<SubmissionRecordRoot | null> {
    return record.parentIndex === null ? null : loadRecord(context, record.submissionId, record.parentIndex);
  }

  @FieldResolver(() => Submission)
  async submission(@Root() record: SubmissionRecordRoot, @Ctx() context: GraphqlContext): Promise<SubmissionRoot> {
    return toSubmissionRoot(await loadSubmission(context, record.submissionId), context);
  }
}
