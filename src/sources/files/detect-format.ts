/** Tells a file's format by how it begins. */
import { isXml } from "../../../mappings/hl7v2/parse-xml.ts";
import type { RecordTypeName } from "../../dataset/define.ts";
import type { Dictionary } from "../../dataset/dictionary.ts";
import type { FileFormat } from "../../records/file-format.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { isAccess } from "./access/access-tables.ts";
import { chooseDelimiter } from "./csv-table.ts";
import { splitCells } from "./csv-text.ts";
import { isCompoundFile, kindOfZip } from "./excel/detect-workbook.ts";
import { countImporterColumns } from "./known-columns.ts";
import { utf16Of } from "./text-encoding.ts";
import { isZip } from "./zip-archive.ts";

const HEAD_BYTES = 64 * 1024;
const LINE_ENDS = /[\r\n\v\f]+/;
const BATCH = /^(?:MSH|FHS|BHS)[^A-Za-z0-9\s]/;
/** HL7 v2 in XML is known by its namespace, near the start: the root may be an envelope of any name. */
const XML_NAMESPACE = "urn:hl7-org:v2xml";
const XML_HEAD = 4_096;
const RESOURCE_TYPE = /"resourceType"\s*:\s*"/;
/** A few lines may be broken at the head of a file that is good as a whole. */
const LINES_LOOKED_AT = 100;
/** A record type's file with one column of ours may be anything. */
const COLUMNS_TO_BE_SURE = 2;

/** Null: it is none that the gateway reads. `recordType`: what the file's name says it holds. @throws UploadDamaged */
export async function detectFormat(
  content: UploadContent,
  dictionary: Dictionary,
  recordType: RecordTypeName | null,
): Promise<FileFormat | null> {
  const head = await content.read(0, HEAD_BYTES);
  // What of them is read, and what is refused, is said when the file is opened.
  if (isCompoundFile(head)) return "EXCEL";
  if (isAccess(head)) return "ACCESS";
  if (isZip(head)) return (await kindOfZip(content)) === null ? "IMPORTER_ZIP" : "EXCEL";
  const text = decodeHead(head);
  const lines = text
    .split(LINE_ENDS)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(0, LINES_LOOKED_AT);
  if (lines.some((line) => BATCH.test(line))) return "HL7V2_BATCH";
  if (isXml(text) && text.slice(0, XML_HEAD).includes(XML_NAMESPACE)) return "HL7V2_BATCH";
  return (
    detectNdjson(lines, head.length < content.bytes) ??
    (isImporter(lines[0] ?? "", dictionary, recordType) ? "IMPORTER_CSV" : null)
  );
}

function decodeHead(head: Buffer): string {
  const utf16 = utf16Of(head);
  return new TextDecoder(utf16 ?? "utf-8").decode(head);
}

/** By the first line that is a JSON object. The last line of the head may be cut off: then by what is seen of it. */
function detectNdjson(lines: readonly string[], isCut: boolean): FileFormat | null {
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith("{")) continue;
    const isCutOff = isCut && index === lines.length - 1;
    if (isCutOff && line.length > 2) return RESOURCE_TYPE.test(line) ? "FHIR_NDJSON" : "NACR_NDJSON";
    const record = parseObject(line);
    if (record !== null) return typeof record.resourceType === "string" ? "FHIR_NDJSON" : "NACR_NDJSON";
  }
  return null;
}

function parseObject(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function isImporter(header: string, dictionary: Dictionary, recordType: RecordTypeName | null): boolean {
  const countKnown = countImporterColumns(dictionary);
  const cells = splitCells(header, chooseDelimiter(countKnown, recordType, header)) ?? [];
  return countKnown(cells, recordType) >= (recordType === null ? COLUMNS_TO_BE_SURE : 1);
}
