/** The text tables a site's codes come in: comma-separated with a header, or the tab-separated release files of SNOMED CT. */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { splitCells } from "../sources/files/csv-text.ts";

/** Reads the cells of a row by the names of the header. */
export interface TableRow {
  /** Trimmed; empty where the table has no such column. The first of several names that is a column counts. */
  text(...columns: readonly string[]): string;
  /** `snomed.csv:14`. */
  readonly place: string;
}

export interface TableFile {
  /** For messages: the path below the folder. */
  readonly name: string;
  readonly path: string;
}

/** The header of a file, in lower case, and the rows below it as they are read. */
export interface CodeTable {
  readonly columns: ReadonlySet<string>;
  readonly rows: AsyncIterable<TableRow>;
}

/** @throws what reading throws; null for an empty file */
export async function openCodeTable(file: TableFile, digest: Hash): Promise<CodeTable | null> {
  const lines = readLines(file, digest);
  const first = await lines.next();
  if (first.done) return null;
  const delimiter = first.value.includes("\t") ? "\t" : ",";
  const split = (line: string): readonly string[] => (delimiter === "\t" ? line.split("\t") : (splitCells(line, ",") ?? []));
  const header = split(first.value.replace(/^\uFEFF/, "")).map((name) => name.trim().toLowerCase());
  const positions = new Map(header.map((name, at) => [name, at]));
  return { columns: new Set(header), rows: readRows(file, lines, split, positions) };
}

async function* readLines({ path }: TableFile, digest: Hash): AsyncGenerator<string> {
  const input = createReadStream(path, "utf8");
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    digest.update(line).update("\n");
    yield line;
  }
}

async function* readRows(
  { name }: TableFile,
  lines: AsyncIterable<string>,
  split: (line: string) => readonly string[],
  positions: ReadonlyMap<string, number>,
): AsyncGenerator<TableRow> {
  let number = 1;
  for await (const line of lines) {
    number++;
    if (line.trim() === "") continue;
    const cells = split(line);
    const place = `${name}:${number}`;
    const text = (...columns: readonly string[]): string => {
      const column = columns.find((candidate) => positions.has(candidate));
      return (cells[positions.get(column ?? "") ?? -1] ?? "").trim();
    };
    yield { text, place };
  }
}

export const createDigest = (): Hash => createHash("sha256");
