/** The rows of an importer file behind its header, each with its place. */

import { LIMITS } from "../../lib/limits.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { type Delimiter, endsOpen, endsOpenRow } from "./csv-text.ts";
import { isBlank } from "./decode-line.ts";
import { type FindEnd, type RawLine, readLines } from "./read-lines.ts";
import type { StoredRow } from "./table-file.ts";

/** Where the rows of a file begin, and how they are written. */
export interface CsvForm {
  readonly delimiter: Delimiter;
  readonly findEnd: FindEnd;
  /** Byte and number of the first row behind the header. */
  readonly firstByte: number;
  readonly firstRow: number;
}

const LINE_END = Buffer.from("\n");

/** Rows that are not blank; blank ones are counted. */
export async function* readRows(content: Pick<UploadContent, "stream">, form: CsvForm): AsyncGenerator<readonly StoredRow[]> {
  const joiner = new RowJoiner(form);
  for await (const lines of readLines(content, form.firstByte, LIMITS.fileLineBytes, form.findEnd)) {
    for (const line of lines) joiner.add(line);
    yield joiner.take();
  }
  joiner.end();
  yield joiner.take();
}

/** Puts lines together that a quoted cell goes over. */
class RowJoiner {
  readonly #delimiter: Delimiter;
  #number: number;
  #rows: StoredRow[] = [];
  /** Lines of a row whose last quote is still open. */
  #open: RawLine[] = [];
  #openBytes = 0;

  constructor({ delimiter, firstRow }: CsvForm) {
    this.#delimiter = delimiter;
    this.#number = firstRow;
  }

  add(line: RawLine): void {
    if (this.#open.length === 0) return this.#begin(line);
    this.#open.push(line);
    this.#openBytes += line.next - line.start;
    if (line.bytes === null || this.#openBytes > LIMITS.fileLineBytes) return this.#giveUp();
    const state = endsOpenRow(line.bytes, this.#delimiter);
    if (state === "CLOSED") this.#close();
    else if (state === "MALFORMED") this.#giveUp();
  }

  end(): void {
    while (this.#open.length > 0) this.#giveUp();
  }

  take(): readonly StoredRow[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  #begin(line: RawLine): void {
    if (line.bytes !== null && endsOpen(line.bytes, this.#delimiter)) {
      this.#open = [line];
      this.#openBytes = line.next - line.start;
    } else this.#emit(line.start, line.bytes);
  }

  /** The first line of what was taken for one row is a row by itself, whatever it holds; the others are looked at anew. */
  #giveUp(): void {
    const [first, ...others] = this.#open;
    this.#open = [];
    if (first !== undefined) this.#emit(first.start, first.bytes);
    for (const line of others) this.add(line);
  }

  #close(): void {
    const [first] = this.#open;
    const bytes = this.#open.flatMap((line, index) => (index === 0 ? [line.bytes] : [LINE_END, line.bytes]));
    if (first !== undefined) this.#emit(first.start, Buffer.concat(bytes.filter((part) => part !== null)), this.#open.at(-1));
    this.#open = [];
  }

  #emit(start: number, bytes: Buffer | null, last?: RawLine): void {
    const number = this.#number;
    this.#number += 1;
    if (bytes !== null && isBlank(bytes)) return;
    const length = last?.bytes ? last.start + last.bytes.length - start : (bytes?.length ?? 0);
    this.#rows.push({ number, start, length, bytes });
  }
}
