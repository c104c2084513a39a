/** Downloads over HTTP: headers, and a reader who is slow or leaves. */
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, describe, expect, it } from "vitest";
import { registerReports } from "../../../src/http/report-routes.ts";
import type { ReportService } from "../../../src/submission/report/report-service.ts";

const MIB = 1024 * 1024;

let app: FastifyInstance | null = null;
afterEach(async () => {
  await app?.close();
  app = null;
});

/** A download of so many pieces of 64 KiB; tells how many were taken, and whether it was closed. */
function downloadOf(pieces: number) {
  const seen = { taken: 0, closed: false };
  async function* body(): AsyncGenerator<string> {
    try {
      for (; seen.taken < pieces; seen.taken++) yield "x".repeat(64 * 1024);
    } finally {
      seen.closed = true;
    }
  }
  return { seen, download: async () => ({ contentType: "text/csv; charset=utf-8", fileName: "report_1.csv", body: body() }) };
}

async function serve(reports: Partial<ReportService>): Promise<string> {
  const notAsked = () => Promise.reject(new Error("not asked for here"));
  const all: ReportService = { reportJson: notAsked, reportCsv: notAsked, failedRows: notAsked, ...reports };
  app = Fastify({ forceCloseConnections: true });
  app.decorateRequest("actor", null);
  registerReports(app, {
    reports: all,
    admitRequest: () => ({ taken: true, left: 1, waitSeconds: 0, perMinute: 1 }),
    verifyToken: async (token) =>
      token === "good" ? { clientId: "c", role: "SUBMITTER", ods: "RXX", programmes: [], scopes: [] } : null,
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

const headers = { authorization: "Bearer good" };

describe("a download", () => {
  it("comes as an attachment with its own type", async () => {
    const url = await serve({ failedRows: downloadOf(2).download });
    const answer = await fetch(`${url}/submissions/1/failed-rows.csv`, { headers });
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="report_1.csv"');
    expect((await answer.text()).length).toBe(128 * 1024);
  });

  it("is only for a bearer, and only by GET", async () => {
    const url = await serve({});
    for (const file of ["report.json", "report.csv", "failed-rows.csv"]) {
      expect((await fetch(`${url}/submissions/1/${file}`)).status).toBe(401);
      expect((await fetch(`${url}/submissions/1/${file}`, { method: "HEAD", headers })).status).toBe(404);
    }
  });

  it("has the part that was asked for, the hits where none was, and no unknown one", async () => {
    const parts: string[] = [];
    const { download } = downloadOf(1);
    const url = await serve({
      reportCsv: (_actor, _id, part) => {
        parts.push(part);
        return download();
      },
    });
    for (const query of ["", "?part=summary", "?part=groups"])
      await fetch(`${url}/submissions/1/report.csv${query}`, { headers });
    expect(parts).toEqual(["hits", "summary", "groups"]);
    for (const query of ["?part=rows", "?part=hits&part=groups", "?part="])
      expect((await fetch(`${url}/submissions/1/report.csv${query}`, { headers })).ok).toBe(false);
    expect(parts).toHaveLength(3);
  });

  it("is made as fast as it is read, and no further when its reader leaves", async () => {
    const pieces = (256 * MIB) / (64 * 1024);
    const { seen, download } = downloadOf(pieces);
    const url = await serve({ reportCsv: download });
    const call = request(`${url}/submissions/1/report.csv`, { headers });
    call.on("error", () => undefined);
    call.end();
    // The answer has begun, and nobody reads it: only what the buffers of both ends take is made.
    await new Promise((resolve) => call.once("response", resolve));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const taken = seen.taken;
    expect(taken).toBeLessThan(pieces / 4);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(seen.taken).toBe(taken);
    call.destroy();
    await expect.poll(() => seen.closed).toBe(true);
    expect(seen.taken).toBeLessThan(pieces / 4);
  });

  it("breaks off where it fails on the way, so that it does not pass for whole", async () => {
    async function* body(): AsyncGenerator<string> {
      yield "x".repeat(1024);
      throw new Error("the database is gone");
    }
    const url = await serve({ reportJson: async () => ({ contentType: "application/json", fileName: "r.json", body: body() }) });
    await expect(fetch(`${url}/submissions/1/report.json`, { headers }).then((answer) => answer.text())).rejects.toThrow();
  });
});
