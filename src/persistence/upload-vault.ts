/** Frames of uploads under the organisation's key. */
import { KeyError } from "../keys/key-management.ts";
import type { KeyRing } from "../keys/key-ring.ts";
import { OVERHEAD_BYTES } from "../keys/sealed-box.ts";
import { UploadDamaged, type UploadVault } from "../submission/upload-ports.ts";

const placeOf = (uploadId: string, frame: number): string => `upload/${uploadId}/${frame}`;

export function createUploadVault(keys: KeyRing): UploadVault {
  return {
    overheadBytes: OVERHEAD_BYTES,
    of: async (ods) => {
      const organisation = await keys.organisation(ods);
      return {
        seal: (plain, uploadId, frame) => organisation.seal(plain, placeOf(uploadId, frame)),
        open: (sealed, uploadId, frame) => {
          try {
            return organisation.open(sealed, placeOf(uploadId, frame));
          } catch (error) {
            if (!(error instanceof KeyError)) throw error;
            throw new UploadDamaged(`frame ${frame} of upload ${uploadId} does not open`);
          }
        },
      };
    },
  };
}
