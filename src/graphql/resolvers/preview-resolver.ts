/** The mapping playground. */
import "reflect-metadata";
import { GraphQLList, GraphQLNonNull, type GraphQLResolveInfo, isInputType } from "graphql";
import { Arg, Ctx, Info, Query, Resolver } from "type-graphql";
import { PastedTable } from "../../../mappings/files/pasted-table.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import { LIMITS } from "../../lib/limits.ts";
import { DEFAULT_DATASET_VERSION } from "../../records/dictionaries.ts";
import type { MappingPreview as Preview, PreviewedRecord, PreviewMapping } from "../../submission/preview-mapping.ts";
import { Allow, requireOrganisation } from "../access-policy.ts";
import { checkValue } from "../check-variables.ts";
import { dictionaryForAnswer } from "../dictionary-lookup.ts";
import type { GraphqlContext } from "../graphql-context.ts";
import { createShapeReader, RECORD_INPUT } from "../input-table.ts";
import { toMappingSummary } from "../mapping-summary.ts";
import { NamesPatients } from "../operation-marks.ts";
import { refuseOverLimit } from "../refuse-over-limit.ts";
import { toIssue } from "../types/issue-type.ts";
import { MappingPreview, PreviewMappingInput, type PreviewRecord } from "../types/preview-types.ts";
import { toValueText } from "../value-text.ts";
import { refuseLargeBundle } from "./refuse-large-bundle.ts";

const CONTENT_PATH = "input.content";

@Resolver()
export class PreviewResolver {
  readonly #preview: PreviewMapping;
  readonly #readShape = createShapeReader();

  constructor(preview: PreviewMapping) {
    this.#preview = preview;
  }

  @Allow({ SUBMITTER: true, VENDOR_APP: true, CLINICAL_TEAM: true })
  @NamesPatients()
  @Query(() => MappingPreview, {
    description:
      "What the mapping makes of a pasted bundle, message or record, and what the dictionary says of it. Nothing is kept. POST only.",
  })
  async previewMapping(
    @Arg("input", () => PreviewMappingInput) input: PreviewMappingInput,
    @Ctx() context: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<MappingPreview> {
    const datasetVersion = input.datasetVersion ?? DEFAULT_DATASET_VERSION;
    const payload = this.#readContent(input, context, info);
    return toPreview(
      await this.#preview({
        ods: requireOrganisation(context.actor).ods,
        sourceSystem: input.sourceSystem ?? null,
        channel: input.format === "TABLE" ? "COLUMNS" : input.format,
        payload,
        profile: input.profile ?? null,
        columnProfile: input.columnProfile ?? undefined,
        datasetVersion,
      }),
      datasetVersion,
    );
  }

  #readContent({ format, content, table }: PreviewMappingInput, context: GraphqlContext, info: GraphQLResolveInfo): unknown {
    if (format === "FHIR") {
      refuseLargeBundle(content, context.bodyBytes);
      return content;
    }
    if (format === "TABLE") return new PastedTable(content, table ?? "");
    const entries = toList(format === "RECORDS" && typeof content === "string" ? parseJson(content) : content);
    if (format === "RECORDS") this.#checkRecords(entries, info);
    else checkMessages(entries);
    return entries;
  }

  /** The same walk that `submitRecords` makes: the content is JSON, so graphql has not looked into it. */
  #checkRecords(records: readonly unknown[], { schema }: GraphQLResolveInfo): void {
    const type = schema.getType(RECORD_INPUT);
    if (!isInputType(type)) return;
    checkValue(records, this.#readShape(new GraphQLList(new GraphQLNonNull(type))), false, "records");
  }
}

const toList = (content: unknown): readonly unknown[] => (Array.isArray(content) ? content : [content]);

function checkMessages(messages: readonly unknown[]): void {
  refuseOverLimit("messagesPerRequest", messages.length);
  if (messages.every((message) => typeof message === "string")) return;
  throw new GatewayError("BAD_USER_INPUT", "A message is text.", { details: { path: CONTENT_PATH } });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GatewayError("BAD_USER_INPUT", "The content is not JSON.", { details: { path: CONTENT_PATH } });
  }
}

function toPreview(preview: Preview, datasetVersion: string): MappingPreview {
  const dictionary = dictionaryForAnswer(datasetVersion);
  const toRecord = (record: PreviewedRecord): PreviewRecord => ({
    ...record,
    values: record.values.map(({ field, value, identifying }) => ({
      field,
      value: identifying ? null : toValueText(value),
      identifying,
    })),
    issues: record.issues.map((issue) => toIssue(dictionary, issue, record.recordType)),
  });
  return {
    mappingVersion: preview.mappingVersion,
    records: preview.records.slice(0, LIMITS.pageSize).map(toRecord),
    totalRecords: preview.records.length,
    issues: preview.issues.slice(0, LIMITS.listItemsPerRecord).map((issue) => toIssue(dictionary, issue)),
    mappingReport: preview.mappingReport.slice(0, LIMITS.mappingSummaryLines),
    mappingSummary: toMappingSummary(preview.mappingSummary),
  };
}
