/** The tables of an upload: an importer CSV, those of a zip, the sheets of a workbook, the tables of an Access database. */
import type { RecordTypeName } from "../../dataset/define.ts";
import type { Dictionary } from "../../dataset/dictionary.ts";
import { recordTypeOfHeader } from "../../dataset/match-csv-header.ts";
import { recordTypeOfFileName } from "../../dataset/record-type-of-file-name.ts";
import type { FileFormat } from "../../records/file-format.ts";
import type { Issue } from "../../records/issue.ts";
import { countStaffingColumns, STAFFING_FILE } from "../../reporting/staffing-columns.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { readAccess } from "./access/access-tables.ts";
import { recodeUtf16 } from "./clear-text.ts";
import { openCsvTable } from "./csv-table.ts";
import { isCompoundFile, kindOfCompoundFile, kindOfZip } from "./excel/detect-workbook.ts";
import { readWorkbook } from "./excel/workbook-tables.ts";
import { fileIssue } from "./file-issues.ts";
import type { CountKnown } from "./known-columns.ts";
import { ScratchFile } from "./scratch-file.ts";
import type { TableFile } from "./table-file.ts";
import { nameOfFile } from "./table-names.ts";
import { detectEncoding } from "./text-encoding.ts";
import { unpackZip } from "./zip-content.ts";

export type TableFormat = Extract<FileFormat, "IMPORTER_CSV" | "IMPORTER_ZIP" | "EXCEL" | "ACCESS">;

/** Of a file in a zip, without its folders; it may hold longer ones. */
const LONGEST_NAME = 255;
const HEAD_BYTES = 64;
/** Of a table whose name says nothing. */
const COLUMNS_TO_BE_SURE = 2;

export interface TableOptions {
  readonly dictionary: Dictionary;
  /** What the file's name says it holds. */
  readonly recordType: RecordTypeName | null;
  /** Whose columns are looked for: the importer's, or those of a profile. */
  readonly countKnown: CountKnown;
  /** Where content is laid aside, sealed. */
  readonly folder: string;
}

/** Close it, whatever became of it: unpacked content is laid aside until then. */
export class OpenTables {
  readonly tables: TableFile[] = [];
  /** What there is to say of encodings, sheets and layout; with an ERROR among them nothing is read. */
  readonly issues: Issue[] = [];
  readonly #options: TableOptions;
  readonly #scratch: ScratchFile[] = [];
  readonly #counts = new Map<string, number>();

  private constructor(options: TableOptions) {
    this.#options = options;
  }

  /** @throws UploadDamaged, and what hinders the machine */
  static async open(format: TableFormat, content: UploadContent, options: TableOptions): Promise<OpenTables> {
    const opened = new OpenTables(options);
    try {
      await opened.#add(format, content);
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  async close(): Promise<void> {
    for (const scratch of this.#scratch.splice(0)) await scratch.close();
  }

  async #add(format: TableFormat, content: UploadContent): Promise<void> {
    switch (format) {
      case "IMPORTER_CSV":
        return await this.#addCsv(content, this.#options.recordType, () => "", "file");
      case "IMPORTER_ZIP":
        return await this.#addZip(content);
      case "EXCEL":
        return await this.#addWorkbook(content);
      case "ACCESS":
        return this.#addAll(await readAccess(content, { ...this.#stores(), isWanted: (...table) => this.#isWanted(...table) }));
    }
  }

  /** A workbook or database of one table may say by the file's name what it holds. */
  #addAll({ tables, issues }: { readonly tables: readonly TableFile[]; readonly issues: readonly Issue[] }): void {
    const [only] = tables;
    const { recordType } = this.#options;
    if (only !== undefined && tables.length === 1 && only.recordType === null) this.tables.push({ ...only, recordType });
    else this.tables.push(...tables);
    this.issues.push(...issues);
  }

  #stores() {
    return { ...this.#options, scratch: this.#scratch };
  }

  #isWanted(columns: readonly string[], recordType: RecordTypeName | null): boolean {
    return this.#options.countKnown(columns, recordType) >= (recordType === null ? COLUMNS_TO_BE_SURE : 1);
  }

  async #addWorkbook(content: UploadContent): Promise<void> {
    const isOld = isCompoundFile(await content.read(0, HEAD_BYTES));
    const kind = isOld ? await kindOfCompoundFile(content) : await kindOfZip(content);
    if (kind === "PROTECTED") this.issues.push(fileIssue("ERROR", "FILE_PROTECTED"));
    else if (kind === "OTHER_WORKBOOK") this.issues.push(fileIssue("ERROR", "WORKBOOK_UNSUPPORTED"));
    else this.#addAll(await readWorkbook(content, this.#stores()));
  }

  async #addZip(content: UploadContent): Promise<void> {
    const unpacked = await unpackZip(content, this.#options.folder);
    if (!isList(unpacked)) return void this.issues.push(unpacked);
    for (const file of unpacked) this.#scratch.push(file.content);
    for (const [index, { name, content: file }] of unpacked.entries()) {
      const recordType = recordTypeOfFileName(name.slice(-LONGEST_NAME), this.#options.dictionary);
      const place = `file ${index + 1}`;
      await this.#addCsv(file, recordType, (header) => this.#prefixOf(recordType, header, place), place);
    }
  }

  /** `assessment `, `staffing `; the second file of a type is `assessment 2 `. */
  #prefixOf(named: RecordTypeName | null, header: readonly string[], place: string): string {
    const name = this.#nameOf(named, header);
    if (name === null) return `${place} `;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return `${name}${count === 1 ? "" : ` ${count}`} `;
  }

  #nameOf(named: RecordTypeName | null, header: readonly string[]): string | null {
    if (named === null && countStaffingColumns(header) > 0) return STAFFING_FILE;
    const { dictionary } = this.#options;
    const recordType = named ?? recordTypeOfHeader(dictionary, header);
    return recordType === null ? null : nameOfFile(dictionary, recordType);
  }

  async #addCsv(
    content: UploadContent,
    recordType: RecordTypeName | null,
    toPrefix: (header: readonly string[]) => string,
    place: string,
  ): Promise<void> {
    const encoding = await detectEncoding(content);
    const isRecoded = encoding === "utf-16le" || encoding === "utf-16be";
    const text = isRecoded ? await recodeUtf16(content, encoding, this.#options.folder) : content;
    if (text === null) return void this.issues.push(fileIssue("ERROR", "ENCODING_UNREADABLE", place));
    if (text instanceof ScratchFile) this.#scratch.push(text);
    if (isRecoded) this.issues.push(fileIssue("INFORMATION", "ENCODING_UTF_16", place));
    if (encoding === "windows-1252") this.issues.push(fileIssue("WARNING", "ENCODING_WINDOWS_1252", place));
    const { countKnown } = this.#options;
    const options = { encoding: isRecoded ? "utf-8" : encoding, recordType, countKnown, place, toPrefix } as const;
    const table = await openCsvTable(text, options);
    if ("severity" in table) this.issues.push(table);
    else this.tables.push(table);
  }
}

const isList = (unpacked: Awaited<ReturnType<typeof unpackZip>>): unpacked is Exclude<typeof unpacked, Issue> =>
  Array.isArray(unpacked);
