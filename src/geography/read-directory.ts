/**
 * Postcodes and the small area each lies in, from the ONS Postcode Directory or the National Statistics Postcode Lookup, terminated
 * postcodes included: a patient's record may be older than the last edition. Columns are found by their names, which change with the editions
 * (`lsoa11`, `lsoa11cd`, `lsoa21`, `lsoa21cd`); the others are not looked at.
 */
import type { Quintile } from "../national/national-values.ts";
import type { Findings } from "./findings.ts";
import { foldPostcode } from "./postcode.ts";
import type { Deprivation, GeographyFile } from "./read-deprivation.ts";
import { type CsvRecord, findColumn, readCsv } from "./read-table.ts";

export interface PlacedPostcode {
  /** Folded. */
  readonly postcode: string;
  /** Null: in no area that a file of deprivation names, as in Scotland. */
  readonly quintile: Quintile | null;
}

const POSTCODE_COLUMNS = [/^pcds$/, /^pcd2$/, /^pcd8$/, /^pcd7?$/, /^postcode$/];
/** The newest areas first: whichever of them the deprivation files name counts. Codes of areas that changed are new ones, so none is taken for another. */
const AREA_COLUMNS = [/^lsoa21(cd)?$/, /^lsoa11(cd)?$/, /^(soa|dz)(01|11|21|2001|2011|2021)(cd)?$/, /^lsoa01(cd)?$/];

interface Columns {
  readonly postcode: number;
  readonly areas: readonly number[];
}

export async function* readDirectory(
  { name, lines }: GeographyFile,
  deprivation: Deprivation,
  findings: Findings,
): AsyncGenerator<PlacedPostcode, void> {
  let columns: Columns | null = null;
  let count = 0;
  for await (const record of readCsv(lines)) {
    if (columns === null) {
      columns = findColumns(record, name, findings);
      if (columns === null) return;
      continue;
    }
    const placed = readLine(record, columns, deprivation);
    if (typeof placed === "string") findings.add(name, record.line, placed);
    else {
      count += 1;
      yield placed;
    }
  }
  if (count === 0) findings.add(name, 1, "FILE_EMPTY");
}

function findColumns({ fields, line }: CsvRecord, name: string, findings: Findings): Columns | null {
  const postcode = findColumn(fields, POSTCODE_COLUMNS);
  const areas = AREA_COLUMNS.map((pattern) => findColumn(fields, [pattern])).filter((index) => index >= 0);
  if (postcode < 0) findings.add(name, line, "POSTCODE_COLUMN_MISSING");
  if (areas.length === 0) findings.add(name, line, "AREA_COLUMN_MISSING");
  return postcode < 0 || areas.length === 0 ? null : { postcode, areas };
}

function readLine(
  { fields }: CsvRecord,
  { postcode: index, areas }: Columns,
  deprivation: Deprivation,
): PlacedPostcode | "FIELDS_MISSING" | "POSTCODE_UNREADABLE" {
  const text = fields[index];
  if (text === undefined || areas.some((area) => fields[area] === undefined)) return "FIELDS_MISSING";
  const postcode = foldPostcode(text);
  if (postcode === null) return "POSTCODE_UNREADABLE";
  for (const area of areas) {
    const quintile = deprivation.get(fields[area]?.trim() ?? "");
    if (quintile !== undefined) return { postcode, quintile };
  }
  return { postcode, quintile: null };
}
