/** From "all bytes are here" to "it can be submitted". */
import { createHash } from "node:crypto";
import { DAY_MS, laterBy } from "../../lib/later-by.ts";
import { LIMITS } from "../../lib/limits.ts";
import type { CompletedUpload, Upload } from "../../submission/upload-ports.ts";
import { openSealedContent } from "./sealed-content.ts";
import type { UploadDependencies } from "./upload-dependencies.ts";

const HOUR_MS = 3_600_000;
export const INCOMPLETE_UPLOAD_MS = LIMITS.incompleteUploadHours * HOUR_MS;
const UNUSED_UPLOAD_MS = LIMITS.unusedUploadDays * DAY_MS;

export async function completeUpload(
  { store, clock }: UploadDependencies,
  { ods, id }: Pick<Upload, "ods" | "id">,
  sha256: string,
): Promise<CompletedUpload> {
  const completedAt = clock.now();
  const completed = { sha256, completedAt, expiresAt: laterBy(completedAt, UNUSED_UPLOAD_MS) };
  await store.complete(ods, id, completed);
  return completed;
}

/**
 * Completes an upload whose bytes are all here, by reading it once: what came over several requests, perhaps to several processes,
 * was never in one hand. Also after a process ended between the last byte and completing.
 * @returns the upload as it is now
 */
export async function completeIfWhole(dependencies: UploadDependencies, upload: Upload): Promise<Upload> {
  if (upload.completedAt !== null || upload.receivedBytes === 0 || upload.receivedBytes !== upload.declaredBytes) return upload;
  const content = await openSealedContent(dependencies, upload.ods, upload.id);
  const hash = createHash("sha256");
  for await (const piece of content.stream(0)) hash.update(piece);
  return { ...upload, ...(await completeUpload(dependencies, upload, hash.digest("hex"))) };
}
