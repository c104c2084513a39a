import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/lib/limits.ts";
import { storeIsFull } from "../../../src/sources/uploads/part-store.ts";
import { provideDatabase } from "../../support/database.ts";
import { contentOf, provideUploads, sender, sha256Of } from "../../support/uploads.ts";
import { headOf, openRaw } from "../edge/raw-request.ts";
import { startUploadServer, type UploadServer } from "./upload-server.ts";

const MIB = 1024 * 1024;
const testDatabase = provideDatabase();
const uploads = provideUploads(testDatabase);
const names: (string | null)[] = [];
let server: UploadServer;
/** Another process: it shares the database and the folder, and nothing else. */
let other: UploadServer;
beforeAll(async () => {
  const readName = (name: string | null) => {
    names.push(name);
    return null;
  };
  server = await startUploadServer(uploads().dependencies, readName);
  other = await startUploadServer(uploads().dependencies, readName);
});
afterAll(async () => {
  await server.close();
  await other.close();
});

type Headers = Readonly<Record<string, string>>;

async function tus(method: string, path: string, headers: Headers = {}, body?: Buffer, at = server, as = "submitter") {
  const answer = await fetch(`${at.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${as}`, "tus-resumable": "1.0.0", ...headers },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    offset: Number(answer.headers.get("upload-offset") ?? "-1"),
    error: text === "" ? undefined : JSON.parse(text).errors?.[0]?.extensions,
  };
}

async function create(bytes: number | null, headers: Headers = {}): Promise<string> {
  const length: Headers = bytes === null ? { "upload-defer-length": "1" } : { "upload-length": String(bytes) };
  const answer = await tus("POST", "/uploads", { ...length, ...headers });
  expect(answer.status).toBe(201);
  const location = answer.headers.get("location") ?? "";
  expect(location).toMatch(/^\/uploads\/[0-9a-f-]{36}$/);
  return location;
}

const patch = (path: string, offset: number, body: Buffer, headers: Headers = {}, at = server, as = "submitter") =>
  tus(
    "PATCH",
    path,
    { "content-type": "application/offset+octet-stream", "upload-offset": String(offset), ...headers },
    body,
    at,
    as,
  );

