/** What is downloaded of reports: pages, CSV, importer files. Reading one is one entry in the audit trail, which the reader below writes. */
import type { Dictionary } from "../dataset/dictionary.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { Actor } from "../records/actor.ts";
import type { Download } from "../submission/report/report-service.ts";
import type { ExportImporter } from "./export-importer.ts";
import type { Period } from "./period.ts";
import type { ReadProgrammeReport } from "./programme-report.ts";
import type { ReadProgress } from "./progress.ts";
import { renderProgressPage } from "./render-progress.ts";
import { renderReportCsv, renderReportPage } from "./render-report.ts";

/** Every call: @throws GatewayError FORBIDDEN, NOT_FOUND, BAD_USER_INPUT, DATABASE_UNAVAILABLE */
export interface ReportFiles {
  programmeCsv(actor: Actor, programmeCode: string, period: Period): Promise<Download>;
  /** HTML. */
  programmePage(actor: Actor, programmeCode: string, period: Period): Promise<string>;
  /** HTML. With what identifies the patient: only the clinical team has it. */
  progressPage(actor: Actor, patientId: string): Promise<string>;
  readonly importer: ExportImporter;
}

export interface ReportFileDependencies {
  readonly readReport: ReadProgrammeReport;
  readonly readProgress: ReadProgress;
  readonly exportImporter: ExportImporter;
  readonly dictionary: Dictionary;
}

export const createReportFiles = (dependencies: ReportFileDependencies): ReportFiles => {
  const { readReport, readProgress, exportImporter, dictionary } = dependencies;
  return {
    programmeCsv: async (actor, programmeCode, period) => {
      const csv = renderReportCsv(await readOwn(readReport, actor, programmeCode, period), dictionary);
      return {
        contentType: "text/csv; charset=utf-8; header=present",
        fileName: `programme_${programmeCode}_${period.from}_${period.to}.csv`,
        body: oneText(csv),
      };
    },
    programmePage: async (actor, programmeCode, period) =>
      renderReportPage(await readOwn(readReport, actor, programmeCode, period), dictionary),
    progressPage: async (actor, patientId) => renderProgressPage(await readProgress(actor, patientId, true), dictionary),
    importer: exportImporter,
  };
};

/** GraphQL asks the schema of a role; here the role is asked. @throws GatewayError FORBIDDEN */
async function readOwn(readReport: ReadProgrammeReport, ...[actor, programmeCode, period]: Parameters<ReadProgrammeReport>) {
  if (actor.role !== "CLINICAL_TEAM" && actor.role !== "SUBMITTER")
    throw new GatewayError("FORBIDDEN", "Your role does not include this report.");
  return await readReport(actor, programmeCode, period);
}

async function* oneText(text: string): AsyncGenerator<string> {
  yield text;
}
