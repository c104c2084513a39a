/** What stands behind the GraphQL types of an answer while it is resolved. */
import type { Dictionary } from "../../dataset/dictionary.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import type { IssueGroup, RecordResult, SubmissionHeader } from "../../records/submission-record.ts";
import { dictionaryForAnswer } from "../dictionary-lookup.ts";
import type { GraphqlContext } from "../graphql-context.ts";

export type SubmissionRoot = SubmissionHeader & { readonly replayed: boolean };
export type SubmissionRecordRoot = RecordResult & { readonly submissionId: string };
export type IssueGroupRoot = IssueGroup & { readonly submissionId: string; readonly datasetVersion: string };

/** A submission read from the store. */
export function toSubmissionRoot(header: SubmissionHeader, context: GraphqlContext): SubmissionRoot {
  context.loaders.keep(header, null);
  return { ...header, replayed: false };
}

/** @throws GatewayError NOT_FOUND, where the submission went away between two reads */
export async function loadSubmission(context: GraphqlContext, id: string): Promise<SubmissionHeader> {
  const header = await context.loaders.submission(id);
  if (header === null) throw new GatewayError("NOT_FOUND", "The submission does not exist.");
  return header;
}

export async function loadDictionary(context: GraphqlContext, submissionId: string): Promise<Dictionary> {
  return dictionaryForAnswer((await loadSubmission(context, submissionId)).datasetVersion);
}

export async function loadRecord(
  context: GraphqlContext,
  submissionId: string,
  index: number,
): Promise<SubmissionRecordRoot | null> {
  const result = await context.loaders.result(submissionId, index);
  return result && { ...result, submissionId };
}