async function receiptOf(path: string, as = "submitter") {
  const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${as}` } });
  return { status: answer.status, body: await answer.json() };
}

const readWhole = async (path: string): Promise<Buffer> => {
  const content = await uploads().reader.open("RAA", path.replace("/uploads/", ""));
  return content.read(0, content.bytes);
};

const checksum = (algorithm: string, content: Buffer): Headers => ({
  "upload-checksum": `${algorithm} ${createHash(algorithm).update(content).digest("base64")}`,
});

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  for (let waited = 0; !(await condition()); waited += 20) {
    if (waited > 5_000) throw new Error("it never happened");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const file = contentOf(9 * MIB + 77);

describe("a resumable upload", () => {
  it("is made, sent in pieces to one process and another, and complete: GET answers like a plain POST", async () => {
    const path = await create(file.length, { "upload-metadata": `filename ${Buffer.from("drug_1.csv").toString("base64")}` });
    expect(names.at(-1)).toBe("drug_1.csv");
    const cuts = [0, 100, 65_536, 5_000_000, file.length];
    for (const [index, from] of cuts.slice(0, -1).entries()) {
      const at = index % 2 === 0 ? server : other;
      expect((await receiptOf(path)).status, "not complete").toBe(404);
      expect(await tus("HEAD", path, {}, undefined, at)).toMatchObject({ status: 200, offset: from });
      const answer = await patch(path, from, file.subarray(from, cuts[index + 1]), {}, at);
      expect(answer).toMatchObject({ status: 204, offset: cuts[index + 1] });
    }
    expect(await receiptOf(path)).toEqual({
      status: 200,
      body: { uploadId: path.replace("/uploads/", ""), bytes: file.length, sha256: sha256Of(file) },
    });
    expect((await readWhole(path)).equals(file)).toBe(true);
  });

  it("may say its length at the end", async () => {
    const path = await create(null);
    expect((await tus("HEAD", path)).headers.get("upload-defer-length")).toBe("1");
    await patch(path, 0, file.subarray(0, 1_000));
    expect(await patch(path, 1_000, file.subarray(1_000, 3_000), { "upload-length": "3000" })).toMatchObject({
      status: 204,
      offset: 3_000,
    });
    expect((await receiptOf(path)).body).toMatchObject({ bytes: 3_000, sha256: sha256Of(file.subarray(0, 3_000)) });
  });

  it("may begin with the request that makes it", async () => {
    const body = file.subarray(0, 70_000);
    const headers = { "upload-length": "70000", "content-type": "application/offset+octet-stream" };
    const answer = await tus("POST", "/uploads", headers, body);
    expect(answer).toMatchObject({ status: 201, offset: 70_000 });
    expect((await receiptOf(answer.headers.get("location") ?? "")).body).toMatchObject({ sha256: sha256Of(body) });
  });

  it("says when it expires while it is not complete, and what the protocol can do here", async () => {
    const answer = await tus("POST", "/uploads", { "upload-length": "10" });
    const expires = Date.parse(answer.headers.get("upload-expires") ?? "");
    expect(Math.abs(expires - Date.now() - LIMITS.incompleteUploadHours * 3_600_000)).toBeLessThan(60_000);
    const options = await tus("OPTIONS", "/uploads");
    expect(options.status).toBe(204);
    expect(options.headers.get("tus-version")).toBe("1.0.0");
    expect(options.headers.get("tus-extension")).toBe(
      "creation,creation-with-upload,creation-defer-length,checksum,expiration,termination",
    );
    expect(options.headers.get("tus-checksum-algorithm")).toBe("sha1,sha256");
    expect(options.headers.get("tus-max-size")).toBe(String(uploads().dependencies.maxBytes));
  });

  it("carries correlation id, version, no-store and a log line in every answer", async () => {
    const path = await create(10);
    for (const [method, status] of [
      ["HEAD", 200],
      ["PATCH", 403],
      ["DELETE", 204],
      ["HEAD", 404],
    ] as const) {
      const id = randomUUID();
      const answer = await tus(method, path, { "x-correlation-id": id });
      expect(answer.status, method).toBe(status);
      expect(answer.headers.get("x-correlation-id")).toBe(id);
      expect(answer.headers.get("tus-resumable")).toBe("1.0.0");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      expect(server.logs.find((log) => log.correlationId === id)).toMatchObject({ method, status, route: "/uploads/:id" });
    }
  });

  it("is removed with its content by DELETE", async () => {
    const path = await create(200_000);
    await patch(path, 0, file.subarray(0, 100_000));
    expect((await tus("DELETE", path)).status).toBe(204);
    expect((await tus("HEAD", path)).status).toBe(404);
    expect([...(await uploads().files()).keys()].some((name) => name.includes(path.replace("/uploads/", "")))).toBe(false);
  });

  it("whose process ended between the last byte and completing is completed by whoever asks next", async () => {
    const body = file.subarray(0, 90_000);
    const path = await create(body.length);
    const id = path.replace("/uploads/", "");
    const { store } = uploads().dependencies;
    await patch(path, 0, body.subarray(0, 50_000));
    // The last piece arrives at a process that ends before it completes the upload.
    const dying = await startUploadServer({
      ...uploads().dependencies,
      store: { ...store, complete: async () => Promise.reject(new Error()) },
    });
    expect((await patch(path, 50_000, body.subarray(50_000), {}, dying)).status).toBe(500);
    await dying.close();
    expect(await store.find(sender("RAA"), id)).toMatchObject({ receivedBytes: 90_000, completedAt: null });
    expect(await uploads().reader.find(sender("RAA"), id)).toMatchObject({ sha256: sha256Of(body) });
    expect((await receiptOf(path)).body).toMatchObject({ sha256: sha256Of(body) });
  });
});

describe("an upload that was cut off", () => {
  it("goes on where it was cut off, at another process", async () => {
    const path = await create(file.length);
    const socket = openRaw(server.url);
    socket.on("error", () => undefined);
    socket.write(
      headOf("PATCH", path, [
        ["Authorization", "Bearer submitter"],
        ["Tus-Resumable", "1.0.0"],
        ["Content-Type", "application/offset+octet-stream"],
        ["Upload-Offset", "0"],
        ["Content-Length", String(file.length)],
      ]),
    );
    socket.write(file.subarray(0, 8_600_000), () => setTimeout(() => socket.destroy(), 300));
    // The whole part first, and what was in hand when the sender had gone.
    await until(async () => (await tus("HEAD", path, {}, undefined, other)).offset === 8_600_000);
    expect(await patch(path, 8_600_000, file.subarray(8_600_000), {}, other)).toMatchObject({ status: 204, offset: file.length });
    expect((await receiptOf(path)).body).toMatchObject({ sha256: sha256Of(file) });
  });
});

describe("a checksum", () => {
  it.each(["sha1", "sha256"])("%s that agrees lets the bytes in", async (algorithm) => {
    const path = await create(2_000);
    const piece = file.subarray(0, 2_000);
    expect(await patch(path, 0, piece, checksum(algorithm, piece))).toMatchObject({ status: 204, offset: 2_000 });
    expect((await receiptOf(path)).status).toBe(200);
  });

  it("that does not is answered with 460: no byte of that request is kept, the ones before are", async () => {
    const path = await create(file.length);
    await patch(path, 0, file.subarray(0, 1_000));
    const answer = await patch(path, 1_000, file.subarray(1_000), checksum("sha256", file));
    expect(answer).toMatchObject({ status: 460, error: { code: "BAD_USER_INPUT" } });
    expect((await tus("HEAD", path)).offset).toBe(1_000);
    const id = path.replace("/uploads/", "");
    expect([...(await uploads().files()).keys()].filter((name) => name.includes(id))).toHaveLength(1);
    expect((await patch(path, 1_000, file.subarray(1_000))).status).toBe(204);
    expect((await receiptOf(path)).body).toMatchObject({ sha256: sha256Of(file) });
  });

  it("of another kind is refused", async () => {
    const path = await create(10);
    expect(await patch(path, 0, file.subarray(0, 10), { "upload-checksum": "md5 abc=" })).toMatchObject({ status: 400 });
  });
});

describe("a request of the protocol", () => {
  it("at another offset is refused with 409", async () => {
    const path = await create(1_000);
    await patch(path, 0, file.subarray(0, 10));
    expect(await patch(path, 20, file.subarray(20, 30))).toMatchObject({ status: 409, error: { code: "CONFLICT" } });
    expect(await patch(path, 0, file.subarray(0, 10))).toMatchObject({ status: 409 });
  });

  it("beside another one at the same upload: one of them is refused, and the content is that of one", async () => {
    for (const at of [server, other]) {
      const path = await create(file.length);
      const answers = await Promise.all([patch(path, 0, file), patch(path, 0, file, {}, at)]);
      const statuses = answers.map(({ status }) => status).sort();
      expect([409, 423]).toContain(statuses[1]);
      const { offset } = await tus("HEAD", path);
      if (offset < file.length) await patch(path, offset, file.subarray(offset));
      expect((await receiptOf(path)).body).toMatchObject({ bytes: file.length, sha256: sha256Of(file) });
    }
  });

  it("of another version of it is refused with 412", async () => {
    const answer = await tus("POST", "/uploads", { "tus-resumable": "0.2.2", "upload-length": "10" });
    expect(answer.status).toBe(412);
    expect(answer.headers.get("tus-version")).toBe("1.0.0");
    const path = await create(10);
    const plain = await fetch(`${server.url}${path}`, {
      method: "PATCH",
      headers: { authorization: "Bearer submitter" },
      body: "x",
    });
    expect(plain.status).toBe(412);
  });

  it.each([
    ["an empty file", { "upload-length": "0" }, 400, "BAD_USER_INPUT"],
    ["no length", {}, 400, "BAD_REQUEST"],
    ["a length that is none", { "upload-length": "-1" }, 400, "BAD_REQUEST"],
    ["metadata that are none", { "upload-length": "5", "upload-metadata": "a b c" }, 400, "BAD_REQUEST"],
    ["too large a file", { "upload-length": String(64 * MIB + 1) }, 413, "LIMIT_EXCEEDED"],
  ])("that asks for %s is refused", async (_what, headers, status, code) => {
    expect(await tus("POST", "/uploads", { ...headers })).toMatchObject({ status, error: { code } });
  });

  it("with more bytes than were declared is refused", async () => {
    const path = await create(100);
    expect(await patch(path, 0, file.subarray(0, 101))).toMatchObject({ status: 413, error: { code: "LIMIT_EXCEEDED" } });
    const open = await create(null);
    await patch(open, 0, file.subarray(0, 50));
    expect(await patch(open, 50, file.subarray(50, 60), { "upload-length": "20" })).toMatchObject({ status: 400 });
  });

  it("about somebody else's upload is answered as if there were none, and does not disturb it", async () => {
    const path = await create(1_000);
    for (const as of ["colleague", "stranger"]) {
      for (const method of ["HEAD", "DELETE"]) expect((await tus(method, path, {}, undefined, server, as)).status).toBe(404);
      expect((await patch(path, 0, file.subarray(0, 10), {}, server, as)).status).toBe(404);
    }
    expect((await tus("HEAD", path)).offset).toBe(0);
  });

  it("for whose bytes there is no room is refused with a time to come back; what was there before stays", async () => {
    const path = await create(1_000);
    await patch(path, 0, file.subarray(0, 400));
    const { dependencies } = uploads();
    const parts = { ...dependencies.parts, put: async () => Promise.reject(storeIsFull(new Error())) };
    const full = await startUploadServer({ ...dependencies, parts });
    const answer = await patch(path, 400, file.subarray(400, 1_000), {}, full);
    expect(answer).toMatchObject({ status: 503, error: { code: "OVERLOADED", retryable: true } });
    expect(answer.headers.get("retry-after")).toBe("60");
    await full.close();
    expect(await patch(path, 400, file.subarray(400, 1_000))).toMatchObject({ status: 204, offset: 1_000 });
  });
});
