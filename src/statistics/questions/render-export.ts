/** An answer as files: CSV with a sheet of metadata beside it, JSON, and SDMX-CSV 2.0. The figures are those of the answer. */
import { BYTE_ORDER_MARK, toCsvRow } from "../../lib/csv-row.ts";
import type { FilePiece } from "../../submission/report/zip-files.ts";
import { PLACE_LABELS } from "../cube/dimensions.ts";
import type { StatisticsAnswer } from "./ask-statistics.ts";
import { dimensionName, toNamedQuestion } from "./question-words.ts";

/** What is shown of a figure that is withheld, whyever. */
const WITHHELD_SYMBOL = "*";
export const displayOf = (value: number | null): string => (value === null ? WITHHELD_SYMBOL : String(value));

const AUDIT_YEAR_BEGINS = "04-01";
/** `2024/25`. */
const auditYearText = (year: number): string => `${year}/${String(year + 1).slice(2)}`;

/** Of each dimension code and label, then the figure: empty where it is withheld, so that a spreadsheet adds up numbers only. */
function renderData({ table }: StatisticsAnswer): string {
  const header = table.dimensions.flatMap((key) => [dimensionName(key), `${dimensionName(key)}_LABEL`]);
  const rows = table.rows.map(({ categories, value }) =>
    toCsvRow([...categories.flatMap(({ category, label }) => [category, label]), value, displayOf(value)]),
  );
  return [BYTE_ORDER_MARK, toCsvRow([...header, table.measure.key, "DISPLAY"]), ...rows].join("");
}

/** What a reader needs to understand a figure and to get it again, as names and values. */
function metadataOf(answer: StatisticsAnswer): Readonly<Record<string, string>> {
  const { table, cut, profile, question } = answer;
  const filters = question.where.map(({ dimension, category }) => `${dimensionName(dimension)} = ${category}`);
  return {
    measure: `${table.measure.key}: ${table.measure.label}`,
    places: PLACE_LABELS[question.table.level],
    dimensions: table.dimensions.map(dimensionName).join(", "),
    filters: filters.join(", "),
    auditYear: auditYearText(answer.auditYear),
    cut: `${cut.number} (${cut.id})${cut.isSynthetic ? ", synthetic" : ""}`,
    cutAsOf: cut.asOf,
    agreement: `${answer.agreementId}, version ${answer.agreementVersion}`,
    purpose: answer.purpose,
    profile: `${profile.id}, version ${profile.version}: ${profile.label}`,
    withheld: `${table.suppressedCells} of ${table.rows.length} figures, shown as ${WITHHELD_SYMBOL}`,
    citation: answer.citation,
    ...Object.fromEntries(table.footnotes.map((note, index) => [`footnote${index + 1}`, note])),
  };
}

const renderMetadata = (answer: StatisticsAnswer): string =>
  BYTE_ORDER_MARK +
  toCsvRow(["NAME", "VALUE"]) +
  Object.entries(metadataOf(answer))
    .map((line) => toCsvRow(line))
    .join("");

/** The two files of a zip. */
export async function* renderCsvFiles(answer: StatisticsAnswer): AsyncGenerator<FilePiece> {
  yield { name: "data.csv", text: renderData(answer) };
  yield { name: "metadata.csv", text: renderMetadata(answer) };
}

export function renderJson(answer: StatisticsAnswer): string {
  const { table, question, auditYear } = answer;
  const rows = table.rows.map(({ categories, value }) => ({
    ...Object.fromEntries(categories.map(({ dimension, category }) => [dimensionName(dimension), category])),
    value,
    display: displayOf(value),
  }));
  const { measure, dimensions, where } = toNamedQuestion({
    measure: table.measure.key,
    dimensions: table.dimensions,
    where: question.where,
  });
  const asked = { measure, dimensions, where, auditYear };
  return `${JSON.stringify({ question: asked, metadata: metadataOf(answer), rows }, null, 1)}\n`;
}

/** Codes of the lists CL_OBS_STATUS and CL_CONF_STATUS. Why a figure is withheld is not said: one code for all. */
const SHOWN = ["A", "F"] as const;
const WITHHELD = ["Q", "C"] as const;

/**
 * SDMX-CSV 2.0: each row says which structure it is of. The structure is the declared table: its dimensions are the columns between ACTION
 * and TIME_PERIOD, which is the audit year as a range of time.
 */
export function renderSdmx({ table, auditYear, question }: StatisticsAnswer): string {
  const dimensions = table.dimensions.map(dimensionName);
  const level = question.table.level === "UNITED_KINGDOM" ? ["UNITED_KINGDOM"] : [];
  const structure = `NACR:${[...level, ...dimensions].join("_BY_")}(1.0)`;
  const start = ["STRUCTURE", "STRUCTURE_ID", "ACTION", "MEASURE"];
  const header = [...start, ...dimensions, "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "CONF_STATUS"];
  const period = `${auditYear}-${AUDIT_YEAR_BEGINS}/P1Y`;
  const rows = table.rows.map(({ categories, value }) =>
    toCsvRow([
      "DATAFLOW",
      structure,
      "I",
      table.measure.key,
      ...categories.map(({ category }) => category),
      period,
      value,
      ...(value === null ? WITHHELD : SHOWN),
    ]),
  );
  return [toCsvRow(header), ...rows].join("");
}
