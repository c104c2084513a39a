import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { type FixtureServer, madeUpPatient, startFhirServer } from "../../support/fhir-server.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { eventually } from "../../support/webhook-receiver.ts";
import { SOURCES, type SourceAnswer } from "./pulling.ts";

let database: TestDatabase;
let folder: string;
let server: FixtureServer;
let gateway: TestGateway | null = null;
const keyManagement = createForgettingKeyManagement();
beforeAll(async () => {
  database = await openTestDatabase();
  folder = await mkdtemp(join(tmpdir(), "nacr-sources-"));
  const keys = await generateKeyPair("RS384", { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "RS384" };
  await writeFile(join(folder, "key.json"), JSON.stringify({ ...(await exportJWK(keys.privateKey)), kid: "k1" }), {
    mode: 0o600,
  });
  await writeFile(join(folder, "loose.json"), "{}", { mode: 0o644 });
  server = await startFhirServer({ jwks: () => ({ keys: [jwk] }) });
  server.resources.push(...madeUpPatient(1));
});
afterAll(async () => {
  await database.close();
  await server.close();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  await gateway?.close();
  gateway = null;
});

async function startWith(list: unknown): Promise<TestGateway> {
  const file = join(folder, "sources.json");
  await writeFile(file, JSON.stringify(list), { mode: 0o600 });
  gateway = await startTestGateway({
    database,
    keyManagement,
    config: { fhirSourcesFile: file, outboundAllow: ["127.0.0.0/8"] },
  });
  return gateway;
}

const listed = (more: Readonly<Record<string, unknown>> = {}) => ({
  ods: "ZDM01",
  programmeCode: "CR-VALLEY",
  name: "Configured",
  baseUrl: server.base,
  sourceSystem: { vendor: "V", product: "EPR", version: "1" },
  intervalMinutes: 60,
  auth: { clientId: "gateway", algorithm: "RS384", keyFile: "key.json" },
  ...more,
});

async function sources(at: TestGateway): Promise<readonly SourceAnswer[]> {
  const { data } = await at.gql<{ fhirSources: readonly SourceAnswer[] }>("team", SOURCES);
  return data?.fhirSources ?? [];
}

describe("sources of the operator's file", () => {
  it("are read on their schedule from the start, with the operator's key, and go on where they were after a restart", async () => {
    const first = await startWith([listed()]);
    await eventually(async () => (await sources(first))[0]?.lastPull?.finishedAt != null, "the first reading");
    const [source] = await sources(first);
    expect(source).toMatchObject({
      state: "CONFIRMED",
      origin: "CONFIGURED",
      publicJwks: null,
      lastPull: { patients: 1, failure: null },
    });
    // Nobody of the organisation sent it, and its failed rows can be read all the same.
    const rows = await fetch(`${first.url}/submissions/${source?.lastPull?.submissionId}/failed-rows.csv`, {
      headers: { authorization: `Bearer ${await first.token("team")}` },
    });
    expect(rows.status).toBe(200);
    const refused = await first.gql("team", "mutation ($id: ID!) { removeFhirSource(id: $id) { id } }", { id: source?.id });
    expect(refused.errors.map(({ extensions }) => extensions.code)).toEqual(["CONFLICT"]);
    await first.close();
    gateway = null;
    const second = await startWith([listed({ name: "Renamed" })]);
    expect(await sources(second)).toMatchObject([{ id: source?.id, name: "Renamed", readUntil: source?.readUntil }]);
    await second.close();
    gateway = null;
    expect(await sources(await startWith([]))).toEqual([]);
  });

  it.each([
    ["is no list", { name: "x" }, "NACR_FHIR_SOURCES: the file"],
    ["has a member nobody knows", [{ ...{ ods: "ZDM01" }, token: "x" }], "NACR_FHIR_SOURCES: 0"],
    ["names an organisation that is not registered", [{ ods: "RZZ" }], "the organisation is not registered"],
    ["names a key that is none", [{ auth: { clientId: "g", keyFile: "sources.json" } }], "keyFile is no private key"],
    ["names a key that others may read", [{ auth: { clientId: "g", keyFile: "loose.json" } }], "keyFile can be read by others"],
    ["has an interval of a minute", [{ intervalMinutes: 1 }], "An interval is 15 minutes to 30 days"],
  ])("stop the start where the file %s", async (_what, list, problem) => {
    const whole = Array.isArray(list) ? list.map((one) => listed(one)) : list;
    await expect(startWith(whole)).rejects.toThrow(problem);
  });
});
