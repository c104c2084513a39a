/** What is wrong with a file, by line, without a word of what stands there. */

export type FindingCode =
  /** The header names no column of this kind: nothing of the file is read. */
  | "POSTCODE_COLUMN_MISSING"
  | "AREA_COLUMN_MISSING"
  | "DEPRIVATION_COLUMN_MISSING"
  | "ORGANISATION_COLUMN_MISSING"
  | "REGION_COLUMN_MISSING"
  /** The file has no line but a header, or not even that. */
  | "FILE_EMPTY"
  /** The line is left out. */
  | "FIELDS_MISSING"
  | "POSTCODE_UNREADABLE"
  | "AREA_UNREADABLE"
  | "DEPRIVATION_UNREADABLE"
  | "ORGANISATION_UNREADABLE"
  | "REGION_UNREADABLE"
  | "AREA_TWICE";

export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly code: FindingCode;
}

/** So many are kept with their lines; all are counted. */
const KEPT = 100;

export class Findings {
  readonly #kept: Finding[] = [];
  readonly #byFile = new Map<string, number>();
  #count = 0;
  #hasUselessFile = false;

  add(file: string, line: number, code: FindingCode): void {
    this.#count += 1;
    this.#byFile.set(file, this.countOf(file) + 1);
    if (code === "FILE_EMPTY" || code.endsWith("_COLUMN_MISSING")) this.#hasUselessFile = true;
    if (this.#kept.length < KEPT) this.#kept.push({ file, line, code });
  }

  get count(): number {
    return this.#count;
  }

  countOf(file: string): number {
    return this.#byFile.get(file) ?? 0;
  }

  /** Of a file nothing was read, however many findings there were before. */
  get hasUselessFile(): boolean {
    return this.#hasUselessFile;
  }

  /** The first hundred. */
  get first(): readonly Finding[] {
    return this.#kept;
  }
}
