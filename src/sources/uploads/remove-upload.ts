/** Uploads leave in this order: nobody finds it, no content is left, nothing points to it. A fault between two of them is made good later. */

import { laterBy } from "../../lib/later-by.ts";
import type { ExpiredUpload } from "../../submission/upload-ports.ts";
import type { UploadDependencies } from "./upload-dependencies.ts";

/** @returns false where a submission uses it */
export async function removeUpload({ store, parts }: UploadDependencies, ods: string, id: string): Promise<boolean> {
  if (!(await store.expire(ods, id))) return false;
  await parts.removeAll({ ods, uploadId: id });
  await store.remove(ods, id);
  return true;
}

/** Processes' clocks differ by seconds, and who began to read just before the end may finish. */
const SWEEP_DELAY_MS = 10 * 60_000;

/**
 * Removes what expired some minutes before `now` (ISO instant), of all organisations. Two processes may do it at once. One upload
 * that cannot be removed does not keep the others; its failure is thrown at the end.
 * @returns how many uploads this call removed
 */
export async function sweepUploads(dependencies: Pick<UploadDependencies, "store" | "parts">, now: string): Promise<number> {
  const { store, parts } = dependencies;
  const before = laterBy(now, -SWEEP_DELAY_MS);
  const failures: unknown[] = [];
  let removed = 0;
  let last: ExpiredUpload | null = null;
  for (;;) {
    const page: readonly ExpiredUpload[] = await store.expired(before, last);
    for (const upload of page) {
      try {
        await parts.removeAll({ ods: upload.ods, uploadId: upload.id });
        removed += await store.removeExpired(upload, before);
      } catch (error) {
        failures.push(error);
      }
    }
    last = page.at(-1) ?? null;
    if (last === null) break;
  }
  if (failures.length > 0) throw failures[0];
  return removed;
}
