/** Downloads of answers. Each is a use of the agreement of its own, and says in the log what became of the figures. */
import { GatewayError } from "../../errors/gateway-error.ts";
import type { Actor } from "../../records/actor.ts";
import type { Download } from "../../submission/report/report-service.ts";
import { zipFiles } from "../../submission/report/zip-files.ts";
import type { AskedStatistics, AskStatistics, StatisticsAnswer } from "./ask-statistics.ts";
import { dimensionsOf } from "./ask-statistics.ts";
import { dimensionName, toNamedQuestion } from "./question-words.ts";
import { renderCsvFiles, renderJson, renderSdmx } from "./render-export.ts";

export const EXPORT_FORMATS = ["CSV", "JSON", "SDMX_CSV"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const FOLDER = "/exports";
/** Last part of the address, by format. */
const EXPORT_FILES: Readonly<Record<ExportFormat, string>> = {
  CSV: "statistics.csv.zip",
  JSON: "statistics.json",
  SDMX_CSV: "statistics.sdmx.csv",
};
export const exportRoute = (format: ExportFormat): string => `${FOLDER}/${EXPORT_FILES[format]}`;

/** @throws what `AskStatistics` throws, FORBIDDEN for another role */
export type ExportStatistics = (
  actor: Actor,
  asked: Omit<AskedStatistics, "handedOutAs">,
  format: ExportFormat,
) => Promise<Download>;

export const createExportStatistics =
  (ask: AskStatistics): ExportStatistics =>
  async (actor, asked, format) => {
    if (actor.role !== "ANALYST") throw new GatewayError("FORBIDDEN", "Your role does not include this file.");
    const answer = await ask(actor, { ...asked, handedOutAs: format });
    return render[format](answer);
  };

/** Of words of ours and codes of the cut: `nacr_cut3_2024_STARTED_REGION_SEX`. */
function nameOf({ cut, auditYear, question }: StatisticsAnswer): string {
  const dimensions = dimensionsOf(question).map(dimensionName);
  return ["nacr", `cut${cut.number}`, auditYear, question.measure, ...dimensions].join("_");
}

const render: Readonly<Record<ExportFormat, (answer: StatisticsAnswer) => Download>> = {
  CSV: (answer) => ({
    contentType: "application/zip",
    fileName: `${nameOf(answer)}.zip`,
    // The same figures are the same bytes: files are as old as the cut.
    body: zipFiles(renderCsvFiles(answer), new Date(answer.cut.publishedAt)),
  }),
  JSON: (answer) => ({
    contentType: "application/json; charset=utf-8",
    fileName: `${nameOf(answer)}.json`,
    body: oneText(renderJson(answer)),
  }),
  SDMX_CSV: (answer) => ({
    contentType: "application/vnd.sdmx.data+csv; version=2.0.0; charset=utf-8",
    fileName: `${nameOf(answer)}.sdmx.csv`,
    body: oneText(renderSdmx(answer)),
  }),
};

async function* oneText(text: string): AsyncGenerator<string> {
  yield text;
}

/** The address of an answer's file: of the cut and year that answered, whichever are in force when it is asked. */
export function exportPath(answer: StatisticsAnswer, format: ExportFormat): string {
  const { agreementId, purpose, cut, auditYear, question } = answer;
  const named = toNamedQuestion({ measure: question.measure, dimensions: dimensionsOf(question), where: question.where });
  const asked: [string, string][] = [
    ["agreement", agreementId],
    ["purpose", purpose],
    ["cut", cut.id],
    ["auditYear", String(auditYear)],
    ["measure", named.measure],
    ["dimensions", named.dimensions.join(",")],
    ...named.where.map(({ dimension, category }): [string, string] => ["where", `${dimension}:${category}`]),
  ];
  return `${exportRoute(format)}?${new URLSearchParams(asked)}`;
}
