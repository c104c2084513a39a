/** The data store behind the tus protocol: one for each request, because what may be seen and what is checked depend on the request. */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { DataStore, ERRORS, Upload as TusUpload } from "@tus/server";
import { GatewayError } from "../../errors/gateway-error.ts";
import { laterBy } from "../../lib/later-by.ts";
import type { Upload, UploadOwner } from "../../submission/upload-ports.ts";
import { completeIfWhole, completeUpload, INCOMPLETE_UPLOAD_MS } from "./complete-upload.ts";
import type { UploadDependencies } from "./upload-dependencies.ts";
import type { NameReader, UploadDoor } from "./upload-door.ts";
import { openUploadWriter } from "./upload-writer.ts";

/** What a sender says the bytes of one request come to. */
export interface UploadChecksum {
  readonly algorithm: "sha1" | "sha256";
  /** Base64. */
  readonly digest: string;
}

export interface TusStoreSetting {
  readonly dependencies: UploadDependencies;
  readonly door: Pick<UploadDoor, "remove">;
  readonly recordTypeOf: NameReader;
  readonly owner: UploadOwner;
  readonly checksum: UploadChecksum | null;
}

const EXTENSIONS = [
  "creation",
  "creation-with-upload",
  "creation-defer-length",
  "checksum",
  "expiration",
  "termination",
] as const;

/** A status of the protocol's own. */
const CHECKSUM_MISMATCH = { status_code: 460, body: "The bytes have another checksum than was announced. None was kept." };

const refuseEmpty = (bytes: number | undefined): void => {
  if (bytes === 0) throw new GatewayError("BAD_USER_INPUT", "The file is empty.");
};

export class TusStore extends DataStore {
  override extensions = [...EXTENSIONS];
  readonly #setting: TusStoreSetting;

  constructor(setting: TusStoreSetting) {
    super();
    this.#setting = setting;
  }

  override async create(file: TusUpload): Promise<TusUpload> {
    refuseEmpty(file.size);
    const { dependencies, owner, recordTypeOf } = this.#setting;
    const createdAt = dependencies.clock.now();
    // Of the metadata the record type is kept; a name can be a patient's.
    const recordType = recordTypeOf(file.metadata?.filename ?? null);
    const expiresAt = laterBy(createdAt, INCOMPLETE_UPLOAD_MS);
    await dependencies.store.create(owner, { id: file.id, recordType, declaredBytes: file.size ?? null, createdAt, expiresAt });
    file.creation_date = createdAt;
    return file;
  }

  override async getUpload(id: string): Promise<TusUpload> {
    const upload = await completeIfWhole(this.#setting.dependencies, await this.#find(id));
    return new TusUpload({
      id,
      ...(upload.declaredBytes === null ? {} : { size: upload.declaredBytes }),
      offset: upload.receivedBytes,
      // The library counts the expiry from here; ours is later once the upload is complete.
      creation_date: laterBy(upload.expiresAt, -INCOMPLETE_UPLOAD_MS),
    });
  }

  override async declareUploadLength(id: string, bytes: number): Promise<void> {
    refuseEmpty(bytes);
    const { dependencies, owner } = this.#setting;
    if (!(await dependencies.store.declareLength(owner.ods, id, bytes))) throw ERRORS.INVALID_LENGTH;
  }

  override async remove(id: string): Promise<void> {
    if (!(await this.#setting.door.remove(this.#setting.owner, id))) throw ERRORS.FILE_NOT_FOUND;
  }

  override getExpiration(): number {
    return INCOMPLETE_UPLOAD_MS;
  }

  /** Keeps what came, also where the sender broke off, unless a checksum says that it is not what was sent. */
  override async write(content: Readable, id: string, offset: number): Promise<number> {
    const upload = await this.#find(id);
    // Nothing can follow; the library has checked the announced length.
    if (upload.completedAt !== null) return upload.receivedBytes;
    const { dependencies, checksum } = this.#setting;
    const writer = await openUploadWriter(dependencies, upload, checksum === null ? "EACH" : "END");
    if (writer.end !== offset) throw ERRORS.INVALID_OFFSET;
    const whole = createHash("sha256");
    const piece = checksum && createHash(checksum.algorithm);
    try {
      for await (const chunk of content) {
        whole.update(chunk);
        piece?.update(chunk);
        await writer.write(chunk);
      }
      if (piece && piece.digest("base64") !== checksum?.digest) throw CHECKSUM_MISMATCH;
      const end = await writer.finish();
      if (offset === 0 && end === upload.declaredBytes) await completeUpload(dependencies, upload, whole.digest("hex"));
      return end;
    } catch (error) {
      await writer.discard();
      throw error;
    }
  }

  async #find(id: string): Promise<Upload> {
    const { dependencies, owner } = this.#setting;
    const upload = await dependencies.store.find(owner, id);
    if (upload === null) throw ERRORS.FILE_NOT_FOUND;
    return upload;
  }
}
