import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type PullOptions, pullFhir } from "../../../src/cli/pull-fhir.ts";
import { createGatewayClient } from "../../../src/client/gateway-client.ts";
import { madeUpPatient, startFhirServer } from "../../support/fhir-server.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { startMedplumServer } from "../../support/medplum-server.ts";

let gateway: TestGateway;
let folder: string;
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  // The gateway may call nothing at all: the command does the reading.
  gateway = await startTestGateway();
  folder = await mkdtemp(join(tmpdir(), "nacr-pull-"));
});
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const NOTHING: PullOptions = {
  fhirToken: undefined,
  fhirKey: undefined,
  since: undefined,
  group: undefined,
  cohort: [],
  bulk: false,
  profile: undefined,
  json: true,
};

interface Submitted {
  readonly outcome: string;
  readonly counts: { readonly received: number; readonly created: number; readonly rejected: number };
}

async function run(url: string, options: Partial<PullOptions> = {}) {
  const client = createGatewayClient({ url: gateway.url, getToken: () => gateway.token("submitter") });
  const submission = { programmeCode: "CR-VALLEY", sourceSystem: { vendor: "V", product: "P", version: "1" } };
  const said: string[] = [];
  const result = await pullFhir(url, { ...NOTHING, ...options }, { client, options: submission }, (text) => said.push(text));
  const submissions: readonly Submitted[] = JSON.parse(result.output);
  return { ...result, said, submissions };
}

const total = (submissions: readonly Submitted[], name: "received" | "created" | "rejected"): number =>
  submissions.reduce((sum, { counts }) => sum + counts[name], 0);

describe("nacr pull-fhir", () => {
  it("reads a server that is not ours, without statement of what it can do, and submits its patients once", async () => {
    const server = await startMedplumServer();
    open.push(server);
    for (let number = 1; number <= 3; number += 1) for (const resource of madeUpPatient(number)) await server.put(resource);
    const first = await run(server.base);
    expect(first.exitCode).toBe(0);
    expect(total(first.submissions, "created")).toBeGreaterThanOrEqual(6);
    expect(total(first.submissions, "rejected")).toBe(0);
    const second = await run(server.base);
    expect(total(second.submissions, "created")).toBe(total(first.submissions, "created"));
    expect(second.submissions).toEqual(first.submissions.map((one) => ({ ...one, replayed: true })));
    expect(server.paths).toContain("POST /Patient/_search");
  });

  it("reads all of a server that links no pages", async () => {
    const server = await startMedplumServer();
    open.push(server);
    for (const resource of madeUpPatient(6)) await server.put(resource);
    const [, , condition] = madeUpPatient(6);
    for (let number = 0; number < 2_100; number += 1)
      if (condition !== undefined) await server.put({ ...condition, id: `c6-${number}` });
    const { submissions } = await run(server.base);
    expect(server.paths.filter((path) => path === "POST /Condition/_search").length).toBeGreaterThanOrEqual(3);
    expect(total(submissions, "rejected")).toBe(0);
  });

  it("reads a server's bulk export with a key of the caller's", async () => {
    const keys = await generateKeyPair("ES384", { extractable: true });
    const jwk = { ...(await exportJWK(keys.publicKey)), kid: "k1", alg: "ES384" };
    const server = await startFhirServer({ export: true, jwks: () => ({ keys: [jwk] }) });
    open.push(server);
    server.resources.push(...madeUpPatient(4), ...madeUpPatient(5));
    const fhirKey = join(folder, "key.json");
    const privateKey = await exportJWK(keys.privateKey);
    await writeFile(fhirKey, JSON.stringify({ clientId: "me", kid: "k1", alg: "ES384", privateKey }));
    const { submissions, said } = await run(server.base, { fhirKey });
    expect(total(submissions, "received")).toBeGreaterThanOrEqual(4);
    expect(total(submissions, "rejected")).toBe(0);
    expect(said[0]).toBe("The server prepares an export");
    expect(server.count(/^\/status/, "DELETE")).toBe(1);
  });

  it("sends the caller's token to the server and nowhere else, and says in one word why a server was not read", async () => {
    const server = await startFhirServer();
    open.push(server);
    const fhirToken = join(folder, "token.txt");
    await writeFile(fhirToken, "secret-token\n");
    server.instead = ({ headers }, response) => {
      if (headers.authorization === "Bearer secret-token") return false;
      response.writeHead(401).end();
      return true;
    };
    expect((await run(server.base, { fhirToken })).submissions).toEqual([]);
    await expect(run(server.base)).rejects.toThrow("The FHIR server could not be read: UNAUTHORISED.");
  });
});
