/** What a submission reads its file with. */
import type { UploadReader } from "../../submission/upload-ports.ts";
import { completeIfWhole } from "./complete-upload.ts";
import { openSealedContent } from "./sealed-content.ts";
import type { UploadDependencies } from "./upload-dependencies.ts";

export function createUploadReader(dependencies: UploadDependencies): UploadReader {
  return {
    find: async (actor, uploadId) => {
      const found = await dependencies.store.find(actor, uploadId);
      const upload = found && (await completeIfWhole(dependencies, found));
      return upload === null || upload.completedAt === null ? null : upload;
    },
    open: (ods, uploadId) => openSealedContent(dependencies, ods, uploadId),
  };
}
