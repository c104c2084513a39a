/** Where sealed parts lie. Their names and order stand in the database; the store knows neither clients nor contents. */
import { GatewayError } from "../../errors/gateway-error.ts";

export interface PartStore {
  /** The pieces, one after the other, as one object. When it returns they are durable; when it throws there is no such object. */
  put(key: PartKey, pieces: readonly Uint8Array[]): Promise<void>;
  /** Bytes `from` (inclusive) to `to` (exclusive). @throws UploadDamaged where they are not there */
  get(key: PartKey, from: number, to: number): Promise<Buffer>;
  /** Also where it is not there (any more). */
  remove(key: PartKey): Promise<void>;
  /** Everything of an upload, pointed to or not. */
  removeAll(upload: Pick<PartKey, "ods" | "uploadId">): Promise<void>;
}

export interface PartKey {
  readonly ods: string;
  readonly uploadId: string;
  readonly object: string;
}

const NAME = /^[A-Za-z0-9-]+$/;

/** `ods/upload/`. @throws RangeError for a name that could lead elsewhere: a fault of ours */
export const toUploadPrefix = ({ ods, uploadId }: Pick<PartKey, "ods" | "uploadId">): string => `${join(ods, uploadId)}/`;

/** `ods/upload/object`. @throws RangeError as above */
export const toObjectKey = ({ ods, uploadId, object }: PartKey): string => join(ods, uploadId, object);

function join(...names: readonly string[]): string {
  if (!names.every((name) => NAME.test(name))) throw new RangeError("a name of the part store is not plain");
  return names.join("/");
}

/** Somebody has to make room: clients that come back every second would not help. */
const FULL_RETRY_SECONDS = 60;
const AWAY_RETRY_SECONDS = 5;

export const storeIsFull = (cause: unknown): GatewayError =>
  new GatewayError("OVERLOADED", "There is no room for the file at the moment. Send it again later.", {
    retryable: true,
    retryAfterSeconds: FULL_RETRY_SECONDS,
    cause,
  });

export const storeIsAway = (cause: unknown): GatewayError =>
  new GatewayError("UPSTREAM_UNAVAILABLE", "The store of files did not answer. Send it again later.", {
    retryable: true,
    retryAfterSeconds: AWAY_RETRY_SECONDS,
    cause,
  });

/** The system's or the service's own code of a failure. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "";
}
