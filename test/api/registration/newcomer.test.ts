import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { APPROVE, idOf, REQUEST, request, VIEWER } from "./registered-people.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
}, 60_000);
afterAll(() => gateway.close());

const OIDC = "/demo/oidc/.well-known/openid-configuration";

describe("the demo's newcomer", () => {
  it("has no role, asks for one, and has it when the demo's Guardian has said yes", async () => {
    expect((await gateway.gql("newcomer", VIEWER)).data).toEqual({
      viewer: { role: "UNREGISTERED", organisations: [], registrations: [] },
    });
    const id = idOf(await gateway.gql("newcomer", REQUEST, request("ZDM01")));
    const queue = "{ registrations(states: [REQUESTED]) { nodes { id name subject } } }";
    expect((await gateway.gql("guardian", queue)).data).toEqual({
      registrations: { nodes: [{ id, name: "Pat Example", subject: "newcomer" }] },
    });
    await gateway.gql("guardian", APPROVE, { id });
    expect((await gateway.gql("newcomer", VIEWER)).data).toMatchObject({
      viewer: {
        role: "CLINICAL_TEAM",
        organisations: [{ odsCode: "ZDM01", programmes: [{ code: "CR-HILL" }, { code: "CR-VALLEY" }] }],
      },
    });
  });

  it("comes from an issuer that publishes what it is, to this machine alone", async () => {
    const discovery = await (await fetch(`${gateway.url}${OIDC}`)).json();
    expect(discovery).toMatchObject({
      issuer: "https://gateway.test/demo/oidc",
      jwks_uri: "https://gateway.test/demo/oidc/jwks",
    });
    const { keys }: { keys: readonly object[] } = JSON.parse(await (await fetch(`${gateway.url}/demo/oidc/jwks`)).text());
    expect(keys).toEqual([expect.objectContaining({ kty: "EC", crv: "P-256", use: "sig" })]);
    expect(keys[0]).not.toHaveProperty("d");
    const elsewhere = await fetch(`${gateway.url}${OIDC}`, { headers: { origin: "https://attacker.example" } });
    expect(elsewhere.status).toBe(403);
  });

  it("is nobody in production mode, where there is no such issuer", async () => {
    const production = await startTestGateway({ config: { mode: "production" } });
    expect((await fetch(`${production.url}${OIDC}`)).status).toBe(404);
    const authorization = `Bearer ${await gateway.token("newcomer")}`;
    expect((await production.gql(null, "{ viewer { role } }", {}, { authorization })).status).toBe(401);
    await production.close();
  });
});
