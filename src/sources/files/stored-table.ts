/**
 * A sheet or a database's table, laid aside row by row in a form that can be read again where it stands: `14 {"c":["a","7"],"t":"tn"}`, a
 * line each, its number first. Types are a letter for each cell, left out where all are text.
 */
import { z } from "zod";
import type { CellType } from "../../../mappings/files/importer-cell.ts";
import { UnreadableEntry } from "../../../mappings/files/unreadable-entry.ts";
import { LIMITS } from "../../lib/limits.ts";
import { checkWidth } from "./csv-table.ts";
import { readLines } from "./read-lines.ts";
import type { ScratchFile } from "./scratch-file.ts";
import { type RowText, readTableRows, type StoredRow, type TableFile } from "./table-file.ts";
import type { TableSource } from "./table-source.ts";

const SPACE = 32;
const LETTERS = { text: "t", number: "n", date: "d", boolean: "b", error: "e" } as const satisfies Record<CellType, string>;
const TYPES: ReadonlyMap<string, CellType> = new Map([
  ["t", "text"],
  ["n", "number"],
  ["d", "date"],
  ["b", "boolean"],
  ["e", "error"],
]);
const stored = z.object({ c: z.array(z.string()), t: z.string().optional() });

export function encodeRow(number: number, { texts, types }: RowText): string {
  const letters = types?.map((type) => LETTERS[type]).join("");
  return `${number} ${JSON.stringify({ c: texts, t: letters })}\n`;
}

type TableFacts = Pick<TableSource, "kind" | "name" | "place" | "prefix" | "recordType" | "header" | "headerRow" | "dateSystem">;

/** @param content rows as `encodeRow` wrote them */
export function openStoredTable(content: ScratchFile, facts: TableFacts): TableFile {
  const file = {
    ...facts,
    content,
    readStored: () => readStoredRows(content),
    decode: (bytes: Buffer | null) => decodeRow(bytes, facts.header),
    splitAnyhow: (bytes: Buffer | null) => (bytes === null ? [] : parseRow(bytes).c),
  };
  return { ...file, rows: () => readTableRows(file) };
}

async function* readStoredRows(content: ScratchFile): AsyncGenerator<readonly StoredRow[]> {
  let number = 0;
  for await (const lines of readLines(content, 0, LIMITS.fileLineBytes)) {
    yield lines.map(({ start, bytes }) => {
      // A line whose number is too far from its end to be kept stands behind the one before it.
      number = bytes === null ? number + 1 : Number.parseInt(bytes.toString("latin1", 0, bytes.indexOf(SPACE)), 10);
      return { number, start, length: bytes?.length ?? 0, bytes };
    });
  }
}

function decodeRow(bytes: Buffer | null, header: readonly string[]): RowText | UnreadableEntry {
  if (bytes === null) return new UnreadableEntry("FORMAT_UNRECOGNISED", { max: LIMITS.fileLineBytes });
  const { c, t } = parseRow(bytes);
  const types = t === undefined ? null : [...t].map((letter) => TYPES.get(letter) ?? "text");
  // Cells behind the last one that says something are not in the file; they are empty.
  while (c.length < header.length) c.push("");
  return checkWidth({ texts: c, types }, header);
}

const parseRow = (bytes: Buffer) => stored.parse(JSON.parse(bytes.toString("utf8", bytes.indexOf(SPACE) + 1)));
