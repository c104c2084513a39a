/** The anchor of the audit trail as a file of lines. Who calls sees to it that one process at a time writes to it. */
import { type FileHandle, open } from "node:fs/promises";
import type { AnchorFile } from "../audit/trail-ports.ts";

/** Read and written by the gateway's own user only. */
const MODE = 0o600;

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

/** More than two lines, and what a process was writing when it died. */
const END_BYTES = 4_096;

/** @param path absolute; its folder is there. The file is made with its first line. */
export const createAnchorFile = (path: string): AnchorFile => ({
  async read() {
    const file = await openIfThere(path);
    return file === null ? "" : await closing(file, async () => wholeLines(await file.readFile("utf8")));
  },
  async readEnd() {
    const file = await openIfThere(path);
    return file === null ? "" : await closing(file, async () => lastLines(wholeLines((await readFrom(file, END_BYTES)).text), 2));
  },
  async append(line) {
    const file = await open(path, "a+", MODE);
    await closing(file, async () => {
      const { text, size } = await readFrom(file, END_BYTES);
      const torn = Buffer.byteLength(text) - Buffer.byteLength(wholeLines(text));
      if (torn > 0) await file.truncate(size - torn);
      await file.appendFile(line);
      await file.sync();
    });
  },
});

async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** The last bytes, or all of them. The lines are of one byte a character. */
async function readFrom(file: FileHandle, bytes: number): Promise<{ readonly text: string; readonly size: number }> {
  const { size } = await file.stat();
  const length = Math.min(size, bytes);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return { text: buffer.toString("latin1"), size };
}

const lastLines = (text: string, count: number): string =>
  text
    .split("\n")
    .slice(-count - 1)
    .join("\n");
const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf("\n") + 1);

async function closing<T>(file: FileHandle, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await file.close();
  }
}
