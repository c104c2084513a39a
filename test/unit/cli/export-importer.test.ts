import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportImporter } from "../../../src/cli/export-importer.ts";

/** A gateway that gives tokens, one export, and one that breaks off. */
const server: Server = createServer((request, response) => {
  if (request.url === "/demo/token") return response.end(JSON.stringify({ access_token: "token" }));
  if (request.headers.authorization !== "Bearer token") return response.writeHead(401).end();
  if (request.url === "/programmes/CR-A/importer.zip") return response.end("PK-everything");
  if (request.url !== "/programmes/CR-B/importer.zip") return response.writeHead(403).end();
  response.writeHead(200, { "content-length": "100" }).write("PK-half");
  setTimeout(() => response.destroy(), 20);
  return response;
});
let folder = "";
let url = "";
const request = () => ({ url, as: "team", key: undefined, client: undefined, organisation: undefined });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacr-export-"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

describe("nacr export-importer", () => {
  it("writes the file for its owner alone", async () => {
    const file = join(folder, "a.zip");
    expect(await exportImporter(file, "CR-A", request())).toEqual({ output: file, exitCode: 0 });
    expect(await readFile(file, "utf8")).toBe("PK-everything");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("writes over nothing", async () => {
    const file = join(folder, "there.zip");
    await writeFile(file, "mine");
    await expect(exportImporter(file, "CR-A", request())).rejects.toMatchObject({ exitCode: 2 });
    expect(await readFile(file, "utf8")).toBe("mine");
  });

  it("leaves no half of a file", async () => {
    const file = join(folder, "b.zip");
    await expect(exportImporter(file, "CR-B", request())).rejects.toMatchObject({ exitCode: 4 });
    await expect(stat(file)).rejects.toThrow();
  });

  it("says what was refused, and which programme is missing", async () => {
    await expect(exportImporter(join(folder, "c.zip"), "CR-C", request())).rejects.toMatchObject({ exitCode: 3 });
    await expect(exportImporter(join(folder, "d.zip"), undefined, request())).rejects.toMatchObject({ exitCode: 2 });
  });
});
