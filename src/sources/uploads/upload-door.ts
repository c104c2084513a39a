/** Uploads as plain requests: a file is sent whole, looked up, removed. */
import { createHash } from "node:crypto";
import type { RecordTypeName } from "../../dataset/define.ts";
import { GatewayError } from "../../errors/gateway-error.ts";
import { laterBy } from "../../lib/later-by.ts";
import type { Upload, UploadOwner } from "../../submission/upload-ports.ts";
import { completeIfWhole, completeUpload, INCOMPLETE_UPLOAD_MS } from "./complete-upload.ts";
import { removeUpload } from "./remove-upload.ts";
import type { UploadDependencies } from "./upload-dependencies.ts";
import { openUploadWriter } from "./upload-writer.ts";

export interface UploadReceipt {
  readonly uploadId: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface SentFile {
  readonly fileName: string | null;
  /** What the sender says its SHA-256 is, hexadecimal, as often as it says so. */
  readonly announced: readonly string[];
  /** Throws where the sender breaks off. */
  readonly body: AsyncIterable<Buffer>;
}

export interface UploadDoor {
  /**
   * Stores the file, or nothing of it.
   * @throws GatewayError BAD_USER_INPUT (empty, another digest), LIMIT_EXCEEDED, OVERLOADED, UPSTREAM_UNAVAILABLE; what the body throws
   */
  receive(owner: UploadOwner, file: SentFile): Promise<UploadReceipt>;
  /** Null until all of it is here. */
  find(owner: UploadOwner, id: string): Promise<UploadReceipt | null>;
  /** False where there is none. @throws GatewayError CONFLICT where a submission uses it */
  remove(owner: UploadOwner, id: string): Promise<boolean>;
}

export type NameReader = (fileName: string | null) => RecordTypeName | null;

export function createUploadDoor(dependencies: UploadDependencies, recordTypeOf: NameReader): UploadDoor {
  return {
    receive: async (owner, { fileName, announced, body }) => {
      const createdAt = dependencies.clock.now();
      const id = dependencies.newId();
      const expiresAt = laterBy(createdAt, INCOMPLETE_UPLOAD_MS);
      const upload = { id, recordType: recordTypeOf(fileName), declaredBytes: null, createdAt, expiresAt };
      await dependencies.store.create(owner, upload);
      return await storeWhole(dependencies, { ods: owner.ods, id }, announced, body).catch(async (error: unknown) => {
        // What cannot be removed now expires; the sender is told what went wrong first.
        await removeUpload(dependencies, owner.ods, id).catch(() => undefined);
        throw error;
      });
    },
    find: async (owner, id) => {
      const found = await dependencies.store.find(owner, id);
      const upload = found && (await completeIfWhole(dependencies, found));
      return upload?.sha256 ? { uploadId: upload.id, bytes: upload.receivedBytes, sha256: upload.sha256 } : null;
    },
    remove: async (owner, id) => {
      if ((await dependencies.store.find(owner, id)) === null) return false;
      if (!(await removeUpload(dependencies, owner.ods, id))) throw inUse();
      return true;
    },
  };
}

const inUse = (): GatewayError =>
  new GatewayError("CONFLICT", "A submission uses this upload. It is kept as long as the submission's input.");

const tooLarge = (maxBytes: number): GatewayError =>
  new GatewayError("LIMIT_EXCEEDED", `The file is larger than ${maxBytes} bytes.`, {
    details: { limit: "uploadBytes", value: maxBytes },
  });

const EMPTY = "The file is empty.";
const OTHER_DIGEST = "The file has another SHA-256 than was announced, so nothing of it was kept. Send it again.";

async function storeWhole(
  dependencies: UploadDependencies,
  upload: Pick<Upload, "ods" | "id">,
  announced: readonly string[],
  body: AsyncIterable<Buffer>,
): Promise<UploadReceipt> {
  const writer = await openUploadWriter(dependencies, upload, "END");
  const hash = createHash("sha256");
  for await (const content of body) {
    if (writer.end + content.length > dependencies.maxBytes) throw tooLarge(dependencies.maxBytes);
    hash.update(content);
    await writer.write(content);
  }
  if (writer.end === 0) throw new GatewayError("BAD_USER_INPUT", EMPTY);
  const sha256 = hash.digest("hex");
  if (announced.some((digest) => digest !== sha256)) throw new GatewayError("BAD_USER_INPUT", OTHER_DIGEST, { retryable: true });
  const bytes = await writer.finish();
  await completeUpload(dependencies, upload, sha256);
  return { uploadId: upload.id, bytes, sha256 };
}
