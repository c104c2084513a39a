/** The files of an importer upload: one, or those of a zip, each in UTF-8 with its header understood. */
import type { RecordTypeName } from "../../dataset/define.ts";
import { recordTypeOfFileName } from "../../dataset/record-type-of-file-name.ts";
import type { Issue } from "../../records/issue.ts";
import type { FileOptions } from "../../submission/file-ports.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { recodeUtf16, utf16Of } from "./clear-text.ts";
import { type CsvFile, nameOfFile, openCsv } from "./csv-file.ts";
import { fileIssue } from "./file-issues.ts";
import type { ScratchFile } from "./scratch-file.ts";
import { unpackZip } from "./zip-content.ts";

const HEAD_BYTES = 2;
/** Of a file, without its folders; a zip may hold longer ones. */
const LONGEST_NAME = 255;

/** Close it, whatever became of it: unpacked content is laid aside until then. */
export class ImporterFiles {
  readonly files: CsvFile[] = [];
  /** Why files cannot be read. */
  readonly issues: Issue[] = [];
  readonly #options: FileOptions;
  readonly #folder: string;
  readonly #scratch: ScratchFile[] = [];
  readonly #counts = new Map<RecordTypeName, number>();

  private constructor(options: FileOptions, folder: string) {
    this.#options = options;
    this.#folder = folder;
  }

  /** @throws UploadDamaged, and what hinders the machine */
  static async open(
    format: "IMPORTER_CSV" | "IMPORTER_ZIP",
    content: UploadContent,
    options: FileOptions,
    folder: string,
  ): Promise<ImporterFiles> {
    const files = new ImporterFiles(options, folder);
    try {
      if (format === "IMPORTER_ZIP") await files.#addZip(content);
      else await files.#add(content, options.recordType, () => "", "file");
    } catch (error) {
      await files.close();
      throw error;
    }
    return files;
  }

  async close(): Promise<void> {
    for (const scratch of this.#scratch.splice(0)) await scratch.close();
  }

  async #addZip(content: UploadContent): Promise<void> {
    const unpacked = await unpackZip(content, this.#folder);
    if (!isList(unpacked)) return void this.issues.push(unpacked);
    for (const file of unpacked) this.#scratch.push(file.content);
    for (const [index, { name, content: unpackedContent }] of unpacked.entries()) {
      const hint = recordTypeOfFileName(name.slice(-LONGEST_NAME), this.#options.dictionary);
      await this.#add(unpackedContent, hint, (recordType) => this.#prefixOf(recordType), `file ${index + 1}`);
    }
  }

  /** `assessment `; the second file of a type is `assessment 2 `. */
  #prefixOf(recordType: RecordTypeName): string {
    const count = (this.#counts.get(recordType) ?? 0) + 1;
    this.#counts.set(recordType, count);
    return `${nameOfFile(this.#options.dictionary, recordType)}${count === 1 ? "" : ` ${count}`} `;
  }

  /** `expression` names the file where its header cannot. */
  async #add(
    content: UploadContent,
    hint: RecordTypeName | null,
    toPrefix: (recordType: RecordTypeName) => string,
    expression: string,
  ): Promise<void> {
    const text = await this.#toUtf8(content);
    const file =
      text === null ? fileIssue("ERROR", "ENCODING_UNREADABLE") : await openCsv(text, this.#options.dictionary, hint, toPrefix);
    if ("severity" in file) this.issues.push({ ...file, expression });
    else this.files.push(file);
  }

  async #toUtf8(content: UploadContent): Promise<UploadContent | null> {
    const encoding = utf16Of(await content.read(0, HEAD_BYTES));
    if (encoding === null) return content;
    const recoded = await recodeUtf16(content, encoding, this.#folder);
    if (recoded !== null) this.#scratch.push(recoded);
    return recoded;
  }
}

const isList = (unpacked: Awaited<ReturnType<typeof unpackZip>>): unpacked is Exclude<typeof unpacked, Issue> =>
  Array.isArray(unpacked);
