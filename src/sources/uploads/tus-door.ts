/** Uploads by the tus protocol 1.0: https://tus.io/protocols/resumable-upload. The library speaks it; we keep the bytes and word the refusals. */
import { Server } from "@tus/server";
import { GatewayError, type GatewayErrorCode } from "../../errors/gateway-error.ts";
import type { UploadOwner } from "../../submission/upload-ports.ts";
import { createTusLocker } from "./tus-locker.ts";
import { TusStore, type UploadChecksum } from "./tus-store.ts";
import type { UploadDependencies } from "./upload-dependencies.ts";
import type { NameReader, UploadDoor } from "./upload-door.ts";

const VERSION = "1.0.0";
const PATH = "/uploads";
/** A request that is asked to end has this long to do so by itself. */
const DRAIN_MS = 1_000;

export interface TusRequest {
  readonly method: string;
  /** Null for the collection itself. */
  readonly uploadId: string | null;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: AsyncIterable<Buffer>;
}

export interface TusAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly refusal: {
    readonly code: GatewayErrorCode | "BAD_REQUEST";
    readonly message: string;
    readonly details?: Readonly<Record<string, string | number>>;
  } | null;
}

/** @throws GatewayError as the plain door does; what the body throws, after what had come was kept */
export type TusDoor = (owner: UploadOwner, request: TusRequest) => Promise<TusAnswer>;

export function createTusDoor(dependencies: UploadDependencies, door: UploadDoor, recordTypeOf: NameReader): TusDoor {
  const locker = createTusLocker();
  return async (owner, request) => {
    if (request.method !== "OPTIONS" && request.headers["tus-resumable"] !== VERSION) return OTHER_VERSION;
    const checksum = readChecksum(request.headers["upload-checksum"]);
    const store = new TusStore({ dependencies, door, recordTypeOf, owner, checksum });
    const failure: Failure = { error: null };
    const body = new GentleBody(request.body);
    const server = createServer(dependencies, store, locker, failure);
    const response = await server.handleWeb(toWebRequest(request, body));
    // What the sender did comes before what came of it.
    if (body.failure !== null) throw body.failure;
    if (isFault(failure.error)) throw failure.error;
    return toAnswer(response, dependencies.maxBytes);
  };
}

/** What the library caught: its answer would hold an unknown failure's message. */
interface Failure {
  error: unknown;
}

/** Made for one request: nothing of it is kept but the locks. */
const createServer = (
  { newId, maxBytes }: UploadDependencies,
  store: TusStore,
  locker: ReturnType<typeof createTusLocker>,
  failure: Failure,
): Server =>
  new Server({
    path: PATH,
    relativeLocation: true,
    datastore: store,
    locker,
    lockDrainTimeout: DRAIN_MS,
    namingFunction: () => newId(),
    maxSize: maxBytes,
    // Before the lock: nobody may disturb another's upload.
    onIncomingRequest: async ({ method }, id) => void (method === "POST" || (await store.getUpload(id))),
    // Reading it completes it.
    onUploadFinish: async (_request, { id }) => {
      await store.getUpload(id);
      return {};
    },
    onResponseError: (_request, error) => {
      failure.error = error;
      return undefined;
    },
  });

const OTHER_VERSION: TusAnswer = {
  status: 412,
  headers: { "tus-version": VERSION },
  refusal: { code: "BAD_REQUEST", message: `The gateway speaks version ${VERSION} of tus.` },
};

function readChecksum(header: TusRequest["headers"][string]): UploadChecksum | null {
  if (header === undefined) return null;
  const [, algorithm, digest] = /^(sha1|sha256) ([A-Za-z0-9+/]+={0,2})$/.exec(String(header)) ?? [];
  if ((algorithm === "sha1" || algorithm === "sha256") && digest !== undefined) return { algorithm, digest };
  throw new GatewayError("BAD_USER_INPUT", "Upload-Checksum is sha1 or sha256, a space, and the digest in Base64.");
}

/** The sender's bytes. Where it breaks off they end, so that what has come is kept; the failure is told afterwards. */
class GentleBody implements AsyncIterable<Buffer> {
  failure: unknown = null;
  readonly #body: AsyncIterable<Buffer>;

  constructor(body: AsyncIterable<Buffer>) {
    this.#body = body;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      yield* this.#body;
    } catch (error) {
      this.failure = error;
    }
  }
}

/** Headers the protocol knows: no other reaches the library, nor what it might print. */
const HEADERS = ["tus-resumable", "content-type", "content-length"];

function toWebRequest({ method, uploadId, headers }: TusRequest, body: AsyncIterable<Buffer>): Request {
  const known = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value !== undefined && (HEADERS.includes(name) || name.startsWith("upload-")) ? [[name, String(value)]] : [],
  );
  const url = `http://gateway${PATH}${uploadId === null ? "" : `/${uploadId}`}`;
  const carries = method === "POST" || method === "PATCH";
  return new Request(url, { method, headers: known, ...(carries ? { body: ReadableStream.from(body), duplex: "half" } : {}) });
}

/** The protocol's own refusals are values with a status; everything else that was thrown is not. */
const isFault = (error: unknown): boolean =>
  error instanceof GatewayError || (error instanceof Error && !("status_code" in error));

const CODES: Readonly<Record<number, GatewayErrorCode>> = {
  404: "NOT_FOUND",
  409: "CONFLICT",
  410: "NOT_FOUND",
  413: "LIMIT_EXCEEDED",
  423: "CONFLICT",
  460: "BAD_USER_INPUT",
};

async function toAnswer(response: Response, maxBytes: number): Promise<TusAnswer> {
  const { status } = response;
  const headers = Object.fromEntries([...response.headers].filter(([name]) => PASSED_ON.has(name)));
  if (status === 204 && headers["tus-version"] !== undefined) headers["tus-checksum-algorithm"] = "sha1,sha256";
  if (status < 400) return { status, headers, refusal: null };
  // The texts of the protocol are constants of the library and of ours.
  const message = (await response.text()).trim();
  const details = status === 413 ? { details: { limit: "uploadBytes", value: maxBytes } } : {};
  return { status, headers: {}, refusal: { code: CODES[status] ?? "BAD_REQUEST", message, ...details } };
}

const PASSED_ON: ReadonlySet<string> = new Set([
  "location",
  "tus-version",
  "tus-extension",
  "tus-max-size",
  "upload-offset",
  "upload-length",
  "upload-defer-length",
  "upload-expires",
]);
