/** What every piece of the uploads' code works with. */
import type { Clock, NewId } from "../../submission/ports.ts";
import type { UploadStore, UploadVault } from "../../submission/upload-ports.ts";
import type { PartStore } from "./part-store.ts";

/** Frames are opened whole: small enough for a read in the middle, large enough that 30 bytes more are nothing. */
export const FRAME_BYTES = 64 * 1024;

/** Also bounds what an upload holds in memory while it comes in. */
export const PART_BYTES = 128 * FRAME_BYTES;

export interface UploadDependencies {
  readonly store: UploadStore;
  readonly vault: UploadVault;
  readonly parts: PartStore;
  readonly clock: Pick<Clock, "now">;
  readonly newId: NewId;
  /** Largest upload: the published limit. */
  readonly maxBytes: number;
}

export const framesOf = (bytes: number): number => Math.ceil(bytes / FRAME_BYTES);
