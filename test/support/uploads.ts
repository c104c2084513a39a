/** Uploads over a test database and a folder of their own, which goes with the test. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { createKeyRing } from "../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../src/keys/local-key-file.ts";
import { createUuid7 } from "../../src/lib/uuid7.ts";
import { createDataKeyStore } from "../../src/persistence/database/data-key-store.ts";
import { createUploadStore } from "../../src/persistence/upload-store.ts";
import { createUploadVault } from "../../src/persistence/upload-vault.ts";
import type { OrganisationActor } from "../../src/records/actor.ts";
import { createFolderPartStore } from "../../src/sources/uploads/folder-part-store.ts";
import type { UploadDependencies } from "../../src/sources/uploads/upload-dependencies.ts";
import { createUploadDoor, type UploadDoor } from "../../src/sources/uploads/upload-door.ts";
import { createUploadReader } from "../../src/sources/uploads/upload-reader.ts";
import type { UploadReader } from "../../src/submission/upload-ports.ts";
import type { TestDatabase } from "./database.ts";

const MIB = 1024 * 1024;

export interface TestUploads {
  readonly folder: string;
  readonly dependencies: UploadDependencies;
  readonly door: UploadDoor;
  readonly reader: UploadReader;
  /** Every file of the folder, by its path in it. */
  files(): Promise<ReadonlyMap<string, Buffer>>;
}

/** One for all tests of a file; the folder is removed after the last. */
export function provideUploads(testDatabase: () => TestDatabase): () => TestUploads {
  let current: TestUploads | null = null;
  beforeAll(async () => {
    current = createTestUploads(testDatabase(), await mkdtemp(join(tmpdir(), "nacr-uploads-")));
  });
  afterAll(async () => {
    if (current !== null) await rm(current.folder, { recursive: true });
  });
  return () => {
    if (current === null) throw new Error("the uploads are there only while tests run");
    return current;
  };
}

function createTestUploads({ database }: TestDatabase, folder: string): TestUploads {
  const keys = createKeyRing(createForgettingKeyManagement(), createDataKeyStore(database));
  const dependencies: UploadDependencies = {
    store: createUploadStore(database),
    vault: createUploadVault(keys),
    parts: createFolderPartStore(folder),
    clock: { now: () => new Date().toISOString() },
    newId: createUuid7(),
    maxBytes: 64 * MIB,
  };
  return {
    folder,
    dependencies,
    door: createUploadDoor(dependencies, () => null),
    reader: createUploadReader(dependencies),
    files: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
      return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(path)] as const)));
    },
  };
}

export const sender = (ods: string, clientId = `client-${ods}`): OrganisationActor => ({
  clientId,
  role: "SUBMITTER",
  ods,
  programmes: [],
  scopes: [],
});

export const sha256Of = (content: Uint8Array): string => createHash("sha256").update(content).digest("hex");

/** A file that is its own witness: the same for the same seed, and no run of it like another. */
export function contentOf(bytes: number, seed = 1): Buffer {
  const content = Buffer.allocUnsafe(bytes);
  let state = seed >>> 0 || 1;
  for (let at = 0; at < bytes; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    content[at] = state >>> 24;
  }
  return content;
}

/** In pieces as a network would bring them, of no round size. */
export async function* inPieces(content: Buffer, bytes = 60_001): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += bytes) yield content.subarray(at, at + bytes);
}
