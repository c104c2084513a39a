/** Seals the contents of uploads anew, part by part, in place: whoever reads one gets it as it was or as it is, and can open either. */
import { LongWork } from "../../lib/long-work.ts";
import { type FrameSealer, UploadDamaged, type UploadPart } from "../../submission/upload-ports.ts";
import type { PartKey } from "./part-store.ts";
import { FRAME_BYTES, framesOf, type UploadDependencies } from "./upload-dependencies.ts";

type Dependencies = Pick<UploadDependencies, "store" | "vault" | "parts">;

export interface ResealedUploads {
  readonly frames: number;
  /** Every upload was looked at. What is damaged is left: nobody could read it before either. */
  readonly isDone: boolean;
}

/** @param mayGoOn asked before each part; false ends it, and the next call finds what is left. @throws what the stores throw */
export async function resealUploads(dependencies: Dependencies, ods: string, mayGoOn: () => boolean): Promise<ResealedUploads> {
  const sealer = await dependencies.vault.of(ods);
  let frames = 0;
  let last: string | null = null;
  for (;;) {
    const ids: readonly string[] = await dependencies.store.living(ods, last);
    for (const uploadId of ids)
      for (const part of await dependencies.store.parts(ods, uploadId)) {
        if (!mayGoOn()) return { frames, isDone: false };
        frames += await resealPart(dependencies, { ods, uploadId, object: part.object }, part, sealer);
      }
    last = ids.at(-1) ?? null;
    if (last === null) return { frames, isDone: true };
  }
}

/** Frames are sealed in their order: where the first one is of the newest version, all are. */
async function resealPart(dependencies: Dependencies, key: PartKey, part: UploadPart, sealer: FrameSealer): Promise<number> {
  const { parts, vault } = dependencies;
  try {
    if (sealer.isNewest(await parts.get(key, 0, vault.overheadBytes + 1))) return 0;
    const count = framesOf(part.bytes);
    const sealed = await parts.get(key, 0, part.bytes + count * vault.overheadBytes);
    const resealed = await resealFrames(sealed, FRAME_BYTES + vault.overheadBytes, { uploadId: key.uploadId, part, sealer });
    await parts.put(key, resealed);
    await removeIfGone(dependencies, key);
    return count;
  } catch (error) {
    if (error instanceof UploadDamaged) return 0;
    throw error;
  }
}

interface Frames {
  readonly uploadId: string;
  readonly part: UploadPart;
  readonly sealer: FrameSealer;
}

function resealFrames(sealed: Buffer, frameBytes: number, { uploadId, part, sealer }: Frames): Promise<readonly Buffer[]> {
  const frames = Array.from({ length: framesOf(part.bytes) }, (_, frame) => frame);
  return new LongWork().map(frames, (frame) =>
    sealer.reseal(sealed.subarray(frame * frameBytes, (frame + 1) * frameBytes), uploadId, part.firstFrame + frame),
  );
}

/** Somebody removed the upload meanwhile: no row points to what was just put, and nobody would look for it. */
async function removeIfGone({ store, parts }: Dependencies, key: PartKey): Promise<void> {
  const known = await store.parts(key.ods, key.uploadId);
  if (!known.some(({ object }) => object === key.object)) await parts.remove(key);
}
