/** Rows of CSV files that people open in a spreadsheet (RFC 4180). */

/** Without it a spreadsheet reads the file in the machine's own character set and shows, and saves, mangled names. */
export const BYTE_ORDER_MARK = "\uFEFF";

/** A spreadsheet would take such a cell for a formula, whoever wrote it (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** An apostrophe keeps a text from being run as a formula; whoever reads the file takes it away again. A number is never a formula. */
function toCell(value: string | number | null): string {
  if (typeof value !== "string") return value === null ? "" : String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const toCsvRow = (cells: readonly (string | number | null)[]): string => `${cells.map(toCell).join()}\r\n`;
