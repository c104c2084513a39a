/** Unpacks a zip of importer files. Names inside are read for a record type and used for nothing else. */
import { LIMITS } from "../../lib/limits.ts";
import type { Issue } from "../../records/issue.ts";
import type { UploadContent } from "../../submission/upload-ports.ts";
import { ScratchFile } from "./scratch-file.ts";
import { isZip, ZipArchive, ZipRefused } from "./zip-archive.ts";

/** What Apple's archiver puts beside every file, and files an operating system hides. */
const SIDE_FILE = /(?:^|\/)(?:__MACOSX\/|\.[^/]*$)/;

/** A file of the zip, laid aside; closed by whoever asked for it. */
export interface UnpackedFile {
  /** As the zip calls it: never shown, never used as a path. */
  readonly name: string;
  readonly content: ScratchFile;
}

/** The files, or why the zip is refused. @throws what the content throws, and what hinders the machine */
export async function unpackZip(content: UploadContent, folder: string): Promise<readonly UnpackedFile[] | Issue> {
  const files: UnpackedFile[] = [];
  try {
    const archive = await ZipArchive.open(content, LIMITS.zipEntries, (name) => !SIDE_FILE.test(name));
    if (archive.entries.length === 0) throw new ZipRefused({ reason: "EMPTY" });
    for (const entry of archive.entries) {
      const scratch = await ScratchFile.create(folder);
      files.push({ name: entry.name, content: scratch });
      for await (const piece of archive.read(entry)) {
        if (scratch.bytes === 0 && isZip(piece)) throw new ZipRefused({ reason: "NESTED" });
        await scratch.write(piece);
      }
      await scratch.end();
    }
    return files;
  } catch (error) {
    for (const file of files) await file.content.close();
    if (error instanceof ZipRefused) return error.issue;
    throw error;
  }
}
