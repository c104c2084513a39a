/** The tables of an upload with their first rows: what a proposal of a column profile looks at. */
import type { TableSample } from "../../../mappings/files/profile-proposal.ts";
import type { Dictionary } from "../../dataset/dictionary.ts";
import type { FileFormat } from "../../records/file-format.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { detectFormat } from "./detect-format.ts";
import type { CountKnown } from "./known-columns.ts";
import { OpenTables, type TableFormat } from "./open-tables.ts";
import { isUnreadable, type TableFile, toCells } from "./table-file.ts";

export interface SampleOptions {
  readonly dictionary: Dictionary;
  /** Which cells are names of columns: finds the header of a sheet, and the tables of a database that may be meant. */
  readonly countKnown: CountKnown;
  readonly scratchFolder: string;
}

/** @param format null: told from the content. @returns null for what is no table. @throws UploadDamaged */
export async function sampleTables(
  content: UploadContent,
  format: FileFormat | null,
  mostRows: number,
  { dictionary, countKnown, scratchFolder: folder }: SampleOptions,
): Promise<readonly TableSample[] | null> {
  const found = format ?? (await detectFormat(content, dictionary, null)) ?? "IMPORTER_CSV";
  if (!isTableFormat(found)) return null;
  const opened = await OpenTables.open(found, content, { dictionary, recordType: null, countKnown, folder });
  try {
    const samples: TableSample[] = [];
    for (const table of opened.tables) samples.push(await sampleTable(table, mostRows));
    return samples;
  } finally {
    await opened.close();
  }
}

const isTableFormat = (format: FileFormat): format is TableFormat =>
  format === "IMPORTER_CSV" || format === "IMPORTER_ZIP" || format === "EXCEL" || format === "ACCESS";

async function sampleTable(table: TableFile, mostRows: number): Promise<TableSample> {
  const { name, header } = table;
  const rows: ReturnType<typeof toCells>[] = [];
  for await (const stored of table.readStored()) {
    for (const { bytes } of stored) {
      const row = table.decode(bytes);
      if (!isUnreadable(row) && rows.length < mostRows) rows.push(toCells(row));
    }
    if (rows.length >= mostRows) break;
  }
  return { name, header, rows };
}
