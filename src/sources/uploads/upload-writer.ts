/** Takes content in, seals it frame by frame, and lays it down part by part: memory holds one part, however large the upload. */
import { GatewayError } from "../../errors/gateway-error.ts";
import { LIMITS } from "../../lib/limits.ts";
import type { FrameSealer, Upload, UploadPart } from "../../submission/upload-ports.ts";
import { FRAME_BYTES, framesOf, PART_BYTES, type UploadDependencies } from "./upload-dependencies.ts";

const FRAMES_PER_PART = PART_BYTES / FRAME_BYTES;

/**
 * When parts become part of the upload. `EACH`: as soon as they are durable, so that a sender can go on there after a fault.
 * `END`: all of them or none, because a digest is still to be checked.
 */
export type AddParts = "EACH" | "END";

/** Goes on where the upload ends. */
export async function openUploadWriter(
  dependencies: UploadDependencies,
  upload: Pick<Upload, "ods" | "id">,
  adding: AddParts,
): Promise<UploadWriter> {
  const sealer = await dependencies.vault.of(upload.ods);
  const last = await dependencies.store.lastPart(upload.ods, upload.id);
  return new UploadWriter(dependencies, upload, adding, sealer, last);
}

const overtaken = (): GatewayError =>
  new GatewayError("CONFLICT", "Another request has continued or removed this upload. Ask where it ends.");

const tooManyParts = (): GatewayError =>
  new GatewayError("LIMIT_EXCEEDED", `The upload came in more than ${LIMITS.uploadParts} pieces. Send larger ones.`, {
    details: { limit: "uploadParts", value: LIMITS.uploadParts },
  });

export class UploadWriter {
  readonly #dependencies: UploadDependencies;
  readonly #upload: Pick<Upload, "ods" | "id">;
  readonly #adding: AddParts;
  readonly #sealer: FrameSealer;
  readonly #frame = Buffer.allocUnsafe(FRAME_BYTES);
  #frameBytes = 0;
  /** Sealed frames of the part in hand, and their bytes in clear. */
  #pieces: Buffer[] = [];
  #partBytes = 0;
  /** Laid down, but not yet part of the upload. */
  #loose: UploadPart[] = [];
  #next: Omit<UploadPart, "bytes" | "object">;
  /** Where the upload ends as far as its rows say. */
  #addedEnd: number;

  constructor(
    dependencies: UploadDependencies,
    upload: Pick<Upload, "ods" | "id">,
    adding: AddParts,
    sealer: FrameSealer,
    last: UploadPart | null,
  ) {
    this.#dependencies = dependencies;
    this.#upload = upload;
    this.#adding = adding;
    this.#sealer = sealer;
    this.#next = last === null ? { part: 0, firstByte: 0, firstFrame: 0 } : after(last);
    this.#addedEnd = this.#next.firstByte;
  }

  /** Bytes of the upload with all that was written. */
  get end(): number {
    return this.#next.firstByte + this.#partBytes + this.#frameBytes;
  }

  /** @throws GatewayError CONFLICT where another writer was faster, LIMIT_EXCEEDED, OVERLOADED and others of the store */
  async write(content: Buffer): Promise<void> {
    for (let taken = 0; taken < content.length; ) {
      const copied = content.copy(this.#frame, this.#frameBytes, taken);
      taken += copied;
      this.#frameBytes += copied;
      if (this.#frameBytes === FRAME_BYTES) this.#sealFrame();
      if (this.#pieces.length === FRAMES_PER_PART) await this.#putPart();
    }
  }

  /** Lays down what is in hand and adds what is loose. @returns where the upload ends now */
  async finish(): Promise<number> {
    if (this.#frameBytes > 0) this.#sealFrame();
    if (this.#pieces.length > 0) await this.#putPart();
    if (this.#loose.length > 0) await this.#addLoose();
    return this.#addedEnd;
  }

  /** Takes back what did not become part of the upload. What cannot be removed now is removed with the upload. */
  async discard(): Promise<void> {
    const { ods, id } = this.#upload;
    const removals = this.#loose.map(({ object }) => this.#dependencies.parts.remove({ ods, uploadId: id, object }));
    await Promise.allSettled(removals);
  }

  #sealFrame(): void {
    const frame = this.#next.firstFrame + this.#pieces.length;
    this.#pieces.push(this.#sealer.seal(this.#frame.subarray(0, this.#frameBytes), this.#upload.id, frame));
    this.#partBytes += this.#frameBytes;
    this.#frameBytes = 0;
  }

  async #putPart(): Promise<void> {
    if (this.#next.part >= LIMITS.uploadParts) throw tooManyParts();
    const part: UploadPart = { ...this.#next, bytes: this.#partBytes, object: this.#dependencies.newId() };
    const { ods, id } = this.#upload;
    await this.#dependencies.parts.put({ ods, uploadId: id, object: part.object }, this.#pieces);
    this.#loose.push(part);
    this.#next = after(part);
    this.#pieces = [];
    this.#partBytes = 0;
    if (this.#adding === "EACH") await this.#addLoose();
  }

  async #addLoose(): Promise<void> {
    const { ods, id } = this.#upload;
    if (!(await this.#dependencies.store.addParts(ods, id, this.#addedEnd, this.#loose))) throw overtaken();
    this.#loose = [];
    this.#addedEnd = this.#next.firstByte;
  }
}

const after = ({ part, firstByte, bytes, firstFrame }: UploadPart): Omit<UploadPart, "bytes" | "object"> => ({
  part: part + 1,
  firstByte: firstByte + bytes,
  firstFrame: firstFrame + framesOf(bytes),
});
