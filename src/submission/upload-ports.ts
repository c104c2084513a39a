/** A file that was sent before it is submitted. It belongs to a client of an organisation; its content is sealed at rest. */
import type { RecordTypeName } from "../dataset/define.ts";
import type { OrganisationActor } from "../records/actor.ts";

export interface Upload {
  readonly id: string;
  readonly ods: string;
  readonly clientId: string;
  /** The record type the file's name begins with (`assessment_2026.csv`); the name itself is not kept. */
  readonly recordType: RecordTypeName | null;
  /** What the sender said it would be; null: not said. */
  readonly declaredBytes: number | null;
  readonly receivedBytes: number;
  /** SHA-256 of the whole content, hexadecimal; null until it is complete. */
  readonly sha256: string | null;
  /** ISO instants. */
  readonly createdAt: string;
  readonly completedAt: string | null;
  readonly expiresAt: string;
}

/** The content in clear, read from any place of it. Nothing is kept in memory but the part in hand. */
export interface UploadContent {
  readonly bytes: number;
  /** Up to `length` bytes from `position` on; fewer only at the end. @throws UploadDamaged where a frame does not open */
  read(position: number, length: number): Promise<Buffer>;
  /** From `position` to the end (or up to `end`, exclusive), in pieces as they are opened. */
  stream(position: number, end?: number): AsyncIterable<Buffer>;
}

/** What was stored is gone or was altered: a fault of the store, never of the sender. */
export class UploadDamaged extends Error {}

export interface UploadReader {
  /** A complete upload of the actor (organisation and client) that has not expired, else null: the same for anybody else's. */
  find(actor: OrganisationActor, uploadId: string): Promise<Upload | null>;
  /** @throws UploadDamaged where parts of it are gone */
  open(ods: string, uploadId: string): Promise<UploadContent>;
}

/** Whose an upload is: nobody else learns that it exists. */
export interface UploadOwner {
  readonly ods: string;
  readonly clientId: string;
}

/** A run of the content, stored as one object of sealed frames, each of 64 KiB in clear but for the last, which may be shorter. */
export interface UploadPart {
  readonly part: number;
  readonly firstByte: number;
  /** In clear. */
  readonly bytes: number;
  /** Number of its first frame, counted over the whole upload. */
  readonly firstFrame: number;
  /** Name of the object; made anew by each writer. */
  readonly object: string;
}

export type NewUpload = Pick<Upload, "id" | "recordType" | "declaredBytes" | "createdAt" | "expiresAt">;

export interface CompletedUpload {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly completedAt: string;
  readonly expiresAt: string;
}

/** What is known of uploads. The rows are the truth: an object no row points to is not there. Expired uploads are not found. */
export interface UploadStore {
  create(owner: UploadOwner, upload: NewUpload): Promise<void>;
  find(owner: UploadOwner, id: string): Promise<Upload | null>;
  /** In the order of the content. */
  parts(ods: string, id: string): Promise<readonly UploadPart[]>;
  lastPart(ods: string, id: string): Promise<UploadPart | null>;
  /** False where its length was declared before. */
  declareLength(ods: string, id: string, bytes: number): Promise<boolean>;
  /** False, with nothing added, where the upload does not end at `end` (any more), is complete, or has expired. */
  addParts(ods: string, id: string, end: number, parts: readonly UploadPart[]): Promise<boolean>;
  /** Does nothing where it is complete already. */
  complete(ods: string, id: string, completed: CompletedUpload): Promise<void>;
  /** From now on nobody finds it. False where a submission uses it. */
  expire(ods: string, id: string): Promise<boolean>;
  /** Forgets an expired one. */
  remove(ods: string, id: string): Promise<void>;
  /** Ids of those that have not expired, in their order, later than the one named. */
  living(ods: string, after: string | null): Promise<readonly string[]>;
  /** The oldest that expired before `before` (ISO instant), of all organisations, later than the one named. */
  expired(before: string, after: ExpiredUpload | null): Promise<readonly ExpiredUpload[]>;
  /** How many were still there: 0 or 1. */
  removeExpired(upload: ExpiredUpload, before: string): Promise<number>;
}

export interface ExpiredUpload {
  readonly ods: string;
  readonly id: string;
  readonly expiresAt: string;
}

/** Seals and opens frames of one organisation's uploads: a frame opens only in its own place of its own upload. */
export interface FrameSealer {
  seal(plain: Buffer, uploadId: string, frame: number): Buffer;
  /** @throws UploadDamaged */
  open(sealed: Buffer, uploadId: string, frame: number): Buffer;
  /** Whether the key it was sealed with is the one in use. */
  isNewest(sealed: Buffer): boolean;
  /** The same content under the key in use; as long as before. @throws UploadDamaged */
  reseal(sealed: Buffer, uploadId: string, frame: number): Buffer;
}

export interface UploadVault {
  /** Bytes by which a sealed frame is longer than its content. */
  readonly overheadBytes: number;
  of(ods: string): Promise<FrameSealer>;
}
