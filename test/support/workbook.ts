/** Excel workbooks for tests, written part by part, so that a test can write what no program writes. */
import { ZipFile } from "yazl";

/** `xml`: the cell's content as it stands, with its attributes: `{ t: "e", xml: "<v>#N/A</v>" }`. */
export type SheetCell = string | number | boolean | null | { readonly t?: string; readonly s?: number; readonly xml: string };

export interface SheetSpec {
  readonly name: string;
  /** Row 1 is the first; null leaves its place empty. */
  readonly rows: readonly (readonly SheetCell[] | null)[];
  readonly hiddenRows?: readonly number[];
  /** Behind the rows: merged cells, filters. */
  readonly after?: string;
  /** Before them: columns. */
  readonly before?: string;
}

export interface WorkbookSpec {
  readonly sheets: readonly SheetSpec[];
  readonly date1904?: boolean;
  /** Codes of the formats 1, 2, 3 ... of cells; 0 is General. */
  readonly formats?: readonly string[];
  /** Texts in the cells themselves, as programs without a table of texts write them. */
  readonly inline?: boolean;
  /** Parts beside the usual ones, or in their place. */
  readonly parts?: Readonly<Record<string, string | Buffer>>;
}

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
/** The first number that a workbook may give to a format of its own. */
const FIRST_FORMAT = 164;

const escapeXml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

function columnName(position: number): string {
  const letter = String.fromCharCode(65 + (position % 26));
  return position < 26 ? letter : columnName(Math.floor(position / 26) - 1) + letter;
}

export async function toWorkbook(spec: WorkbookSpec): Promise<Buffer> {
  const strings = new Map<string, number>();
  const sheets = spec.sheets.map((sheet) => toSheet(sheet, spec.inline === true ? null : strings));
  const parts: Record<string, string | Buffer> = {
    "[Content_Types].xml": `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    "_rels/.rels": toRelations([["officeDocument", "xl/workbook.xml"]]),
    "xl/workbook.xml": `${HEAD}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr${spec.date1904 === true ? ' date1904="1"' : ""}/><sheets>${spec.sheets
      .map(({ name }, index) => `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`)
      .join("")}</sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": toRelations([
      ...spec.sheets.map((_, index) => ["worksheet", `worksheets/sheet${index + 1}.xml`] as const),
      ["sharedStrings", "sharedStrings.xml"],
      ["styles", "/xl/styles.xml"],
    ]),
    "xl/styles.xml": toStyles(spec.formats ?? []),
    "xl/sharedStrings.xml": `${HEAD}<sst xmlns="${MAIN}">${[...strings.keys()].map((text) => `<si><t xml:space="preserve">${escapeXml(text)}</t></si>`).join("")}</sst>`,
    ...Object.fromEntries(sheets.map((sheet, index) => [`xl/worksheets/sheet${index + 1}.xml`, sheet])),
    ...spec.parts,
  };
  return await toZipBytes(parts);
}

const toRelations = (targets: readonly (readonly [type: string, target: string])[]): string =>
  `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${targets
    .map(([type, target], index) => `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/${type}" Target="${target}"/>`)
    .join("")}</Relationships>`;

const toStyles = (formats: readonly string[]): string =>
  `${HEAD}<styleSheet xmlns="${MAIN}"><numFmts>${formats
    .map((code, index) => `<numFmt numFmtId="${FIRST_FORMAT + index}" formatCode="${escapeXml(code)}"/>`)
    .join("")}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>${formats
    .map((_, index) => `<xf numFmtId="${FIRST_FORMAT + index}" applyNumberFormat="1"/>`)
    .join("")}</cellXfs></styleSheet>`;

function toSheet({ rows, hiddenRows = [], after = "", before = "" }: SheetSpec, strings: Map<string, number> | null): string {
  const lines = rows.map((cells, index) => {
    if (cells === null) return "";
    const hidden = hiddenRows.includes(index + 1) ? ' hidden="1"' : "";
    return `<row r="${index + 1}"${hidden}>${cells.map((cell, position) => toCell(cell, `${columnName(position)}${index + 1}`, strings)).join("")}</row>`;
  });
  return `${HEAD}<worksheet xmlns="${MAIN}">${before}<sheetData>${lines.join("")}</sheetData>${after}</worksheet>`;
}

function toCell(cell: SheetCell, reference: string, strings: Map<string, number> | null): string {
  if (cell === null) return "";
  if (typeof cell === "number") return `<c r="${reference}"><v>${cell}</v></c>`;
  if (typeof cell === "boolean") return `<c r="${reference}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  if (typeof cell === "string") {
    if (strings === null) return `<c r="${reference}" t="inlineStr"><is><t>${escapeXml(cell)}</t></is></c>`;
    const index = strings.get(cell) ?? strings.size;
    strings.set(cell, index);
    return `<c r="${reference}" t="s"><v>${index}</v></c>`;
  }
  const type = cell.t === undefined ? "" : ` t="${cell.t}"`;
  const format = cell.s === undefined ? "" : ` s="${cell.s}"`;
  return `<c r="${reference}"${type}${format}>${cell.xml}</c>`;
}

/** Date and number cells in the format of that number. */
export const formatted = (value: number, format: number): SheetCell => ({ s: format, xml: `<v>${value}</v>` });

async function toZipBytes(parts: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(parts)) zip.addBuffer(Buffer.from(content), name);
  zip.end();
  const bytes: Buffer[] = [];
  for await (const piece of zip.outputStream) bytes.push(Buffer.from(piece));
  return Buffer.concat(bytes);
}

const DAY_ZERO = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;

/** The number that stands for a date in a workbook that counts from 1900. */
export const dateSerial = (isoDate: string): number => (Date.parse(`${isoDate}T00:00:00Z`) - DAY_ZERO) / DAY_MS;
