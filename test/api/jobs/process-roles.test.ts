import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";

describe("a process that only works on files", () => {
  let worker: TestGateway;
  beforeAll(async () => {
    worker = await startTestGateway({ config: { roles: new Set(["worker"]) } });
  });
  afterAll(() => worker.close());

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
