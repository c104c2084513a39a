/**
 * The objections' ledger as a file outside the database: a restored backup knows nothing of what patients said since, and the file does
 * (ADR 0031). It holds keyed digests, ids and times.
 */
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ObjectionLedger } from "../consent/objection-ports.ts";
import { type LedgerMac, readLines, renderLines } from "./ledger-lines.ts";

const isAbsent = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

/** `mac`: the same in every process that has the file. */
export const createLedgerFile = (file: string, mac: LedgerMac): ObjectionLedger => ({
  append: async (entries) => {
    if (entries.length === 0) return;
    await appendDurably(file, Buffer.from(renderLines(entries, mac)));
  },
  read: async () => {
    const text = await readFile(file, "utf8").catch((error: unknown) => {
      if (isAbsent(error)) return "";
      throw error;
    });
    return text === "" ? [] : readLines(text, mac);
  },
});

/** One write at the file's end, wherever that is by now: lines of several processes do not mix. */
async function appendDurably(file: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, "a", 0o600);
  try {
    const { bytesWritten } = await handle.write(bytes);
    if (bytesWritten !== bytes.length) throw new Error("The objections' ledger took a part of a line: its disk is full");
    await handle.sync();
  } finally {
    await handle.close();
  }
  // The name of a new file is durable with its folder only.
  const folder = await open(dirname(file), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** For a database in memory: forgotten with the process, like everything it keeps. */
export function createForgettingLedger(): ObjectionLedger {
  const kept: Awaited<ReturnType<ObjectionLedger["read"]>>[number][] = [];
  return {
    append: async (entries) => void kept.push(...entries),
    read: async () => kept,
  };
}
