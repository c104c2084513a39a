/** A group as CSV (RFC 4180): the first row names the columns, UTF-8, safe to open in a spreadsheet. */
import { toCsvRow } from "../../lib/csv-row.ts";
import type { CreateFileWriter } from "./extract-file.ts";

/** Characters gathered before they become bytes. */
const GATHERED = 256 * 1024;

export const createCsvFile: CreateFileWriter = (stem, columns) => {
  let text = toCsvRow(columns.map(({ name }) => name));
  const takeBytes = (): Uint8Array => {
    const bytes = Buffer.from(text, "utf8");
    text = "";
    return bytes;
  };
  return {
    name: `${stem}.csv`,
    add: (row) => {
      text += toCsvRow(row);
      return text.length < GATHERED ? null : takeBytes();
    },
    end: takeBytes,
  };
};
