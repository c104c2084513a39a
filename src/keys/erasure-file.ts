/**
 * The secrets that can be destroyed one by one, in a file beside the master key. Destroying writes the file anew, beside it and then in
 * its place, and overwrites what stood there: copies of the old file are what a destruction must not survive, so of this file only the
 * newest copy may be kept (docs/destruction.md).
 */
import { randomBytes, randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { link, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
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
/** Of several that find a lock which was left behind, one may lose its new one to another: each break is of one old lock. */
const MOST_ATTEMPTS = 5;
/** Replacing the file takes several times as long as reading it: one more reading is enough but for a run of bad luck. */
const READ_ATTEMPTS = 10;
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

const stampAt = (file: string): string | null => {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? null : stampOf(found);
};

/** Synchronous, as sealing and opening are; it happens at the start and after a destruction. */
function readErasureFile(file: string): Read {
  const { bytes, stamp } = readUnreplaced(file);
  const { id, generation, nodes } = parse(bytes.toString("utf8"), file);
  bytes.fill(0);
  return { id, generation, cover: new Map(Object.entries(nodes)), stamp };
}

/**
 * Another process may put a new file into the place of the one being read and overwrite that one's bytes. What was read counts only
 * where the name meant the same file before and after.
 */
function readUnreplaced(file: string): { readonly bytes: Buffer; readonly stamp: string } {
  for (let attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
    const stamp = stampAt(file);
    if (stamp === null) throw new KeyError(`The key file ${file} is gone. Put it back from its newest backup.`);
    const read = readPrivateFile(file);
    if (stampAt(file) === stamp) {
      if (!read.ok) throw new KeyError(`The key file ${file} ${read.problem}`);
      return { bytes: read.bytes, stamp };
    }
    if (read.ok) read.bytes.fill(0);
  }
  throw new KeyError(`The key file ${file} is replaced faster than it can be read.`);
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
 * @returns false where the lock was taken away: nothing was replaced
 */
async function replaceErasureFile(
  folder: string,
  file: string,
  state: ErasureState,
  isHeld: () => Promise<boolean>,
): Promise<boolean> {
  const draft = await writeDraft(file, state);
  const old = await open(file, "r+");
  try {
    const { size } = await old.stat();
    // What another process destroyed meanwhile would be brought back.
    if (!(await isHeld())) return false;
    await rename(draft, file);
    await syncFolder(folder);
    await old.write(randomBytes(size), 0, size, 0);
    await old.sync();
    return true;
  } finally {
    await old.close();
    await rm(draft, { force: true });
  }
}

/**
 * Between processes, also of several machines that share the folder. The work is told how to ask whether the lock is still its own: a
 * process that slept for a minute may wake in another one's turn.
 */
async function withLock<T>(file: string, work: (isHeld: () => Promise<boolean>) => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  const token = randomUUID();
  while (!(await takeLock(lock, token))) {
    const held = await stat(lock).catch(() => null);
    if (isStale(held)) await breakLock(lock);
    else await wait(LOCK_PAUSE_MS);
  }
  const isHeld = async (): Promise<boolean> => (await readFile(lock, "utf8").catch(() => "")) === token;
  try {
    return await work(isHeld);
  } finally {
    if (await isHeld()) await rm(lock, { force: true });
  }
}

async function takeLock(lock: string, token: string): Promise<boolean> {
  try {
    await writeFile(lock, token, { mode: 0o600, flag: "wx" });
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  }
}

const isStale = (lock: { readonly mtimeMs: number } | null): boolean =>
  lock !== null && Date.now() - lock.mtimeMs > STALE_LOCK_MS;

/** Of two that break it at once one moves the other's new lock away: what is moved is looked at, and put back where it is fresh. */
async function breakLock(lock: string): Promise<void> {
  const moved = `${lock}.${randomUUID()}`;
  try {
    await rename(lock, moved);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  if (!isStale(await stat(moved)))
    await link(moved, lock).catch((error: unknown) => {
      // Its owner finds out by its token.
      if (!hasCode(error, "EEXIST")) throw error;
    });
  await rm(moved);
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
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++)
      if (await withLock(this.#file, (isHeld) => this.#destroyOnce(paths, isHeld))) return;
    throw new KeyError(`The lock of the key file ${this.#file} was taken away ${MOST_ATTEMPTS} times. Destroy again.`);
  }

  /** From what the file holds now. @returns false, and nothing was changed, where the lock was lost meanwhile */
  async #destroyOnce(paths: readonly LeafPath[], isHeld: () => Promise<boolean>): Promise<boolean> {
    this.#take(readErasureFile(this.#file));
    const next = { id: this.id, generation: this.#generation + 1, cover: this.#tree.without(paths) };
    if (!(await replaceErasureFile(this.#folder, this.#file, next, isHeld))) return false;
    this.#take({ ...next, stamp: stampOf(statSync(this.#file)) });
    return true;
  }

  #look(): void {
    this.#lookedAt = performance.now();
    if (stampAt(this.#file) !== this.#stamp) this.#take(readErasureFile(this.#file));
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
