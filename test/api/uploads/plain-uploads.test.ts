import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/lib/limits.ts";
import { provideDatabase } from "../../support/database.ts";
import { contentOf, provideUploads, sha256Of } from "../../support/uploads.ts";
import { headOf, openRaw, sendRaw } from "../edge/raw-request.ts";
import { startUploadServer, type UploadServer } from "./upload-server.ts";

const MIB = 1024 * 1024;
const testDatabase = provideDatabase();
const uploads = provideUploads(testDatabase);
const names: (string | null)[] = [];
let server: UploadServer;
beforeAll(async () => {
  server = await startUploadServer(uploads().dependencies, (name) => {
    names.push(name);
    return null;
  });
});
afterAll(() => server.close());

const file = contentOf(300_000);
const base64 = (algorithm: string): string => createHash(algorithm).update(file).digest("base64");

async function call(method: string, path: string, as: string | null, init: RequestInit = {}) {
  const headers = { ...(as === null ? {} : { authorization: `Bearer ${as}` }), ...init.headers };
  const answer = await fetch(`${server.url}${path}`, { ...init, method, headers });
  const text = await answer.text();
  const body = text === "" ? null : JSON.parse(text);
  return { status: answer.status, headers: answer.headers, body, error: body?.errors?.[0]?.extensions };
}

const send = (body: Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>> = {}, as = "submitter", query = "") =>
  call("POST", `/uploads${query}`, as, { body, headers });
const rowCount = async (): Promise<unknown> => (await testDatabase().query("select count(*)::int as n from public.upload"))[0]?.n;
const plain = (content: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(content);
const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  for (let waited = 0; !(await condition()); waited += 20) {
    if (waited > 5_000) throw new Error("it never happened");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe("POST /uploads", () => {
  it("answers id, size and digest of the file, which GET repeats", async () => {
    const sent = await send(plain(file));
    expect(sent.status).toBe(201);
    expect(sent.body).toEqual({ uploadId: expect.stringMatching(/^[0-9a-f-]{36}$/), bytes: file.length, sha256: sha256Of(file) });
    expect(await call("GET", `/uploads/${sent.body.uploadId}`, "submitter")).toMatchObject({ status: 200, body: sent.body });
  });

  it("carries correlation id, no-store and a log line without the name of the file", async () => {
    const correlationId = "upload-test-0001";
    const answer = await send(plain(file), {
      "x-correlation-id": correlationId,
      "content-disposition": 'attachment; filename="canary.csv"',
    });
    expect(answer.headers.get("x-correlation-id")).toBe(correlationId);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const line = server.logs.find((log) => log.correlationId === correlationId);
    expect(line).toMatchObject({ method: "POST", route: "/uploads", status: 201, clientId: "client-RAA", bytes: file.length });
    expect(JSON.stringify(server.logs)).not.toContain("canary");
  });

  it.each([
    ["a quoted name", { "content-disposition": 'attachment; filename="assessment_2026.csv"' }, "", "assessment_2026.csv"],
    ["a bare name", { "content-disposition": "attachment; filename=drug.csv" }, "", "drug.csv"],
    [
      "an extended name",
      { "content-disposition": "attachment; filename=x; filename*=UTF-8''patient_%C3%A9.csv" },
      "",
      "patient_%C3%A9.csv",
    ],
    ["a parameter", {}, "?filename=treatment.csv", "treatment.csv"],
    ["none", {}, "", null],
  ])("reads %s to tell what the file holds", async (_what, headers, query, name) => {
    expect((await send(plain(file), { ...headers }, "submitter", query)).status).toBe(201);
    expect(names.at(-1)).toBe(name);
  });

  it.each([
    ["Digest", { digest: `sha-256=${base64("sha256")}` }],
    ["Digest among others", { digest: `md5=abc, SHA-256=${base64("sha256")}` }],
    ["Content-Digest", { "content-digest": `sha-256=:${base64("sha256")}:` }],
    ["X-Content-SHA256", { "x-content-sha256": sha256Of(file).toUpperCase() }],
  ])("checks %s and keeps the file where it agrees", async (_name, headers) => {
    expect((await send(plain(file), { ...headers })).status).toBe(201);
  });

  it.each([
    ["another digest", { "x-content-sha256": "0".repeat(64) }],
    [
      "one digest that agrees and one that does not",
      { "x-content-sha256": sha256Of(file), digest: `sha-256=${createHash("sha256").digest("base64")}` },
    ],
    ["a digest of another kind only", { digest: `md5=${base64("md5")}` }],
    ["a digest that is none", { "content-digest": "sha-256=:abc:" }],
  ])("refuses %s and keeps nothing", async (_name, headers) => {
    const rows = await rowCount();
    expect(await send(plain(file), { ...headers })).toMatchObject({ status: 400, error: { code: "BAD_USER_INPUT" } });
    expect(await rowCount()).toBe(rows);
  });

  it("refuses an empty file", async () => {
    expect(await send(new Uint8Array())).toMatchObject({ status: 400, error: { code: "BAD_USER_INPUT" } });
    expect(await call("POST", "/uploads", "submitter")).toMatchObject({ status: 400, error: { code: "BAD_USER_INPUT" } });
  });

  it("refuses a compressed body, which would be stored as what it is not", async () => {
    expect(await send(plain(file), { "content-encoding": "gzip" })).toMatchObject({ status: 415 });
  });

  it("refuses at once what is announced to be too large, naming the limit", async () => {
    const head = headOf("POST", "/uploads", [
      ["Authorization", "Bearer submitter"],
      ["Content-Length", String(LIMITS.uploadBytes + 1)],
    ]);
    const { status, text } = await sendRaw(server.url, head, 300);
    expect(status).toBe(413);
    expect(text).toContain(`"limit":"uploadBytes","value":${LIMITS.uploadBytes}`);
  });

  it("refuses what grows too large while it comes, and keeps nothing", async () => {
    const rows = await rowCount();
    const piece = contentOf(MIB);
    let pieces = 0;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => (pieces++ < 80 ? controller.enqueue(plain(piece)) : controller.close()),
    });
    const answer = await call("POST", "/uploads", "submitter", { body, duplex: "half" });
    expect(answer).toMatchObject({ status: 413, error: { code: "LIMIT_EXCEEDED", limit: "uploadBytes" } });
    expect(await rowCount()).toBe(rows);
  });

  it("keeps nothing of a body that breaks off, and goes on serving", async () => {
    const [rows, kept] = [await rowCount(), (await uploads().files()).size];
    const socket = openRaw(server.url);
    socket.on("error", () => undefined);
    socket.write(
      headOf("POST", "/uploads", [
        ["Authorization", "Bearer submitter"],
        ["Content-Length", "9000000"],
      ]),
    );
    socket.write(contentOf(8_500_000), () => setTimeout(() => socket.destroy(), 100));
    await until(async () => (await rowCount()) !== rows);
    await until(async () => (await rowCount()) === rows);
    expect((await uploads().files()).size).toBe(kept);
    expect(await send(plain(file))).toMatchObject({ status: 201 });
  });

  it("takes at most four of one client at once; another client is not kept waiting", async () => {
    const patient = await startUploadServer(uploads().dependencies, undefined, { requestMs: 20_000, silenceMs: 20_000 });
    const post = async (as: string) =>
      (await fetch(`${patient.url}/uploads`, { method: "POST", headers: { authorization: `Bearer ${as}` }, body: "x" })).status;
    const open = Array.from({ length: LIMITS.concurrentUploads }, () => {
      const socket = openRaw(patient.url);
      socket.on("error", () => undefined);
      socket.write(
        headOf("POST", "/uploads", [
          ["Authorization", "Bearer submitter"],
          ["Content-Length", "100"],
        ]),
      );
      return socket;
    });
    await until(async () => (await post("submitter")) === 429);
    expect(await post("colleague")).toBe(201);
    for (const socket of open) socket.destroy();
    await until(async () => (await post("submitter")) === 201);
    await patient.close();
  });
});

