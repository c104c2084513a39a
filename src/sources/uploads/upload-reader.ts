/** What a submission reads its file with. */
import type { UploadReader } from "../../submission/upload-ports.ts";
import { completeIfWhole } from "./complete-upload.ts";
import { openSealedContent } from "./sealed-content.ts";
import type { UploadDependencies } from "./upload-dependencies.ts";

/**
 * Owns what the gateway wrote itself. Nobody is told the id of such an upload: it is reached through its submission alone, by whoever may
 * read or replay that.
 */
export const GATEWAY_OWNER = "gateway:fhir-pull";

export function createUploadReader(dependencies: UploadDependencies): UploadReader {
  return {
    find: async (actor, uploadId) => {
      const { store } = dependencies;
      const found =
        (await store.find(actor, uploadId)) ?? (await store.find({ ods: actor.ods, clientId: GATEWAY_OWNER }, uploadId));
      const upload = found && (await completeIfWhole(dependencies, found));
      return upload === null || upload.completedAt === null ? null : upload;
    },
    open: (ods, uploadId) => openSealedContent(dependencies, ods, uploadId),
  };
}
