/**
 * Against a server in this process that keeps objects as S3 does and checks how it is asked: path, method, range, and that every
 * request is signed (SigV4). No store of that protocol can be run here, so signatures are checked by shape, not by value.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createS3PartStore } from "../../../src/sources/uploads/s3-part-store.ts";
import { UploadDamaged } from "../../../src/submission/upload-ports.ts";

const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=the-key\/\d{8}\/eu-west-2\/s3\/aws4_request, SignedHeaders=[a-z0-9;-]*host;[a-z0-9;-]*x-amz-content-sha256;x-amz-date[a-z0-9;-]*, Signature=[0-9a-f]{64}$/;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

const objects = new Map<string, Buffer>();
const asked: Asked[] = [];
/** What the server says instead, where it is to fail. */
let failure: { readonly status: number; readonly code: string } | null = null;
let server: Server;
let port = 0;

const errorXml = (code: string): string => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const url = new URL(request.url ?? "/", "http://store");
  asked.push({ method: request.method ?? "", path: url.pathname, headers: request.headers });
  const refuse = (status: number, code: string) =>
    response.writeHead(status, { "content-type": "application/xml" }).end(errorXml(code));
  if (failure !== null) return void refuse(failure.status, failure.code);
  const signedHash = request.headers["x-amz-content-sha256"];
  if (!SIGNED.test(request.headers.authorization ?? "")) return void refuse(403, "AccessDenied");
  if (signedHash !== createHash("sha256").update(body).digest("hex")) return void refuse(400, "XAmzContentSHA256Mismatch");
  answerObject(request, response, url, body, refuse);
}

function answerObject(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  url: URL,
  body: Buffer,
  refuse: (status: number, code: string) => unknown,
): void {
  const stored = objects.get(url.pathname);
  if (method === "PUT") objects.set(url.pathname, body);
  if (method === "DELETE") objects.delete(url.pathname);
  if (method === "PUT" || method === "DELETE") return void response.writeHead(method === "PUT" ? 200 : 204).end();
  if (url.searchParams.get("list-type") === "2") return void response.end(listXml(url));
  if (stored === undefined) return void refuse(404, "NoSuchKey");
  const [, from = "0", to = "0"] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
  if (Number(from) >= stored.length) return void refuse(416, "InvalidRange");
  response.writeHead(206).end(stored.subarray(Number(from), Number(to) + 1));
}

function listXml(url: URL): string {
  const bucket = `${url.pathname.replace(/\/$/, "")}/`;
  const keys = [...objects.keys()].map((path) => path.slice(bucket.length));
  const found = keys
    .filter((key) => key.startsWith(url.searchParams.get("prefix") ?? ""))
    .slice(0, Number(url.searchParams.get("max-keys")));
  const contents = found.map((key) => `<Contents><Key>${key}</Key></Contents>`).join("");
  return `<?xml version="1.0"?><ListBucketResult>${contents}</ListBucketResult>`;
}

beforeAll(async () => {
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  objects.clear();
  asked.length = 0;
  failure = null;
});

const open = (more: { readonly endpoint?: string; readonly accessKey?: string } = {}) =>
  createS3PartStore({
    endpoint: `http://127.0.0.1:${port}`,
    bucket: "files",
    region: "eu-west-2",
    accessKey: "the-key",
    secret: "the-secret",
    ...more,
  });
const KEY = { ods: "RAA", uploadId: "0191-u", object: "0191-o" };

describe("the store of parts in a bucket", () => {
  it("puts, reads ranges of and removes objects under organisation and upload, each request signed", async () => {
    const store = open();
    await store.put(KEY, [Buffer.from("abc"), Buffer.from("defgh")]);
    expect([...objects]).toEqual([["/files/RAA/0191-u/0191-o", Buffer.from("abcdefgh")]]);
    expect((await store.get(KEY, 2, 5)).toString()).toBe("cde");
    expect((await store.get(KEY, 0, 8)).toString()).toBe("abcdefgh");
    await store.remove(KEY);
    await store.remove(KEY);
    expect(objects.size).toBe(0);
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "PUT /files/RAA/0191-u/0191-o",
      "GET /files/RAA/0191-u/0191-o",
      "GET /files/RAA/0191-u/0191-o",
      "DELETE /files/RAA/0191-u/0191-o",
      "DELETE /files/RAA/0191-u/0191-o",
    ]);
    for (const { headers } of asked) expect(headers.authorization).toMatch(SIGNED);
    expect(JSON.stringify(asked)).not.toContain("the-secret");
  });

  it("is refused with another key: the server of this test looks at signatures (control)", async () => {
    await expect(open({ accessKey: "other" }).put(KEY, [Buffer.from("x")])).rejects.toMatchObject({
      code: "UPSTREAM_UNAVAILABLE",
    });
    expect(objects.size).toBe(0);
  });

  it("removes everything of an upload, page by page, and nothing of another", async () => {
    const store = open();
    for (let part = 0; part < 20; part++) await store.put({ ...KEY, object: `part-${part}` }, [Buffer.from("x")]);
    await store.put({ ...KEY, uploadId: "0191-u2" }, [Buffer.from("kept")]);
    await store.removeAll(KEY);
    expect([...objects.keys()]).toEqual(["/files/RAA/0191-u2/0191-o"]);
  });

  it("calls what is gone, or shorter than it was, damage", async () => {
    const store = open();
    await expect(store.get(KEY, 0, 10)).rejects.toThrow(UploadDamaged);
    await store.put(KEY, [Buffer.from("abc")]);
    await expect(store.get(KEY, 0, 10)).rejects.toThrow(UploadDamaged);
    await expect(store.get(KEY, 5, 10)).rejects.toThrow(UploadDamaged);
  });

  it("says when there is no room, and when it is away", async () => {
    const store = open();
    failure = { status: 507, code: "XMinioStorageFull" };
    await expect(store.put(KEY, [Buffer.from("x")])).rejects.toMatchObject({ code: "OVERLOADED", retryable: true });
    failure = { status: 400, code: "AuthorizationHeaderMalformed" };
    await expect(store.put(KEY, [Buffer.from("x")])).rejects.toMatchObject({ code: "UPSTREAM_UNAVAILABLE", retryable: true });
    const nobody = open({ endpoint: "http://127.0.0.1:1" });
    await expect(nobody.get(KEY, 0, 1)).rejects.toMatchObject({ code: "UPSTREAM_UNAVAILABLE", retryable: true });
  });

  it("goes nowhere by a name that is a path", async () => {
    await expect(open().put({ ...KEY, object: "../other" }, [Buffer.from("x")])).rejects.toThrow(RangeError);
    expect(asked).toEqual([]);
  });
});
