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
  /** A complete upload of the actor's organisation that has not expired, else null: the same for another organisation's. */
  find(actor: OrganisationActor, uploadId: string): Promise<Upload | null>;
  open(ods: string, uploadId: string): Promise<UploadContent>;
}
