/** Reports of a submission and the file of its failed rows: who may have which, from where, and under what name. */
import type { Dictionary } from "../../dataset/dictionary.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import type { Actor, OrganisationActor } from "../../records/actor.ts";
import type { SubmissionHeader } from "../../records/submission-record.ts";
import { MAPPING_OF_FORMAT } from "../file-input.ts";
import type { FileReader } from "../file-ports.ts";
import { FAILED_OUTCOMES } from "../replay-ports.ts";
import { findRoot, type RootDependencies } from "../replay-root.ts";
import type { AuditPort, InputParts, ReportStore, SubmittedFile } from "../report-ports.ts";
import { pinnedProfileOf, senderFormatOf } from "../sender-format.ts";
import { type ResolveSender, resolveUnsaved } from "../sender-ports.ts";
import type { UploadReader } from "../upload-ports.ts";
import { makeRowsFile, nameStart, type OpenUpload } from "./failed-rows-file.ts";
import { type Report, type ReportPart, renderReportCsv, renderReportJson } from "./render-report.ts";
import { requireReportReader, requireRowReader, requireSender } from "./report-access.ts";

export interface Download {
  readonly contentType: string;
  /** Made of the submission's id and words of ours. */
  readonly fileName: string;
  /** Read as fast as it is taken; may throw on the way. */
  readonly body: AsyncIterable<string | Buffer>;
}

export interface ReportDependencies extends RootDependencies {
  readonly uploads: UploadReader;
  readonly reports: ReportStore;
  readonly files: FileReader;
  readonly parts: InputParts;
  readonly audit: AuditPort;
  /** Absent: nothing can be saved for a sender. */
  readonly resolveSender?: ResolveSender;
  /** In whose words a submission of this dataset version is answered. */
  readonly dictionaryForAnswer: (version: string) => Dictionary;
}

/** Every call: @throws GatewayError FORBIDDEN, NOT_FOUND, DATABASE_UNAVAILABLE, OVERLOADED */
export interface ReportService {
  reportJson(actor: Actor, submissionId: string): Promise<Download>;
  reportCsv(actor: Actor, submissionId: string, part: ReportPart): Promise<Download>;
  /** @throws GatewayError GONE too */
  failedRows(actor: Actor, submissionId: string): Promise<Download>;
}

export function createReportService(dependencies: ReportDependencies): ReportService {
  const openReport = async (actor: Actor, submissionId: string): Promise<Report> => {
    const reader = requireReportReader(actor);
    const header = await findHeader(reader, submissionId, dependencies);
    await dependencies.audit.record({ type: "DOWNLOAD_REPORT", actor: reader, submission: header });
    return {
      role: reader.role,
      header,
      dictionary: dependencies.dictionaryForAnswer(header.datasetVersion),
      results: dependencies.reports.results(reader, header.id, null),
    };
  };
  return {
    reportJson: async (actor, submissionId) => {
      const report = await openReport(actor, submissionId);
      const body = renderReportJson(report);
      return { contentType: "application/json; charset=utf-8", fileName: `report_${report.header.id}.json`, body };
    },
    reportCsv: async (actor, submissionId, part) => {
      const report = await openReport(actor, submissionId);
      const name = part === "hits" ? "report" : part;
      const body = renderReportCsv(report, part);
      return { contentType: "text/csv; charset=utf-8; header=present", fileName: `${name}_${report.header.id}.csv`, body };
    },
    failedRows: (actor, submissionId) => openFailedRows(actor, submissionId, dependencies),
  };
}

async function openFailedRows(actor: Actor, submissionId: string, dependencies: ReportDependencies): Promise<Download> {
  const reader = requireRowReader(actor);
  const header = await findHeader(reader, submissionId, dependencies);
  requireSender(reader, header);
  const { input } = await findRoot(reader, header, dependencies);
  if (input === null) throw gone();
  await dependencies.audit.record({ type: "DOWNLOAD_FAILED_ROWS", actor: reader, submission: header });
  const request = {
    header,
    dictionary: dependencies.dictionaryForAnswer(header.datasetVersion),
    results: dependencies.reports.results(reader, header.id, FAILED_OUTCOMES),
  };
  const { files, parts } = dependencies;
  const rows = await makeRowsFile(input, request, { files, parts, openUpload: createOpenUpload(reader, request, dependencies) });
  const start = rows.recordType === null ? "failed-rows" : nameStart(rows.recordType);
  return { contentType: rows.contentType, fileName: `${start}_${header.id}.${rows.extension}`, body: rows.body };
}

const gone = (): GatewayError => new GatewayError("GONE", "The input of this submission is not kept, or not any more.");

type ReportedUpload = Pick<Report, "header" | "dictionary">;

const createOpenUpload =
  (actor: OrganisationActor, request: ReportedUpload, dependencies: Pick<ReportDependencies, "uploads" | "resolveSender">) =>
  async ({ uploadId, format }: SubmittedFile): Promise<OpenUpload> => {
    const { uploads } = dependencies;
    const upload = await uploads.find(actor, uploadId);
    if (upload === null) throw gone();
    const columns = await findColumns(request, format, dependencies);
    return { recordType: upload.recordType, columns, content: await uploads.open(upload.ods, uploadId) };
  };

/** The column profile, in the version that read the file: by it a header is found again. */
async function findColumns(
  { header: { ods, sourceSystem, mappingVersion }, dictionary }: ReportedUpload,
  format: SubmittedFile["format"],
  { resolveSender = resolveUnsaved }: Pick<ReportDependencies, "resolveSender">,
): Promise<OpenUpload["columns"]> {
  const profile = pinnedProfileOf(mappingVersion);
  if (profile === null || senderFormatOf(MAPPING_OF_FORMAT[format]) !== "TABLES") return null;
  const { vendor, product } = sourceSystem;
  return (await resolveSender({ ods, vendor, product, format: "TABLES", profile, dictionary }))?.columns;
}

async function findHeader(
  actor: OrganisationActor,
  submissionId: string,
  { status }: Pick<ReportDependencies, "status">,
): Promise<SubmissionHeader> {
  const header = await status.submission(actor, submissionId);
  if (header === null) throw new GatewayError("NOT_FOUND", "There is no such submission.");
  return header;
}
