/** Parts as files of a folder: `<folder>/<ods>/<upload>/<object>`, readable by the gateway's own user only. */
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UploadDamaged } from "../../submission/upload-ports.ts";
import { codeOf, type PartStore, storeIsFull, toObjectKey, toUploadPrefix } from "./part-store.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** No room on the device, none left of the user's quota. */
const FULL: ReadonlySet<string> = new Set(["ENOSPC", "EDQUOT"]);

/** The folder is made when the first part is put. */
export function createFolderPartStore(folder: string): PartStore {
  return {
    put: async (key, pieces) => {
      const path = join(folder, toObjectKey(key));
      await put(folder, path, pieces).catch(async (error: unknown) => {
        await rm(`${path}.new`, { force: true });
        throw FULL.has(codeOf(error)) ? storeIsFull(error) : error;
      });
    },
    get: (key, from, to) => read(join(folder, toObjectKey(key)), from, to),
    remove: (key) => rm(join(folder, toObjectKey(key)), { force: true }),
    removeAll: (upload) => rm(join(folder, toUploadPrefix(upload)), { force: true, recursive: true }),
  };
}

/** A power cut leaves the whole file or none of it: written aside, flushed, given its name, and the name flushed too. */
async function put(folder: string, path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const made = await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
  await withFile(`${path}.new`, "wx", async (file) => {
    for (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  });
  await rename(`${path}.new`, path);
  await syncFolder(dirname(path));
  if (made === undefined) return;
  await syncFolder(dirname(dirname(path)));
  await syncFolder(folder);
}

const syncFolder = (path: string): Promise<void> => withFile(path, "r", (file) => file.sync());

async function read(path: string, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(to - from);
  const bytesRead = await withFile(path, "r", (file) => fill(file, buffer, from)).catch((error: unknown) => {
    throw codeOf(error) === "ENOENT" ? new UploadDamaged("a part of an upload is not in the folder") : error;
  });
  if (bytesRead < buffer.length) throw new UploadDamaged("a part of an upload is shorter than it was");
  return buffer;
}

/** A read may return less than was asked for. */
async function fill(file: FileHandle, buffer: Buffer, from: number): Promise<number> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, from + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

async function withFile<T>(path: string, flags: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, flags, FILE_MODE);
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}
