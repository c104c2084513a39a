import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { type Keys, makeKeys, registerClient, requestToken, signAssertion } from "./registered-client.ts";

const ROTATE = `mutation ($id: ID!, $add: JSON, $remove: ID) {
  rotateClientKey(clientId: $id, add: $add, remove: $remove) { keys { kid } } }`;
const GRANTS = [{ odsCode: "ZDM01" }];

let database: TestDatabase;
/** Two processes on one database. */
let gateways: readonly TestGateway[];
let publisher: Server;
/** What the publisher answers; null: it is down. */
let published: { keys: object[] } | null = { keys: [] };
/** By how much the gateways' clocks of key sets are ahead. */
let ahead = 0;

const jwkOf = async ({ kid, publicKey }: Keys) => ({ ...(await exportJWK(publicKey)), kid });

beforeAll(async () => {
  const now = Date.now;
  // Before the gateways take it: tokens and assertions go by another clock, `new Date()`.
  vi.spyOn(Date, "now").mockImplementation(() => now() + ahead);
  publisher = createServer((_request, response) => {
    if (published === null) response.writeHead(503).end();
    else response.writeHead(200, { "cache-control": "max-age=30" }).end(JSON.stringify(published));
  });
  await new Promise<void>((resolve) => publisher.listen(0, "127.0.0.1", resolve));
  database = await openTestDatabase();
  const options = { database, keyManagement: createForgettingKeyManagement(), config: { outboundAllow: ["127.0.0.0/8"] } };
  gateways = [await startTestGateway(options), await startTestGateway(options)];
}, 60_000);
afterAll(async () => {
  for (const gateway of gateways) await gateway.close();
  await database.close();
  await new Promise((resolve) => publisher.close(resolve));
  vi.restoreAllMocks();
});

const gatewayOf = (index: number): TestGateway => {
  const gateway = gateways[index % gateways.length];
  if (gateway === undefined) throw new Error("two gateways");
  return gateway;
};
const statuses = async (id: string, keys: Keys): Promise<readonly number[]> =>
  Promise.all(gateways.map(async ({ url }) => (await requestToken(url, await signAssertion(id, keys))).status));

describe("a client's keys by value", () => {
  it("change three times under load without a failed request, and an old one is refused by every process at once", async () => {
    let current = await makeKeys("ES384");
    await registerClient(database, { id: "busy", keys: [current], grants: GRANTS, ownerOds: "ZDM01" });
    let running = true;
    const answered: number[] = [];
    const rounds = [0, 0, 0, 0];
    const work = async (_: number, worker: number): Promise<void> => {
      for (let round = worker; running; round += 1) {
        const gateway = gatewayOf(round);
        const { status, body } = await requestToken(gateway.url, await signAssertion("busy", current));
        const authorization = `Bearer ${body.access_token}`;
        answered.push(status, (await gateway.gql(null, "{ viewer { role } }", {}, { authorization })).status);
        rounds[worker] = round;
      }
    };
    const load = rounds.map(work);
    /** Until every worker has begun and ended a round: nothing signed before is on its way any more. */
    const spell = async (): Promise<void> => {
      const before = [...rounds];
      while (rounds.some((round, worker) => round < (before[worker] ?? 0) + 2))
        await new Promise((resolve) => setTimeout(resolve, 20));
    };
    for (const alg of ["RS384", "RS512", "ES384"] as const) {
      const [old, next] = [current, await makeKeys(alg)];
      await spell();
      const added = await gatewayOf(0).gql("team", ROTATE, { id: "busy", add: await jwkOf(next) });
      expect(added.errors).toEqual([]);
      current = next;
      await spell();
      expect((await gatewayOf(1).gql("team", ROTATE, { id: "busy", remove: old.kid })).errors).toEqual([]);
      expect(await statuses("busy", old)).toEqual([401, 401]);
    }
    await spell();
    running = false;
    await Promise.all(load);
    expect(answered.length).toBeGreaterThan(50);
    expect(answered.filter((status) => status !== 200)).toEqual([]);
  }, 60_000);

  it("change in the same way where two people change them at once: two at most, one at least", async () => {
    const first = await makeKeys("ES384");
    await registerClient(database, { id: "contended", keys: [first], grants: GRANTS, ownerOds: "ZDM01" });
    const added = await Promise.all([1, 2, 3].map(async () => jwkOf(await makeKeys("ES384"))));
    const answers = await Promise.all(
      added.map((add, index) => gatewayOf(index).gql<unknown>("team", ROTATE, { id: "contended", add })),
    );
    expect(answers.filter(({ data }) => data !== null)).toHaveLength(1);
    const live = await database.query("select kid from access.client_key where client_id = 'contended' and revoked_at is null");
    expect(live).toHaveLength(2);
  });
});

describe("a client's keys at its own address", () => {
  const urlOf = (): string => `http://127.0.0.1:${(publisher.address() as AddressInfo).port}/jwks.json`;

  it("change with what is published there, within a minute, and survive its outage", async () => {
    const [old, next] = [await makeKeys("ES384"), await makeKeys("RS512")];
    await registerClient(database, { id: "published", keys: [], grants: GRANTS, ownerOds: "ZDM01", jwksUrl: urlOf() });
    published = { keys: [await jwkOf(old)] };
    expect(await statuses("published", old)).toEqual([200, 200]);
    published = { keys: [await jwkOf(old), await jwkOf(next)] };
    ahead += 30_000;
    expect([await statuses("published", next), await statuses("published", old)]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    published = { keys: [await jwkOf(next)] };
    ahead += 30_000;
    expect([await statuses("published", old), await statuses("published", next)]).toEqual([
      [401, 401],
      [200, 200],
    ]);
    published = null;
    ahead += 23 * 3_600_000;
    expect(await statuses("published", next)).toEqual([200, 200]);
    ahead += 2 * 3_600_000;
    expect(await statuses("published", next)).toEqual([401, 401]);
  });

  it("are not changed by rotateClientKey", async () => {
    await registerClient(database, { id: "elsewhere", keys: [], grants: GRANTS, ownerOds: "ZDM01", jwksUrl: urlOf() });
    const { errors } = await gatewayOf(0).gql("team", ROTATE, { id: "elsewhere", add: await jwkOf(await makeKeys("ES384")) });
    expect(errors[0]?.extensions.code).toBe("CONFLICT");
  });
});
