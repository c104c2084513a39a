/** Reads a comma-separated file line by line, however long it is: records with their line numbers, and fields by their column. */

export interface CsvRecord {
  /** Of the record's first line, from 1. */
  readonly line: number;
  readonly fields: readonly string[];
}

/** Longer is no record of these files: a quote was never closed. */
const LONGEST_RECORD = 20_000;

/** @param lines without their ends. Empty lines are left out. A quote that is never closed ends at the longest record. */
export async function* readCsv(lines: AsyncIterable<string>): AsyncGenerator<CsvRecord, void> {
  let number = 0;
  let begun: { readonly line: number; text: string } | null = null;
  for await (const line of lines) {
    number += 1;
    const text: string = begun === null ? line.replace(number === 1 ? /^\uFEFF/ : /^$/, "") : `${begun.text} ${line}`;
    const isOpen = isQuoteOpen(text) && text.length < LONGEST_RECORD;
    const first: number = begun?.line ?? number;
    begun = isOpen ? { line: first, text } : null;
    if (!isOpen && text.trim() !== "") yield { line: first, fields: splitFields(text) };
  }
  if (begun !== null) yield { line: begun.line, fields: splitFields(begun.text) };
}

function isQuoteOpen(text: string): boolean {
  let isOpen = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) isOpen = !isOpen;
  return isOpen;
}

/** Fields without the quotes around them; a quote within is written twice. */
function splitFields(text: string): readonly string[] {
  if (!text.includes('"')) return text.split(",");
  const fields: string[] = [];
  let field = "";
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === '"' && isQuoted && text[at + 1] === '"') {
      field += '"';
      at += 1;
    } else if (character === '"') isQuoted = !isQuoted;
    else if (character === "," && !isQuoted) {
      fields.push(field);
      field = "";
    } else field += character;
  }
  return [...fields, field];
}

/** A column's name as it is compared: without case, line breaks and repeated spaces. */
const foldName = (name: string): string => name.replace(/\s+/g, " ").trim().toLowerCase();

/** The first column that fits the first of the patterns that fits any; -1: none does. */
export function findColumn(header: readonly string[], patterns: readonly RegExp[]): number {
  const names = header.map(foldName);
  for (const pattern of patterns) {
    const index = names.findIndex((name) => pattern.test(name));
    if (index >= 0) return index;
  }
  return -1;
}
