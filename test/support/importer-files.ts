/** Importer files out of nested records: a table for each record type, and zips of them. */
import { Writable } from "node:stream";
import { ZipFile } from "yazl";
import { importerHeader } from "../../src/dataset/csv-header.ts";
import type { RecordTypeName } from "../../src/dataset/define.ts";
import type { Dictionary } from "../../src/dataset/dictionary.ts";
import type { Input } from "./journey-records.ts";

export type Row = Readonly<Record<string, unknown>>;

const cell = (value: unknown): string => {
  const text = Array.isArray(value) ? value.join(";") : String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Each row names its cells by the importer's columns; the others stay empty. */
export function toCsv(dictionary: Dictionary, type: RecordTypeName, rows: readonly Row[]): string {
  const header = importerHeader(dictionary, type);
  return [header.join(","), ...rows.map((row) => header.map((column) => cell(row[column])).join(","))].join("\r\n");
}

/** The rows of a record type in nested records, each with the identity of its ancestors. */
export function rowsOf(dictionary: Dictionary, type: RecordTypeName, records: readonly Input[]): readonly Row[] {
  return records.flatMap((record) => {
    const { patient, ...lists } = record;
    return collect(dictionary, "PATIENT", type, { sourceRecordId: record.sourceRecordId, ...asRow(patient), ...lists }, {});
  });
}

const asRow = (value: unknown): Row => (typeof value === "object" && value !== null ? { ...value } : {});

function collect(
  dictionary: Dictionary,
  at: RecordTypeName,
  wanted: RecordTypeName,
  record: Row,
  ancestors: Row,
): readonly Row[] {
  if (at === wanted) return [{ ...ancestors, ...record }];
  const type = dictionary.recordType(at);
  const prefix = type.definition.typeName.slice(0, 1).toLowerCase() + type.definition.typeName.slice(1);
  const own = Object.fromEntries(Object.entries(record).map(([name, value]) => [`${prefix}.${name}`, value]));
  return type.children.flatMap((child) => {
    const list = record[dictionary.recordType(child).definition.fieldName];
    return Array.isArray(list)
      ? list.flatMap((entry) => collect(dictionary, child, wanted, asRow(entry), { ...ancestors, ...own }))
      : [];
  });
}

export function zip(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = new ZipFile();
  for (const [name, content] of Object.entries(files)) archive.addBuffer(Buffer.from(content), name);
  archive.end();
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const sink = new Writable({
      write(piece: Buffer, _encoding, done) {
        pieces.push(piece);
        done();
      },
    });
    sink.once("finish", () => resolve(Buffer.concat(pieces)));
    archive.outputStream.once("error", reject);
    archive.outputStream.pipe(sink);
  });
}
