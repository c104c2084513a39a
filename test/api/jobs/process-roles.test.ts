import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFreePort } from "../../../scripts/postgres.ts";
import { type KillableGateway, startKillable } from "../../faults/killable-gateway.ts";
import { databaseKind, openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { startTestGateway } from "../../support/gateway.ts";

describe.skipIf(databaseKind === "embedded")("a process that only works on files", () => {
  let database: TestDatabase;
  let folder: string;
  let worker: KillableGateway;
  beforeAll(async () => {
    database = await openTestDatabase();
    folder = await mkdtemp(join(tmpdir(), "nacr-worker-"));
    worker = await startKillable({
      port: await findFreePort(),
      databaseUrl: database.url ?? "",
      dataDir: folder,
      environment: { NACR_ROLES: "worker" },
    });
  });
  afterAll(async () => {
    await worker.kill();
    await rm(folder, { recursive: true });
    await database.close();
  });

  it.each(["/healthz", "/readyz", "/metrics"])("answers %s", async (path) => {
    expect((await fetch(`${worker.url}${path}`)).status).toBe(200);
  });

  it.each([
    ["POST", "/graphql"],
    ["POST", "/demo/token"],
    ["POST", "/oauth2/token"],
    ["POST", "/uploads"],
    ["GET", "/explorer"],
  ])("has nothing at %s %s", async (method, path) => {
    const answer = await fetch(`${worker.url}${path}`, { method });
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain("NOT_FOUND");
  });

  it("publishes how many jobs wait, without saying whose", async () => {
    const text = await (await fetch(`${worker.url}/metrics`)).text();
    expect(text).toContain('nacr_jobs{state="waiting"} 0');
    expect(text).toContain('nacr_jobs{state="active"} 0');
  });

  it("is not ready while nothing could be taken from the queue", async () => {
    await database.query("alter table pgboss.queue rename to queue_away");
    expect((await fetch(`${worker.url}/readyz`)).status).toBe(503);
    await database.query("alter table pgboss.queue_away rename to queue");
    expect((await fetch(`${worker.url}/readyz`)).status).toBe(200);
  });
});

describe("a process that only answers clients", () => {
  it("answers them", async () => {
    const api = await startTestGateway({ config: { roles: new Set(["api"]) } });
    expect((await fetch(`${api.url}/readyz`)).status).toBe(200);
    expect((await api.gql("submitter", "{ limits { patientsPerRequest } }")).status).toBe(200);
    await api.close();
  });
});

describe("readiness", () => {
  it("is refused while nothing could be put into the queue", async () => {
    const gateway = await startTestGateway();
    await gateway.database.query("alter table pgboss.queue rename to queue_away");
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
    await gateway.database.query("alter table pgboss.queue_away rename to queue");
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    await gateway.close();
  });
});