describe("who may", () => {
  it.each(["submitter", "team", "vendor"])("send: %s", async (as) => {
    expect((await send(plain(file), {}, as)).status).toBe(201);
  });

  it.each(["reader", "guardian", "analyst"])("not send: %s", async (as) => {
    for (const [method, path] of [
      ["POST", "/uploads"],
      ["GET", "/uploads/x"],
      ["DELETE", "/uploads/x"],
    ] as const)
      expect(await call(method, path, as), method).toMatchObject({ status: 403, error: { code: "FORBIDDEN" } });
  });

  it("not send: nobody", async () => {
    expect(await call("POST", "/uploads", null, { body: plain(file) })).toMatchObject({ status: 401 });
    expect(await call("POST", "/uploads", "made-up", { body: plain(file) })).toMatchObject({ status: 401 });
  });

  it("look at it, or remove it: the client that sent it; for all others it is not there", async () => {
    const { body } = await send(plain(file));
    const path = `/uploads/${body.uploadId}`;
    for (const as of ["colleague", "stranger", "team"]) {
      expect(await call("GET", path, as)).toMatchObject({ status: 404, error: { code: "NOT_FOUND" } });
      expect(await call("DELETE", path, as)).toMatchObject({ status: 404 });
    }
    expect((await call("GET", path, "submitter")).status).toBe(200);
    expect((await call("DELETE", path, "submitter")).status).toBe(204);
    expect((await call("GET", path, "submitter")).status).toBe(404);
    expect((await call("GET", "/uploads/no-uuid", "submitter")).status).toBe(404);
  });
});

describe("a request that does not arrive", () => {
  const slowly = async (pieces: number, pauseMs: number) => {
    const piece = contentOf(1_000);
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        if (pieces-- > 0) controller.enqueue(plain(piece));
        else controller.close();
      },
    });
    return call("POST", "/uploads", "submitter", { body, duplex: "half" });
  };

  it("is no upload that comes slowly: it may take much longer than other requests", async () => {
    expect(await slowly(12, 80)).toMatchObject({ status: 201, body: { bytes: 12_000 } });
  });

  it("is an upload of which no byte comes any more: it is refused, and nothing kept", async () => {
    const rows = await rowCount();
    expect(await slowly(2, 500)).toMatchObject({ status: 400, error: { code: "BAD_USER_INPUT" } });
    expect(await rowCount()).toBe(rows);
  });

  it("is any other request that is not there in time (control)", async () => {
    const head = headOf("POST", "/oauth2/token", [
      ["Content-Type", "application/x-www-form-urlencoded"],
      ["Content-Length", "100"],
    ]);
    expect(await sendRaw(server.url, head, 2_000)).toMatchObject({ status: 408 });
    expect(server.faults).toEqual([]);
  });
});
