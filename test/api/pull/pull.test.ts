import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type FixtureOptions, type FixtureServer, madeUpPatient, send, startFhirServer } from "../../support/fhir-server.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { eventually } from "../../support/webhook-receiver.ts";
import { addSource, ended, PULL, pull, pulled, REGISTER, registration, sourceOf, submissionOf } from "./pulling.ts";

let gateway: TestGateway;
let strict: TestGateway;
const open: FixtureServer[] = [];
beforeAll(async () => {
  gateway = await startTestGateway({ config: { outboundAllow: ["127.0.0.0/8"] } });
  strict = await startTestGateway();
});
afterAll(async () => {
  await gateway.close();
  await strict.close();
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function start(options: FixtureOptions = {}, patients = 3): Promise<FixtureServer> {
  const server = await startFhirServer(options);
  open.push(server);
  for (let number = 1; number <= patients; number += 1) server.resources.push(...madeUpPatient(number));
  return server;
}

describe("a source", () => {
  it("is proposed by the clinical team, read only once the guardian has confirmed it, and removed", async () => {
    const server = await start();
    const source = await addSource(gateway, registration(`${server.base}/`), false);
    expect(source).toMatchObject({ state: "PROPOSED", origin: "REGISTERED", publicJwks: null, baseUrl: server.base });
    const early = await gateway.gql("submitter", PULL, { id: source.id });
    expect(early.errors.map(({ extensions }) => extensions.code)).toEqual(["CONFLICT"]);
    expect(server.asked).toEqual([]);
    for (const as of ["team", "submitter", "vendor"] as const) {
      const refused = await gateway.gql(as, "mutation ($id: ID!) { confirmFhirSource(id: $id) { id } }", { id: source.id });
      expect(refused.errors[0]?.extensions.code).toBe("GRAPHQL_VALIDATION_FAILED");
    }
    await gateway.gql("guardian", "mutation ($id: ID!) { confirmFhirSource(id: $id) { id } }", { id: source.id });
    expect((await pulled(gateway, source.id)).outcome).toMatch(/^ACCEPTED/);
    await gateway.gql("team", "mutation ($id: ID!) { removeFhirSource(id: $id) { id } }", { id: source.id });
    const late = await gateway.gql("submitter", PULL, { id: source.id });
    expect(late.errors.map(({ extensions }) => extensions.code)).toEqual(["NOT_FOUND"]);
  });

  it.each([
    ["a private address", { baseUrl: "https://10.0.0.1/fhir" }],
    ["plain HTTP", { baseUrl: "http://example.org/fhir" }],
    ["credentials", { baseUrl: "https://a:password@example.org/fhir" }],
    ["a cohort that names a person", { cohort: ["Patient?identifier=9990000018"] }],
    ["a cohort that is no search", { cohort: ["../admin"] }],
    ["an interval of a minute", { intervalMinutes: 1 }],
    ["types without Patient", { types: ["Encounter"] }],
  ])("is refused with %s", async (_what, more) => {
    const { errors } = await strict.gql("team", REGISTER, { input: registration("https://127.0.0.1/fhir", more) });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(["BAD_USER_INPUT"]);
  });

  it("of another organisation is nobody's", async () => {
    const server = await start();
    const source = await addSource(gateway, registration(server.base));
    const { errors } = await gateway.gql("submitter2", PULL, { id: source.id });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(["NOT_FOUND"]);
    expect((await gateway.gql("submitter2", "{ fhirSources { id } }")).data).toEqual({ fhirSources: [] });
  });

  it("shows its public key and never the private one", async () => {
    const server = await start();
    const auth = { clientId: "gateway" };
    const source = await addSource(gateway, registration(server.base, { auth }));
    const { keys } = JSON.parse(source.publicJwks ?? "");
    expect(keys).toEqual([
      expect.objectContaining({ kty: "EC", crv: "P-384", alg: "ES384", use: "sig", kid: expect.any(String) }),
    ]);
    expect(keys[0]).not.toHaveProperty("d");
    const [row] = await gateway.database.query("select secret, public_key from public.fhir_source where id::text = $1", [
      source.id,
    ]);
    expect(Buffer.from(row?.secret as Uint8Array).toString("latin1")).not.toContain('"d"');
  });
});

describe("a pull", () => {
  it("is answered RECEIVED and becomes a submission of every patient the server has", async () => {
    const server = await start({ pageSize: 2, everything: true });
    const sourceSystem = { vendor: "V", product: "First", version: "1" };
    const source = await addSource(gateway, registration(server.base, { sourceSystem }));
    const begun = await pull(gateway, source.id);
    expect(begun).toMatchObject({ status: "RECEIVED", channel: "FHIR_PULL", replayed: false, progress: { phase: "FETCHING" } });
    const again = await pull(gateway, source.id);
    expect(again).toMatchObject({ id: begun.id, replayed: true });
    const done = await ended(gateway, begun.id);
    expect(done).toMatchObject({ status: "COMPLETED", channel: "FHIR_PULL" });
    expect(done.counts.received).toBeGreaterThanOrEqual(6);
    expect(done.counts.rejected).toBe(0);
    const after = await sourceOf(gateway, source.id);
    expect(after).toMatchObject({
      capability: { everything: true, export: false, fhirVersion: "4.0.1", software: "Fixture" },
      lastPull: { submissionId: begun.id, resources: 9, patients: 3, unchanged: 0, failure: null },
    });
    expect(after.readUntil).not.toBeNull();
  });

  it("after another one reads those of whom something changed, and submits no version twice", async () => {
    const server = await start();
    const source = await addSource(
      gateway,
      registration(server.base, { sourceSystem: { vendor: "V", product: "Twice", version: "1" } }),
    );
    await pulled(gateway, source.id);
    const now = new Date().toISOString();
    server.resources.splice(3, 3, ...madeUpPatient(2, "2", now));
    // Within the overlap, with nothing new.
    server.resources.splice(6, 3, ...madeUpPatient(3, "1", now));
    const second = await pulled(gateway, source.id);
    expect((await sourceOf(gateway, source.id)).lastPull).toMatchObject({ resources: 3, patients: 1, unchanged: 1 });
    expect(second.counts).toMatchObject({ created: 0, rejected: 0 });
    expect(server.count(/^\/Patient\/p1/)).toBe(1);
  });

  it("with nothing new is done without a job", async () => {
    const server = await start({}, 0);
    const source = await addSource(gateway, registration(server.base));
    expect(await pulled(gateway, source.id)).toMatchObject({ status: "COMPLETED", outcome: "ACCEPTED", counts: { received: 0 } });
    expect((await sourceOf(gateway, source.id)).readUntil).not.toBeNull();
  });

  it("by bulk export waits, reads the files, tells what was deleted and ends the export", async () => {
    const server = await start({ export: true, polls: 1, deleted: 2, errors: 1 });
    const product = { vendor: "V", product: "Bulk", version: "1" };
    const source = await addSource(gateway, registration(server.base, { mode: "BULK", sourceSystem: product }));
    const done = await pulled(gateway, source.id);
    expect(done.issues.map(({ code }) => code).toSorted()).toEqual(["SOURCE_DELETED", "SOURCE_INCOMPLETE"]);
    const { readUntil, lastPull } = await sourceOf(gateway, source.id);
    expect(lastPull).toMatchObject({ resources: 9, patients: 3, deleted: 2 });
    expect(readUntil).toBe("2026-03-02T09:00:00.000Z");
    await eventually(() => server.count(/^\/status/, "DELETE") === 1, "the end of the export");
    await pulled(gateway, source.id);
    expect(decodeURIComponent(server.asked.findLast(({ path }) => path.includes("$export"))?.path ?? "")).toContain(
      "_since=2026-03-02T09:00:00.000Z",
    );
  });

  it("of a hostile server stores nothing, moves no cursor, and says why", async () => {
    const [thief, server] = [await start(), await start()];
    server.instead = ({ path }, response) => {
      if (path.startsWith("/metadata")) return false;
      send(response, 200, { resourceType: "Bundle", link: [{ relation: "next", url: `${thief.base}/x` }], entry: [] });
      return true;
    };
    const source = await addSource(gateway, registration(server.base));
    const done = await pulled(gateway, source.id);
    expect(done).toMatchObject({
      status: "COMPLETED",
      outcome: "REJECTED",
      issues: [{ code: "SOURCE_UNAVAILABLE", expression: "fhirSource.LINK_ELSEWHERE" }],
    });
    expect(await sourceOf(gateway, source.id)).toMatchObject({
      readUntil: null,
      circuitOpenUntil: null,
      lastPull: { failure: "LINK_ELSEWHERE" },
    });
    expect(thief.asked).toEqual([]);
  });

  it("of a server that is down opens the circuit after five calls, is not lost, and can be cancelled", async () => {
    const server = await start();
    server.instead = (_asked, response) => {
      response.socket?.destroy();
      return true;
    };
    const source = await addSource(gateway, registration(server.base));
    const begun = await pull(gateway, source.id);
    await eventually(async () => (await sourceOf(gateway, source.id)).circuitOpenUntil !== null, "an open circuit");
    expect(server.asked.length).toBeLessThanOrEqual(5);
    expect(await submissionOf(gateway, begun.id)).toMatchObject({ status: "RECEIVED", progress: { phase: "FETCHING" } });
    // Everything else goes on.
    const other = await start();
    const healthy = await addSource(
      gateway,
      registration(other.base, { sourceSystem: { vendor: "V", product: "Well", version: "1" } }),
    );
    expect((await pulled(gateway, healthy.id)).status).toBe("COMPLETED");
    await gateway.gql("submitter", "mutation ($id: ID!) { cancelSubmission(id: $id) { id } }", { id: begun.id });
    expect((await submissionOf(gateway, begun.id)).status).toBe("CANCELLED");
    const refused = await gateway.gql("submitter", PULL, { id: source.id });
    expect(refused.errors.map(({ extensions }) => extensions)).toMatchObject([{ code: "UPSTREAM_UNAVAILABLE", retryable: true }]);
  });

  it("logs neither the address of what it reads nor anything of it", async () => {
    const logs = gateway.logs.join("\n");
    expect(logs).toContain('"event":"pull"');
    expect(logs).not.toMatch(/Fixture1|9990000018|\/fhir|127\.0\.0\.1:\d+\/Patient/);
  });
});
