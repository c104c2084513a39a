/** Parts as objects of a bucket, of Amazon's S3 or any store that speaks its protocol. What they hold is sealed before it gets here. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { UploadDamaged } from "../../submission/upload-ports.ts";
import { type PartStore, storeIsAway, storeIsFull, toObjectKey, toUploadPrefix } from "./part-store.ts";

export interface S3Setting {
  /** Null: Amazon's, by the region. */
  readonly endpoint: string | null;
  readonly bucket: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secret: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** The first try and two more, with the client's own back-off. */
const TRIES = 3;
const REMOVALS_AT_ONCE = 8;
const INSUFFICIENT_STORAGE = 507;
/** Names stores give to a quota that is used up. */
const FULL: ReadonlySet<string> = new Set([
  "QuotaExceeded",
  "XMinioStorageFull",
  "XMinioAdminBucketQuotaExceeded",
  "EntityTooLarge",
]);
/** Nothing is there, or not as much as our rows say. */
const GONE: ReadonlySet<string> = new Set(["NoSuchKey", "NotFound", "InvalidRange"]);

export function createS3PartStore({ endpoint, bucket, region, accessKey, secret }: S3Setting): PartStore {
  const client = new S3Client({
    region,
    credentials: { accessKeyId: accessKey, secretAccessKey: secret },
    // Names of buckets in the host name need a certificate and a name server for each; only Amazon's are sure to have them.
    ...(endpoint === null ? {} : { endpoint, forcePathStyle: true }),
    maxAttempts: TRIES,
    // Older stores refuse the checksums that newer clients add; ours is the seal of every frame.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
  });
  const remove = async (Key: string): Promise<void> => {
    await told(client.send(new DeleteObjectCommand({ Bucket: bucket, Key })));
  };
  return {
    put: async (key, pieces) => {
      // One buffer: the client can sign it, and send it again.
      await told(client.send(new PutObjectCommand({ Bucket: bucket, Key: toObjectKey(key), Body: Buffer.concat(pieces) })));
    },
    get: async (key, from, to) => {
      const command = new GetObjectCommand({ Bucket: bucket, Key: toObjectKey(key), Range: `bytes=${from}-${to - 1}` });
      const bytes = await told(client.send(command).then(({ Body }) => Body?.transformToByteArray()));
      if (bytes?.length !== to - from) throw new UploadDamaged("a part of an upload is shorter than it was");
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    },
    remove: (key) => remove(toObjectKey(key)),
    removeAll: async (upload) => {
      const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: toUploadPrefix(upload), MaxKeys: REMOVALS_AT_ONCE });
      // What was listed is gone before the next listing, so that each begins at the front.
      for (;;) {
        const { Contents = [] } = await told(client.send(list));
        if (Contents.length === 0) return;
        await Promise.all(Contents.flatMap(({ Key }) => (Key === undefined ? [] : [remove(Key)])));
      }
    },
  };
}

/** Failures in our words; the client's could name keys and hosts. */
async function told<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw storeIsAway(error);
    if (GONE.has(error.name)) throw new UploadDamaged("a part of an upload is not in the store");
    throw FULL.has(error.name) || error.$metadata.httpStatusCode === INSUFFICIENT_STORAGE
      ? storeIsFull(error)
      : storeIsAway(error);
  }
}
