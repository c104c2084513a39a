/** The parts of a workbook that say what its sheets are and how their numbers are meant (ECMA-376 part 1; Open Packaging Conventions). */

import type { DateSystem } from "../../../../mappings/files/importer-cell.ts";
import { LIMITS } from "../../../lib/limits.ts";
import type { UploadContent } from "../../../submission/upload-ports.ts";
import { ZipArchive, type ZipEntry, ZipRefused } from "../zip-archive.ts";
import { meaningOfBuiltIn, meaningOfCode, type NumberMeaning } from "./number-formats.ts";
import { readSharedStrings } from "./shared-strings.ts";
import { attributeOf, readXml, type XmlHandler } from "./xml-tokens.ts";

const PACKAGE_RELATIONS = "_rels/.rels";
const WORKBOOK = /\/officeDocument$/;
const WORKSHEET = /\/worksheet$/;
const STRINGS = /\/sharedStrings$/;
const STYLES = /\/styles$/;

export interface SheetPart {
  /** As its tab says. */
  readonly name: string;
  readonly entry: ZipEntry;
}

export interface WorkbookParts {
  readonly archive: ZipArchive;
  readonly sheets: readonly SheetPart[];
  readonly dateSystem: DateSystem;
  readonly strings: readonly string[];
  /** What each cell format means, by its number (`s` of a cell). */
  readonly formats: readonly NumberMeaning[];
}

/** @throws ZipRefused, XmlMalformed, and what the content throws */
export async function openWorkbook(content: UploadContent): Promise<WorkbookParts> {
  const archive = await ZipArchive.open(content, LIMITS.workbookParts, () => true);
  const parts = new Map(archive.entries.map((entry) => [entry.name.toLowerCase(), entry]));
  const open = async (path: string, handler: XmlHandler): Promise<void> => {
    const entry = parts.get(path.toLowerCase());
    if (entry === undefined) throw new ZipRefused({ reason: "PART_MISSING" });
    await readXml(archive.read(entry), handler);
  };
  const root = await readRelations("", PACKAGE_RELATIONS, open);
  const workbookPath = root.find(({ type }) => WORKBOOK.test(type))?.target;
  if (workbookPath === undefined) throw new ZipRefused({ reason: "PART_MISSING" });
  const workbook = new WorkbookReader();
  await open(workbookPath, workbook);
  const relations = await readRelations(folderOf(workbookPath), relationsOf(workbookPath), open);
  const partOf = (type: RegExp): ZipEntry | undefined =>
    parts.get(relations.find((relation) => type.test(relation.type))?.target.toLowerCase() ?? "");
  const [strings, styles] = [partOf(STRINGS), partOf(STYLES)];
  const formats = new StyleReader();
  if (styles !== undefined) await readXml(archive.read(styles), formats);
  const sheets = workbook.sheets.flatMap(({ name, id }) => {
    const relation = relations.find((candidate) => candidate.id === id && WORKSHEET.test(candidate.type));
    const entry = parts.get(relation?.target.toLowerCase() ?? "");
    return entry === undefined ? [] : [{ name, entry }];
  });
  return {
    archive,
    sheets,
    dateSystem: workbook.dateSystem,
    strings: strings === undefined ? [] : await readSharedStrings(archive.read(strings)),
    formats: formats.meanings(),
  };
}

interface Relation {
  readonly id: string;
  readonly type: string;
  /** Path in the zip. */
  readonly target: string;
}

async function readRelations(
  folder: string,
  path: string,
  open: (path: string, handler: XmlHandler) => Promise<void>,
): Promise<readonly Relation[]> {
  const relations: Relation[] = [];
  await open(path, {
    open(name, tag) {
      if (name !== "Relationship" || attributeOf(tag, "TargetMode") === "External") return;
      const target = attributeOf(tag, "Target") ?? "";
      relations.push({
        id: attributeOf(tag, "Id") ?? "",
        type: attributeOf(tag, "Type") ?? "",
        target: resolvePath(folder, target),
      });
    },
    close: () => undefined,
    text: () => undefined,
  });
  return relations;
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);
const relationsOf = (path: string): string => `${folderOf(path)}_rels/${path.slice(folderOf(path).length)}.rels`;

/** A target is named from the folder of the part that names it, or from the root. */
function resolvePath(folder: string, target: string): string {
  const path = target.startsWith("/") ? target : `/${folder}${target}`;
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return steps.join("/");
}

class WorkbookReader implements XmlHandler {
  readonly sheets: { readonly name: string; readonly id: string }[] = [];
  dateSystem: DateSystem = 1900;

  open(name: string, tag: string): void {
    if (name === "workbookPr" && isTrue(attributeOf(tag, "date1904"))) this.dateSystem = 1904;
    if (name !== "sheet" || this.sheets.length === LIMITS.workbookParts) return;
    this.sheets.push({ name: attributeOf(tag, "name") ?? "", id: attributeOf(tag, "id") ?? "" });
  }

  close(): void {
    // Nothing is told by an end.
  }

  text(): void {
    // A workbook part has no text that is looked for.
  }
}

export const isTrue = (value: string | null): boolean => value === "1" || value === "true";

/** Cell formats stand in `cellXfs`; the same elements elsewhere are styles, which cells do not refer to. */
class StyleReader implements XmlHandler {
  readonly #codes = new Map<number, NumberMeaning>();
  readonly #ids: number[] = [];
  #isCellFormat = false;

  open(name: string, tag: string): void {
    if (name === "cellXfs") this.#isCellFormat = true;
    else if (name === "numFmt")
      this.#codes.set(Number(attributeOf(tag, "numFmtId")), meaningOfCode(attributeOf(tag, "formatCode") ?? ""));
    else if (name === "xf" && this.#isCellFormat) this.#ids.push(Number(attributeOf(tag, "numFmtId") ?? 0));
  }

  close(name: string): void {
    if (name === "cellXfs") this.#isCellFormat = false;
  }

  text(): void {
    // Styles have none.
  }

  meanings(): readonly NumberMeaning[] {
    return this.#ids.map((id) => this.#codes.get(id) ?? meaningOfBuiltIn(id));
  }
}
