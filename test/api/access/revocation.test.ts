import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { connectSocket, openEventStream } from "../live/stream-clients.ts";
import { type Keys, makeKeys, registerClient, requestToken, signAssertion } from "./registered-client.ts";

const REVOKE = `mutation ($id: ID!) { revokeClient(clientId: $id, reason: "Its server was stolen.") { state } }`;
const END = `mutation ($id: ID!) { endDelegation(clientId: $id, reason: "The contract has ended.") { state } }`;
const GRANT = "mutation ($input: GrantDelegationInput!) { grantDelegation(input: $input) { state } }";
const EVENTS = { query: `subscription { programmeEvents(programmeCode: "CR-VALLEY") { sequence } }` };
/** What a process remembers of a client is at most this old; streams look every two seconds more. */
const REMEMBERED_MS = 30_000;

let database: TestDatabase;
let asked: TestGateway;
/** Another process on the same database, which nobody tells. */
let untold: TestGateway;
let keys: Keys;
let ahead = 0;

beforeAll(async () => {
  const now = Date.now;
  // Before the gateways take it; when tokens end is read from another clock, `new Date()`.
  vi.spyOn(Date, "now").mockImplementation(() => now() + ahead);
  database = await openTestDatabase();
  const options = { database, keyManagement: createForgettingKeyManagement() };
  asked = await startTestGateway(options);
  untold = await startTestGateway(options);
  keys = await makeKeys("ES384");
}, 60_000);
afterAll(async () => {
  await asked.close();
  await untold.close();
  await database.close();
  vi.restoreAllMocks();
});

const viewerStatus = async (token: string): Promise<number> =>
  (await untold.gql(null, "{ viewer { role } }", {}, { authorization: `Bearer ${token}` })).status;

async function tokenOf(id: string): Promise<string> {
  const { body } = await requestToken(untold.url, await signAssertion(id, keys), { organisation: "ZDM01" });
  return body.access_token ?? "";
}

/** Streams of both kinds are open, the act is done at the other process, and a minute's clock runs. @returns how it ended */
async function streamsThrough(id: string, act: string): Promise<{ readonly closeCode: number; readonly ms: number }> {
  const token = await tokenOf(id);
  expect(await viewerStatus(token)).toBe(200);
  const stream = await openEventStream(untold.url, token, EVENTS);
  const socket = await connectSocket(untold.url, token);
  expect(stream.status).toBe(200);
  expect((await asked.gql("guardian", act, { id })).errors).toEqual([]);
  ahead += REMEMBERED_MS;
  const from = performance.now();
  expect(await viewerStatus(token)).toBe(401);
  const [, closeCode] = await Promise.all([stream.rest(), socket.closed]);
  return { closeCode, ms: REMEMBERED_MS + performance.now() - from };
}

describe("a token and open streams, at a process that nobody tells", () => {
  it("end within 60 seconds of their client's revocation", async () => {
    await registerClient(database, {
      id: "stolen",
      keys: [keys],
      grants: [{ odsCode: "ZDM01", scopes: ["submissions:read"] }],
      ownerOds: "ZDM01",
    });
    const { closeCode, ms } = await streamsThrough("stolen", REVOKE);
    expect([closeCode, ms < 60_000]).toEqual([4403, true]);
    expect((await requestToken(untold.url, await signAssertion("stolen", keys))).status).toBe(401);
  }, 60_000);

  it("end within 60 seconds of the end of their client's delegation", async () => {
    await registerClient(database, { id: "vendor", keys: [keys], grants: [], role: "VENDOR_APP" });
    const endsOn = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
    const input = { clientId: "vendor", endsOn, evidence: "Contract" };
    expect((await asked.gql("guardian", GRANT, { input })).errors).toEqual([]);
    const { closeCode, ms } = await streamsThrough("vendor", END);
    expect([closeCode, ms < 60_000]).toEqual([4403, true]);
    expect((await requestToken(untold.url, await signAssertion("vendor", keys), { organisation: "ZDM01" })).status).toBe(401);
  }, 60_000);

  it("go on while nothing changes (control)", async () => {
    await registerClient(database, { id: "kept", keys: [keys], grants: [{ odsCode: "ZDM01" }] });
    const token = await tokenOf("kept");
    const socket = await connectSocket(untold.url, token);
    ahead += 2 * REMEMBERED_MS;
    const first = await Promise.race([socket.closed, new Promise((resolve) => setTimeout(() => resolve("open"), 5_000))]);
    expect([first, await viewerStatus(token)]).toEqual(["open", 200]);
    socket.close();
  }, 60_000);
});
