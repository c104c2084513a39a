/** Frames of uploads under the organisation's key. */
import { KeyError } from "../keys/key-management.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { keyVersionOf, OVERHEAD_BYTES } from "../keys/sealed-box.ts";
import { UploadDamaged, type UploadVault } from "../submission/upload-ports.ts";

const placeOf = (uploadId: string, frame: number): string => `upload/${uploadId}/${frame}`;

/** @throws UploadDamaged in the place of a KeyError: the keys are nobody's business out there */
function orDamaged<T>(work: () => T, uploadId: string): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    throw new UploadDamaged(`a frame of upload ${uploadId} does not open`);
  }
}

export function createUploadVault(keys: KeyRing): UploadVault {
  return {
    overheadBytes: OVERHEAD_BYTES,
    of: async (ods) => {
      const organisation = await keys.organisation(ods);
      return {
        seal: (plain, uploadId, frame) => organisation.sealApart(plain, placeOf(uploadId, frame), uploadId),
        open: (sealed, uploadId, frame) =>
          orDamaged(() => organisation.openApart(sealed, placeOf(uploadId, frame), uploadId), uploadId),
        isNewest: (sealed) => keyVersionOf(sealed) === organisation.version,
        reseal: (sealed, uploadId, frame) =>
          orDamaged(() => organisation.resealApart(sealed, placeOf(uploadId, frame), uploadId), uploadId),
      };
    },
  };
}
