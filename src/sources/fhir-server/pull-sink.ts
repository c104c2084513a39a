/** What is read goes into an upload as it comes: sealed, and never in memory as a whole. */
import { GatewayError } from "../../errors/gateway-error.ts";
import { laterBy } from "../../lib/later-by.ts";
import type { PullSink, PullSinks } from "../../pull/pull-ports.ts";
import { ServerFailure } from "../../pull/server-failure.ts";
import type { Upload } from "../../submission/upload-ports.ts";
import { completeIfWhole, INCOMPLETE_UPLOAD_MS } from "../uploads/complete-upload.ts";
import type { UploadDependencies } from "../uploads/upload-dependencies.ts";
import { GATEWAY_OWNER } from "../uploads/upload-reader.ts";
import { openUploadWriter, type UploadWriter } from "../uploads/upload-writer.ts";

const LINE_END = Buffer.from("\n");

export function createPullSinks(dependencies: UploadDependencies): PullSinks {
  const { store, clock, newId } = dependencies;
  const open = async (ods: string, id: string): Promise<PullSink> =>
    toSink(dependencies, { ods, id }, await openUploadWriter(dependencies, { ods, id }, "EACH"));
  return {
    create: async (ods) => {
      const createdAt = clock.now();
      const id = newId();
      const expiresAt = laterBy(createdAt, INCOMPLETE_UPLOAD_MS);
      await store.create({ ods, clientId: GATEWAY_OWNER }, { id, recordType: null, declaredBytes: null, createdAt, expiresAt });
      return await open(ods, id);
    },
    resume: async (ods, uploadId, bytes) => {
      const upload = await store.find({ ods, clientId: GATEWAY_OWNER }, uploadId);
      if (upload === null || upload.receivedBytes !== bytes || upload.completedAt !== null) return null;
      return await open(ods, uploadId);
    },
  };
}

function toSink(dependencies: UploadDependencies, { ods, id }: Pick<Upload, "ods" | "id">, writer: UploadWriter): PullSink {
  const { store, maxBytes } = dependencies;
  return {
    uploadId: id,
    get bytes() {
      return writer.end;
    },
    write: async (line) => {
      const bytes = typeof line === "string" ? Buffer.from(line) : line;
      if (writer.end + bytes.length + LINE_END.length > maxBytes) throw new ServerFailure("TOO_LARGE");
      await writer.write(bytes);
      await writer.write(LINE_END);
    },
    checkpoint: () => writer.finish(),
    complete: async () => {
      const bytes = await writer.finish();
      await store.declareLength(ods, id, bytes);
      const upload = await store.find({ ods, clientId: GATEWAY_OWNER }, id);
      if (upload === null) throw new GatewayError("GONE", "The upload of a pull has expired.");
      await completeIfWhole(dependencies, upload);
      return bytes;
    },
  };
}
