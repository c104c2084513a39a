/**
 * Organisations and their region of NHS England: a table with a header (code and region, by code or name), or the files of the Organisation
 * Data Service as they are (`etr.csv` and its like), which have none: code first, national grouping third.
 */
import type { RegisteredCode } from "../national/national-values.ts";
import type { Findings } from "./findings.ts";
import type { GeographyFile } from "./read-deprivation.ts";
import { type CsvRecord, findColumn, readCsv } from "./read-table.ts";
import { readRegion } from "./regions.ts";

/** By the organisation's code. */
export type OrganisationRegions = ReadonlyMap<string, RegisteredCode>;

interface Columns {
  readonly code: number;
  readonly region: number;
}

const ORGANISATION = /^[A-Z0-9]{3,9}$/;
const CODE_COLUMNS = [/^(ods|organisation|org|trust|provider)[ _]?code$/, /^(code|ods)$/];
const REGION_COLUMNS = [
  /^(nhs[ _]?(england)?[ _]?)?region([ _]?(ods)?[ _]?code)?$/,
  /^national[ _]grouping$/,
  /^nhser(\d\d)?(cd)?$/,
  /region/,
];
const OF_THE_SERVICE: Columns = { code: 0, region: 2 };
/** Of today or of years ago: a file without a header may begin with an organisation that was closed. */
const NATIONAL_GROUPING = /^[A-Z]\d{2}$/;

export async function readOrganisations({ name, lines }: GeographyFile, findings: Findings): Promise<OrganisationRegions> {
  let columns: Columns | null = null;
  const regions = new Map<string, RegisteredCode>();
  for await (const record of readCsv(lines)) {
    if (columns === null) {
      const isHeaderless = NATIONAL_GROUPING.test(record.fields[OF_THE_SERVICE.region] ?? "");
      columns = isHeaderless ? OF_THE_SERVICE : findColumns(record, name, findings);
      if (columns === null) return regions;
      if (!isHeaderless) continue;
    }
    const read = readLine(record, columns);
    if (typeof read === "string") findings.add(name, record.line, read);
    else regions.set(read.code, read.region);
  }
  if (regions.size === 0) findings.add(name, 1, "FILE_EMPTY");
  return regions;
}

function findColumns({ fields, line }: CsvRecord, name: string, findings: Findings): Columns | null {
  const [code, region] = [findColumn(fields, CODE_COLUMNS), findColumn(fields, REGION_COLUMNS)];
  if (code < 0) findings.add(name, line, "ORGANISATION_COLUMN_MISSING");
  if (region < 0) findings.add(name, line, "REGION_COLUMN_MISSING");
  return code < 0 || region < 0 ? null : { code, region };
}

function readLine(
  { fields }: CsvRecord,
  columns: Columns,
):
  | { readonly code: string; readonly region: RegisteredCode }
  | "FIELDS_MISSING"
  | "ORGANISATION_UNREADABLE"
  | "REGION_UNREADABLE" {
  const [code, text] = [fields[columns.code]?.trim().toUpperCase(), fields[columns.region]];
  if (code === undefined || text === undefined) return "FIELDS_MISSING";
  if (!ORGANISATION.test(code)) return "ORGANISATION_UNREADABLE";
  const region = readRegion(text);
  return region === null ? "REGION_UNREADABLE" : { code, region };
}
