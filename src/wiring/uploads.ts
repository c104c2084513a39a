/** Uploads: where their contents lie, who seals them, and the two ways of sending them. */
import type { UploadStoreConfig } from "../config/load-config.ts";
import { recordTypeOfFileName } from "../dataset/record-type-of-file-name.ts";
import type { HttpDependencies } from "../http/http-ports.ts";
import { LIMITS } from "../lib/limits.ts";
import { systemClock } from "../lib/system-clock.ts";
import { createUploadStore } from "../persistence/upload-store.ts";
import { createUploadVault } from "../persistence/upload-vault.ts";
import { createFolderPartStore } from "../sources/uploads/folder-part-store.ts";
import type { PartStore } from "../sources/uploads/part-store.ts";
import { sweepUploads } from "../sources/uploads/remove-upload.ts";
import { createTusDoor } from "../sources/uploads/tus-door.ts";
import type { UploadDependencies } from "../sources/uploads/upload-dependencies.ts";
import { createUploadDoor, type NameReader } from "../sources/uploads/upload-door.ts";
import { createUploadReader } from "../sources/uploads/upload-reader.ts";
import type { UploadReader } from "../submission/upload-ports.ts";
import type { Parts } from "./parts.ts";

export interface Uploads {
  readonly routes: HttpDependencies["uploads"];
  readonly reader: UploadReader;
  /** For those who write an upload from the inside. */
  readonly dependencies: UploadDependencies;
  /** Removes what expired before `now` (ISO instant), of all organisations; safe in several processes at once. @returns how many */
  readonly sweep: (now: string) => Promise<number>;
}

export async function wireUploads({ config, database, keys, dictionary, newId }: Parts): Promise<Uploads> {
  const dependencies: UploadDependencies = {
    store: createUploadStore(database),
    vault: createUploadVault(keys),
    parts: await openPartStore(config.uploadStore),
    clock: systemClock,
    newId,
    maxBytes: LIMITS.uploadBytes,
  };
  const recordTypeOf: NameReader = (fileName) => recordTypeOfFileName(fileName, dictionary);
  const door = createUploadDoor(dependencies, recordTypeOf);
  return {
    routes: { ...door, tus: createTusDoor(dependencies, door, recordTypeOf) },
    reader: createUploadReader(dependencies),
    dependencies,
    sweep: (now) => sweepUploads(dependencies, now),
  };
}

/** The client for S3 (some hundred files) is loaded only where it is used. */
async function openPartStore(config: UploadStoreConfig): Promise<PartStore> {
  if (config.kind === "folder") return createFolderPartStore(config.folder);
  const { createS3PartStore } = await import("../sources/uploads/s3-part-store.ts");
  return createS3PartStore({ ...config, secret: config.secret.reveal() });
}
