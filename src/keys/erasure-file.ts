/**
 * The secrets that can be destroyed one by one, in a file beside the master key. Destroying writes the file anew, beside it and then in
 * its place, and overwrites what stood there: copies of the old file are what a destruction must not survive, so of this file only the
 * newest copy may be kept (docs/destruction.md).
 */
import { randomBytes, randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { link, mkdir, open, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { readPrivateFile } from "../lib/private-file.ts";
import { createErasureState, type ErasureKeys, type ErasureState } from "./erasure-keys.ts";
import { ErasureTree, type LeafPath } from "./erasure-tree.ts";
import { KeyError } from "./key-management.ts";

export const ERASURE_FILE = "erasure.key";
const FORMAT = 1;
/** How long a process may go on with what it read: until then it could still open what another one has destroyed. */
const LOOK_MS = 5_000;
/** Writing takes milliseconds: a lock that is older was left by a process that died. */
const STALE_LOCK_MS = 60_000;
const LOCK_PAUSE_MS = 50;
const SECRET = /^[0-9a-f]{64}$/;
const NODE = /^[0-9a-f]{0,14}$/;
const content = z.object({
  format: z.literal(FORMAT),
  id: z.string().regex(SECRET),
  generation: z.int(),
  // Looked through by hand: there may be a hundred thousand.
  nodes: z.custom<Readonly<Record<string, string>>>((value) => typeof value === "object" && value !== null && areNodes(value)),
});

const areNodes = (nodes: object): boolean =>
  Object.entries(nodes).every(([path, secret]) => NODE.test(path) && typeof secret === "string" && SECRET.test(secret));

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && "code" in error && error.code === code;

const toText = ({ id, generation, cover }: ErasureState): string =>
  `${JSON.stringify({ format: FORMAT, id, generation, nodes: Object.fromEntries(cover) })}\n`;

/** The file as it was read, and by what to tell whether it is another by now. */
interface Read extends ErasureState {
  readonly stamp: string;
}

const stampOf = ({ ino, mtimeMs, size }: { readonly ino: number; readonly mtimeMs: number; readonly size: number }): string =>
  `${ino}/${mtimeMs}/${size}`;

/** Synchronous, as sealing and opening are; it happens at the start and after a destruction. The stamp is taken first: a later state is seen. */
function readErasureFile(file: string): Read {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new KeyError(`The key file ${file} is gone. Put it back from its newest backup.`);
  const read = readPrivateFile(file);
  if (!read.ok) throw new KeyError(`The key file ${file} ${read.problem}`);
  const { id, generation, nodes } = parse(read.bytes.toString("utf8"), file);
  read.bytes.fill(0);
  return { id, generation, cover: new Map(Object.entries(nodes)), stamp: stampOf(found) };
}

/** No part of the file may get into a message. */
function parse(text: string, file: string): z.infer<typeof content> {
  try {
    return content.parse(JSON.parse(text));
  } catch {
    throw new KeyError(`The key file ${file} is damaged. Put it back from its newest backup.`);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeDraft(file: string, state: ErasureState): Promise<string> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, toText(state), { mode: 0o600, flag: "wx", flush: true });
  return draft;
}

/** Linked into place: never over one that exists. */
async function createErasureFile(folder: string, file: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = await writeDraft(file, createErasureState());
  try {
    await link(draft, file);
    await syncFolder(folder);
  } catch (error) {
    // Another process was first: its file counts.
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * The new state stands before the old one is overwritten: a crash in between leaves the old bytes on the disk without a name, which the
 * next destruction cannot reach; a disk that moves what it writes may keep them, too (docs/destruction.md).
 */
async function replaceErasureFile(folder: string, file: string, state: ErasureState): Promise<void> {
  const draft = await writeDraft(file, state);
  const old = await open(file, "r+");
  try {
    const { size } = await old.stat();
    await rename(draft, file);
    await syncFolder(folder);
    await old.write(randomBytes(size), 0, size, 0);
    await old.sync();
  } finally {
    await old.close();
    await rm(draft, { force: true });
  }
}

/** Between processes, also of several machines that share the folder. */
async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  for (;;) {
    try {
      await writeFile(lock, "", { mode: 0o600, flag: "wx" });
      break;
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
    }
    const held = await stat(lock).catch(() => null);
    if (held !== null && Date.now() - held.mtimeMs > STALE_LOCK_MS) await rm(lock, { force: true });
    else await wait(LOCK_PAUSE_MS);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

class ErasureFile implements ErasureKeys {
  readonly id: string;
  readonly #folder: string;
  readonly #file: string;
  #stamp: string;
  #tree: ErasureTree;
  #generation: number;
  #lookedAt = performance.now();

  constructor(folder: string, file: string) {
    this.#folder = folder;
    this.#file = file;
    const { id, generation, cover, stamp } = readErasureFile(file);
    this.#generation = generation;
    this.id = id;
    this.#stamp = stamp;
    this.#tree = new ErasureTree(cover);
  }

  get generation(): number {
    return this.#generation;
  }

  secretOf(path: LeafPath): string | null {
    if (performance.now() - this.#lookedAt > LOOK_MS) this.#look();
    return this.#tree.secretOf(path);
  }

  async destroy(paths: readonly LeafPath[]): Promise<void> {
    await withLock(this.#file, async () => {
      this.#take(readErasureFile(this.#file));
      const next = { id: this.id, generation: this.#generation + 1, cover: this.#tree.without(paths) };
      await replaceErasureFile(this.#folder, this.#file, next);
      this.#take({ ...next, stamp: stampOf(statSync(this.#file)) });
    });
  }

  #look(): void {
    this.#lookedAt = performance.now();
    const found = statSync(this.#file, { throwIfNoEntry: false });
    if (found === undefined || stampOf(found) !== this.#stamp) this.#take(readErasureFile(this.#file));
  }

  #take({ id, generation, cover, stamp }: Read): void {
    if (id !== this.id) throw new KeyError(`The key file ${this.#file} was exchanged for another one's.`);
    this.#stamp = stamp;
    this.#generation = generation;
    this.#tree = new ErasureTree(cover);
    this.#lookedAt = performance.now();
  }
}

/**
 * Opens `erasure.key` in the key folder, creating it (rights 0600) where there is none: `mayCreate` is false where the database was
 * written with one, without which none of its patients could be read.
 * @throws KeyError when the file is missing, damaged, or can be read by others
 */
export async function openErasureFile(folder: string, mayCreate: boolean): Promise<ErasureKeys> {
  const file = join(folder, ERASURE_FILE);
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  if (!exists && !mayCreate)
    throw new KeyError(
      `The key file ${file} is missing, and the database was written with it. Put it back from its newest backup.`,
    );
  if (!exists) await createErasureFile(folder, file);
  return new ErasureFile(folder, file);
}
