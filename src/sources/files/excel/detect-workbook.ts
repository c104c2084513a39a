/** Tells workbooks from other files that begin like them: zips, and the compound files of older programs. */
import { LIMITS } from "../../../lib/limits.ts";
import type { UploadContent } from "../../../submission/upload-ports.ts";
import { listZipNames } from "../zip-archive.ts";

/**
 * `WORKBOOK` is read. `OTHER_WORKBOOK`: Excel 97-2003, a binary workbook, an OpenDocument one. `PROTECTED`: a workbook under a password,
 * which is a compound file with the workbook sealed in it.
 */
export type WorkbookKind = "WORKBOOK" | "OTHER_WORKBOOK" | "PROTECTED";

const COMPOUND_FILE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const PROTECTED_PART = Buffer.from("EncryptedPackage", "utf16le");
const BINARY_WORKBOOK = /^xl\/workbook\.bin$/i;
const CONTENT_TYPES = "[Content_Types].xml";
const SHEET_FOLDER = /^xl\//i;
const OPEN_DOCUMENT = "META-INF/manifest.xml";

export const isCompoundFile = (head: Buffer): boolean => head.subarray(0, COMPOUND_FILE.length).equals(COMPOUND_FILE);

/** Of a compound file. Names of its parts may stand anywhere in it. @throws what the content throws */
export async function kindOfCompoundFile(content: UploadContent): Promise<WorkbookKind> {
  let end = Buffer.alloc(0);
  for await (const piece of content.stream(0)) {
    const bytes = Buffer.concat([end, piece]);
    if (bytes.includes(PROTECTED_PART)) return "PROTECTED";
    end = Buffer.from(bytes.subarray(-PROTECTED_PART.length));
  }
  return "OTHER_WORKBOOK";
}

/** Of a zip: null where it is no workbook. @throws what the content throws */
export async function kindOfZip(content: UploadContent): Promise<WorkbookKind | null> {
  const names = await listZipNames(content, LIMITS.workbookParts);
  if (names.some((name) => BINARY_WORKBOOK.test(name))) return "OTHER_WORKBOOK";
  if (names.includes(CONTENT_TYPES) && names.some((name) => SHEET_FOLDER.test(name))) return "WORKBOOK";
  return names.includes(OPEN_DOCUMENT) && names.includes("content.xml") ? "OTHER_WORKBOOK" : null;
}
