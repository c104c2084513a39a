/**
 * Small areas and their quintile of deprivation, from the files of England (IMD 2015 to 2025), Wales (WIMD), Northern Ireland (NIMDM) and
 * Scotland (SIMD, for patients who live there), as each publishes them: a quintile, a decile or a rank, 1 the most deprived. A nation's quintiles are those of its own areas.
 */
import type { Quintile } from "../national/national-values.ts";
import { readQuintile } from "../national/national-values.ts";
import type { Findings } from "./findings.ts";
import { type CsvRecord, findColumn, readCsv } from "./read-table.ts";

export interface GeographyFile {
  /** As it is named to the operator. */
  readonly name: string;
  /** Without their ends; read once. */
  readonly lines: AsyncIterable<string>;
}

/** By the code of the area. */
export type Deprivation = Map<string, Quintile>;

/** E01000001, W01000001, N21000001, 95AA01S1. */
const AREA = /^[A-Z0-9]{8,9}$/;
const AREA_COLUMNS = [
  /^(lsoa|soa|data ?zone|dz)[ _]?code\b/,
  /^(lsoa|soa|dz)[ _]?\d{2,4}([ _]?(cd|code))?$/,
  /^(lsoa|soa|dz|data[ _]?zone)$/,
  /^data[ _]?zone[ _]?\d{4}[ _]?code$/,
];
/** The whole index: none of its domains, and none of the indices for children or older people. */
const INDEX = "(multiple deprivation|\\bw?imd\\b|\\bnimdm\\b|\\bmdm\\b)";
/** Names of one word: `IMD_Decile`, `IMDRank`, `SIMD2020v2_Quintile`. */
const WORD = "^[sw]?imd[ _]?(\\d{2,4}(v\\d)?)?[ _]?";
const MEASURES = [
  { pattern: new RegExp(`${INDEX}.*quintile|${WORD}quintile$|^quintile$`), most: 5 },
  { pattern: new RegExp(`${INDEX}.*decile|${WORD}decile?$|^decile$`), most: 10 },
  { pattern: new RegExp(`${INDEX}.*rank|${WORD}rank$|^(w?imd|nimdm) ?\\d{4}$|^imd\\d{2}$|^rank$`), most: null },
] as const;

interface Columns {
  readonly area: number;
  readonly measure: number;
  /** The last class; null: a rank, whose last one is that of the file. */
  readonly most: number | null;
}

/** Adds the file's areas to those that are known; of an area that is named twice the first line counts. */
export async function readDeprivation({ name, lines }: GeographyFile, known: Deprivation, findings: Findings): Promise<void> {
  let columns: Columns | null = null;
  const values = new Map<string, number>();
  for await (const record of readCsv(lines)) {
    if (columns === null) {
      columns = findColumns(record, name, findings);
      if (columns === null) return;
      continue;
    }
    const read = readLine(record, columns);
    if (typeof read === "string") findings.add(name, record.line, read);
    else if (values.has(read.area) || known.has(read.area)) findings.add(name, record.line, "AREA_TWICE");
    else values.set(read.area, read.value);
  }
  if (columns === null || values.size === 0) findings.add(name, 1, "FILE_EMPTY");
  const most = columns?.most ?? Math.max(...values.values());
  for (const [area, value] of values) {
    const quintile = readQuintile(Math.ceil((value * 5) / most));
    if (quintile !== null) known.set(area, quintile);
  }
}

function findColumns({ fields, line }: CsvRecord, name: string, findings: Findings): Columns | null {
  const area = findColumn(fields, AREA_COLUMNS);
  const found = MEASURES.map(({ pattern, most }) => ({ measure: findColumn(fields, [pattern]), most })).find(
    ({ measure }) => measure >= 0,
  );
  if (area < 0) findings.add(name, line, "AREA_COLUMN_MISSING");
  if (found === undefined) findings.add(name, line, "DEPRIVATION_COLUMN_MISSING");
  return area < 0 || found === undefined ? null : { area, ...found };
}

type LineFault = "FIELDS_MISSING" | "AREA_UNREADABLE" | "DEPRIVATION_UNREADABLE";

function readLine({ fields }: CsvRecord, columns: Columns): { readonly area: string; readonly value: number } | LineFault {
  const [area, text] = [fields[columns.area]?.trim(), fields[columns.measure]?.trim()];
  if (area === undefined || text === undefined) return "FIELDS_MISSING";
  if (!AREA.test(area)) return "AREA_UNREADABLE";
  // Thousands are set apart by commas in some editions.
  const value = /^\d{1,3}(,?\d{3})*$/.test(text) ? Number(text.replaceAll(",", "")) : Number.NaN;
  const isWithin = value >= 1 && (columns.most === null || value <= columns.most);
  return isWithin ? { area, value } : "DEPRIVATION_UNREADABLE";
}
