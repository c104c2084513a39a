import { exportJWK, generateKeyPair } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import { send } from "../../support/fhir-server.ts";
import { closeServers, inSession, reasonOf, settingsOf, startServer } from "./fhir-session.ts";

afterEach(closeServers);

describe("a bulk export", () => {
  it("is asked for, waited for, read line by line and ended", async () => {
    const server = await startServer({ export: true, polls: 1, retryAfter: "7", deleted: 2, errors: 3 });
    await inSession(server.base, async (session) => {
      const statusUrl = await session.startExport(settingsOf(), "2026-01-01T00:00:00.000Z");
      const [kickOff] = server.asked;
      expect(kickOff?.headers.prefer).toBe("respond-async");
      expect(decodeURIComponent(kickOff?.path ?? "")).toMatch(
        /^\/Patient\/\$export\?_type=Patient,.*&_since=2026-01-01T00:00:00.000Z$/,
      );
      expect(await session.pollExport(statusUrl)).toEqual({ state: "RUNNING", retryAfterMs: 7_000 });
      const done = await session.pollExport(statusUrl);
      if (done.state !== "DONE") throw new Error(done.state);
      expect(done.manifest).toMatchObject({ transactionTime: "2026-03-02T09:00:00.000Z", errors: 3 });
      const [patients] = done.manifest.output;
      if (patients === undefined) throw new Error("no file");
      const lines: string[] = [];
      for await (const line of session.readFile(patients)) lines.push(line.toString());
      expect(lines.map((line) => JSON.parse(line).id)).toEqual(["p1", "p2", "p3"]);
      await session.endExport(statusUrl);
    });
    expect(server.count(/^\/status/, "DELETE")).toBe(1);
  });

  it("of a group is asked for at the group", async () => {
    const server = await startServer({ export: true });
    await inSession(server.base, (session) => session.startExport(settingsOf({ groupId: "g1" }), null));
    expect(server.asked[0]?.path).toMatch(/^\/Group\/g1\/\$export\?/);
  });

  it("whose files lie on another origin is refused, unless the source names it; no token goes there", async () => {
    const keys = await generateKeyPair("ES384", { extractable: true });
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "ES384" };
    const [files, server] = [await startServer(), await startServer({ jwks: () => ({ keys: [jwk] }) })];
    server.instead = ({ path }, response) => {
      if (!path.startsWith("/status")) return false;
      const url = `${files.base}/file/Patient`;
      send(response, 200, { transactionTime: "2026-03-02T09:00:00Z", output: [{ type: "Patient", url }], error: [] });
      return true;
    };
    const auth = { clientId: "gateway", tokenUrl: null, scope: "system/*.read", algorithm: "ES384" as const };
    const secret = { ...(await exportJWK(keys.privateKey)), kid: "k1" };
    const poll = (fileOrigins: readonly string[]) =>
      inSession(
        server.base,
        async (session) => {
          const state = await session.pollExport(`${server.base}/status/1`);
          const file = state.state === "DONE" ? state.manifest.output[0] : undefined;
          const lines: Buffer[] = [];
          if (file !== undefined) for await (const line of session.readFile(file)) lines.push(line);
          return lines.length;
        },
        { auth, secret, fileOrigins },
      );
    expect(await reasonOf(poll([]))).toBe("LINK_ELSEWHERE");
    expect(await poll([files.origin])).toBe(3);
    expect(files.asked[0]?.headers.authorization).toBeUndefined();
  });

  it("that the server has forgotten is GONE", async () => {
    const server = await startServer();
    server.instead = (_asked, response) => {
      send(response, 404, {});
      return true;
    };
    expect(await inSession(server.base, (session) => session.pollExport(`${server.base}/status/1`))).toEqual({ state: "GONE" });
  });
});
