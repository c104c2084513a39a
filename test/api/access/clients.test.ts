import { exportJWK } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { type DemoIdentity, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { type Keys, makeKeys, registerClient, requestToken, signAssertion } from "./registered-client.ts";

const REGISTER = `mutation ($input: RegisterClientInput!) { registerClient(input: $input) {
  id name role vendor product state registrationId jwksUrl keys { kid } leave { programmes scopes startsOn endsOn } revokedAt } }`;
const APPROVE = "mutation ($id: ID!) { approveRegistration(id: $id) { id state endsOn } }";
const DECLINE = `mutation ($id: ID!) { declineRegistration(id: $id, reason: "Not this one.") { id state } }`;
const ROTATE = `mutation ($id: ID!, $add: JSON, $remove: ID) {
  rotateClientKey(clientId: $id, add: $add, remove: $remove) { keys { kid } } }`;
const REVOKE = `mutation ($id: ID!) { revokeClient(clientId: $id, reason: "Its server was stolen.") { state revokedAt } }`;
const GRANT = `mutation ($input: GrantDelegationInput!) { grantDelegation(input: $input) {
  id clientId clientName state scopes programmes startsOn endsOn decidedAt } }`;
const END = `mutation ($id: ID!) { endDelegation(clientId: $id, reason: "The contract has ended.") { state endedAt } }`;
const CLIENTS = "{ clients { totalCount nodes { id state leave { endsOn } } } }";
const DELEGATIONS = "{ delegations { totalCount nodes { id clientId state endedAt } } }";

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const ENDS_ON = inDays(365);

let database: TestDatabase;
let gateway: TestGateway;
let keys: Keys;

beforeAll(async () => {
  database = await openTestDatabase();
  gateway = await startTestGateway({ database });
  keys = await makeKeys("ES384");
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await database.close();
});

const jwkOf = async ({ kid, publicKey }: Keys) => ({ ...(await exportJWK(publicKey)), kid });
const inputOf = async (more: object = {}) => ({
  name: "Patient administration",
  vendor: "Acme",
  product: "PAS",
  jwks: { keys: [await jwkOf(keys)] },
  endsOn: ENDS_ON,
  evidence: "Contract 4711",
  ...more,
});

interface RegisteredClient {
  readonly id: string;
  readonly state: string;
  readonly registrationId: string;
  readonly keys: readonly { readonly kid: string }[];
}

async function call(as: DemoIdentity, query: string, variables: Readonly<Record<string, unknown>> = {}) {
  const { data, errors } = await gateway.gql<Record<string, unknown>>(as, query, variables);
  return { data, code: errors[0]?.extensions.code ?? null, message: errors[0]?.message ?? "" };
}

async function register(more: object = {}, as: DemoIdentity = "team"): Promise<RegisteredClient> {
  const answer = await gateway.gql<{ registerClient: RegisteredClient }>(as, REGISTER, { input: await inputOf(more) });
  if (answer.data === null) throw new Error(answer.text);
  return answer.data.registerClient;
}

async function registerActive(more: object = {}): Promise<RegisteredClient> {
  const client = await register(more);
  expect(await call("guardian", APPROVE, { id: client.registrationId })).toMatchObject({ code: null });
  return client;
}

const tokenStatus = async (id: string, organisation?: string, with_ = keys): Promise<number> =>
  (await requestToken(gateway.url, await signAssertion(id, with_), organisation === undefined ? {} : { organisation })).status;

const auditOf = async (clientId: string): Promise<readonly unknown[]> =>
  (
    await database.query("select type from audit.event where entity_id = $1 and type not like 'REFUSE%' order by at", [clientId])
  ).map(({ type }) => type);

describe("a client that the clinical team registers", () => {
  it("gets no token before the Guardian has approved it, and works from then on", async () => {
    const client = await register();
    expect(client).toMatchObject({
      role: "SUBMITTER",
      state: "REQUESTED",
      keys: [{ kid: keys.kid }],
      leave: {
        programmes: null,
        scopes: ["submissions:read", "submissions:write", "records:read"],
        startsOn: null,
        endsOn: ENDS_ON,
      },
    });
    expect(await tokenStatus(client.id)).toBe(401);
    expect(await call("guardian", APPROVE, { id: client.registrationId })).toMatchObject({
      data: { approveRegistration: { state: "ACTIVE", endsOn: ENDS_ON } },
    });
    const token = await requestToken(gateway.url, await signAssertion(client.id, keys));
    expect(token.status).toBe(200);
    const viewer = await gateway.gql(null, "{ viewer { role } }", {}, { authorization: `Bearer ${token.body.access_token}` });
    expect(viewer.data).toEqual({ viewer: { role: "SUBMITTER" } });
    expect(await auditOf(client.id)).toEqual(["REGISTER_CLIENT"]);
  });

  it("stays outside where the Guardian declines it", async () => {
    const client = await register();
    expect(await call("guardian", DECLINE, { id: client.registrationId })).toMatchObject({ code: null });
    expect(await tokenStatus(client.id)).toBe(401);
    expect(await call("team", ROTATE, { id: client.id, remove: keys.kid })).toMatchObject({ code: "CONFLICT" });
  });

  it("of the Guardian's own making is another Guardian's to approve", async () => {
    const client = await register({}, "guardian");
    expect(await call("guardian", APPROVE, { id: client.registrationId })).toMatchObject({ code: "FORBIDDEN" });
    expect(await tokenStatus(client.id)).toBe(401);
  });

  it.each<readonly [string, () => Promise<object> | object, string]>([
    ["a private key", async () => ({ jwks: { keys: [{ ...(await exportJWK(keys.privateKey)), kid: "k" }] } }), "private half"],
    ["neither keys nor an address of them", () => ({ jwks: null }), "either jwks or jwksUrl"],
    ["keys and an address of them", () => ({ jwksUrl: "https://keys.example/jwks" }), "either jwks or jwksUrl"],
    ["an address in the hospital's own network", () => ({ jwks: null, jwksUrl: "https://10.0.0.1/jwks" }), "cannot be called"],
    ["an end in the past", () => ({ endsOn: inDays(-2) }), "last day"],
    ["an end in three years", () => ({ endsOn: inDays(1_000) }), "last day"],
    ["a scope there is not", () => ({ scopes: ["records:write"] }), "The scopes are"],
    ["another organisation's programme", () => ({ programmes: ["CR-COAST"] }), "not one you may act for"],
    ["a certificate where none is asked for", () => ({ certificateNames: ["a.test"] }), "does not ask for certificates"],
    ["a name of two lines", () => ({ name: "a\nb" }), "One line"],
    ["what looks like an NHS number", () => ({ evidence: "As for 943 476 5919" }), "name no patient"],
  ])("is refused with %s", async (_what, more, told) => {
    const { code, message } = await call("team", REGISTER, { input: await inputOf(await more()) });
    expect([code === "BAD_USER_INPUT" || code === "FORBIDDEN", message]).toEqual([true, expect.stringContaining(told)]);
  });

  it("repeats nothing of a private key, neither in the answer nor in the log", async () => {
    const secret = { ...(await exportJWK(keys.privateKey)), kid: "k" };
    const answer = await gateway.gql("team", REGISTER, { input: await inputOf({ jwks: { keys: [secret] } }) });
    for (const told of [answer.text, ...gateway.logs]) expect(told).not.toContain(secret.d);
  });

  it("is nobody else's: to another organisation every act answers as if there were none", async () => {
    const client = await registerActive();
    for (const act of [ROTATE, REVOKE]) {
      const [known, unknown] = [
        await gateway.gql("team2", act, { id: client.id, remove: keys.kid }, { "x-correlation-id": "the-same-id" }),
        await gateway.gql("team2", act, { id: "nothing", remove: keys.kid }, { "x-correlation-id": "the-same-id" }),
      ];
      expect([known.errors[0]?.extensions.code, known.text]).toEqual(["NOT_FOUND", unknown.text]);
    }
    expect(await call("team2", CLIENTS)).toMatchObject({ data: { clients: { totalCount: 0, nodes: [] } } });
    expect(await tokenStatus(client.id)).toBe(200);
  });
});

describe("a client that may do more than somebody of the clinical team", () => {
  it("gets no key from that person, who could act as it: from the Guardian alone", async () => {
    const client = await registerActive();
    await database.query("insert into public.programme (code, ods_code, name) values ('CR-NEW', 'ZDM01', 'New') returning code");
    const add = await jwkOf(await makeKeys("ES384"));
    expect(await call("team", ROTATE, { id: client.id, add })).toMatchObject({ code: "FORBIDDEN" });
    expect(await call("guardian", ROTATE, { id: client.id, add })).toMatchObject({ code: null });
    await database.query("delete from public.programme where code = 'CR-NEW' returning code");
  });
});

describe("a revoked client", () => {
  it("gets no token for anybody any more, and cannot be approved, rotated or delegated to", async () => {
    const client = await registerActive({ role: "VENDOR_APP" });
    expect(await tokenStatus(client.id)).toBe(200);
    expect(await call("team", REVOKE, { id: client.id })).toMatchObject({ data: { revokeClient: { state: "REVOKED" } } });
    expect(await call("team", REVOKE, { id: client.id })).toMatchObject({ data: { revokeClient: { state: "REVOKED" } } });
    expect(await tokenStatus(client.id)).toBe(401);
    expect(await call("team", ROTATE, { id: client.id, remove: keys.kid })).toMatchObject({ code: "CONFLICT" });
    const input = { clientId: client.id, endsOn: ENDS_ON, evidence: "Contract" };
    expect(await call("guardian", GRANT, { input })).toMatchObject({ code: "NOT_FOUND" });
    expect(await auditOf(client.id)).toEqual(["REGISTER_CLIENT", "REVOKE_CLIENT"]);
  });

  it("that was waiting for the Guardian is not approved", async () => {
    const client = await register();
    expect(await call("team", REVOKE, { id: client.id })).toMatchObject({ code: null });
    expect(await call("guardian", APPROVE, { id: client.registrationId })).toMatchObject({ code: "CONFLICT" });
    expect(await tokenStatus(client.id)).toBe(401);
  });
});

describe("a delegation", () => {
  /** A vendor app of the other organisation, as its people registered it. */
  async function vendorApp(): Promise<string> {
    const id = `vendor-${Math.random()}`;
    await registerClient(database, { id, keys: [keys], grants: [], role: "VENDOR_APP", ownerOds: "ZDM02" });
    return id;
  }
  const inputFor = (clientId: string, more: object = {}) => ({ clientId, endsOn: ENDS_ON, evidence: "Contract 12", ...more });

  it("by the Guardian lets another organisation's app act at once, within its scopes and days, and no longer than until it ends", async () => {
    const id = await vendorApp();
    expect(await tokenStatus(id, "ZDM01")).toBe(401);
    expect(await call("guardian", GRANT, { input: inputFor(id, { programmes: ["CR-HILL"] }) })).toMatchObject({
      data: { grantDelegation: { clientId: id, state: "ACTIVE", scopes: ["submissions:read"], programmes: ["CR-HILL"] } },
    });
    const token = await requestToken(gateway.url, await signAssertion(id, keys), { organisation: "ZDM01" });
    expect([token.status, token.body.scope]).toEqual([200, "submissions:read"]);
    expect(await call("guardian", END, { id })).toMatchObject({ data: { endDelegation: { state: "ENDED" } } });
    expect(await tokenStatus(id, "ZDM01")).toBe(401);
    expect(await call("guardian", END, { id })).toMatchObject({ code: "NOT_FOUND" });
    expect(await auditOf(id)).toEqual(["GRANT_DELEGATION", "END_DELEGATION"]);
  });

  it("takes the place of the one before", async () => {
    const id = await vendorApp();
    await call("guardian", GRANT, { input: inputFor(id) });
    await call("guardian", GRANT, { input: inputFor(id, { scopes: ["submissions:read", "submissions:write"] }) });
    const token = await requestToken(gateway.url, await signAssertion(id, keys), { organisation: "ZDM01" });
    expect(token.body.scope).toBe("submissions:read submissions:write");
    const { data } = await gateway.gql<{ delegations: { nodes: { clientId: string; state: string }[] } }>(
      "guardian",
      DELEGATIONS,
    );
    expect(data?.delegations.nodes.filter(({ clientId }) => clientId === id).map(({ state }) => state)).toEqual([
      "ACTIVE",
      "ENDED",
    ]);
  });

  it("by the clinical team is a request that the Guardian decides", async () => {
    const id = await vendorApp();
    const { data } = await gateway.gql<{ grantDelegation: { id: string; state: string } }>("team", GRANT, {
      input: inputFor(id),
    });
    expect(data?.grantDelegation.state).toBe("REQUESTED");
    expect(await tokenStatus(id, "ZDM01")).toBe(401);
    expect(await call("guardian", APPROVE, { id: data?.grantDelegation.id })).toMatchObject({ code: null });
    expect(await tokenStatus(id, "ZDM01")).toBe(200);
  });

  it("of a client the Guardian registered is not that Guardian's to approve, whoever asks for it", async () => {
    const client = await registerActive();
    await database.query("update access.client set registered_by = 'demo-guardian' where id = $1 returning id", [client.id]);
    const { data } = await gateway.gql<{ grantDelegation: { id: string } }>("team", GRANT, { input: inputFor(client.id) });
    expect(await call("guardian", APPROVE, { id: data?.grantDelegation.id })).toMatchObject({ code: "FORBIDDEN" });
  });

  it("makes the app's keys the matter of its own Guardian, since whoever adds one can act for the others", async () => {
    const app = await registerActive({ role: "VENDOR_APP" });
    const add = async () => jwkOf(await makeKeys("ES384"));
    expect(await call("team", ROTATE, { id: app.id, add: await add() }), "control").toMatchObject({ code: null });
    await call("team", ROTATE, { id: app.id, remove: keys.kid });
    await database.query(
      "insert into access.client_organisation (client_id, ods_code, role, scopes) values ($1, 'ZDM02', 'VENDOR_APP', '{}') returning client_id",
      [app.id],
    );
    const key = await add();
    expect(await call("team", ROTATE, { id: app.id, add: key })).toMatchObject({ code: "FORBIDDEN" });
    expect(await call("guardian", ROTATE, { id: app.id, add: key })).toMatchObject({ code: null });
    expect(await call("team", ROTATE, { id: app.id, remove: key.kid }), "shutting out needs nobody").toMatchObject({
      code: null,
    });
  });

  it("prolongs what a client of one's own may do", async () => {
    const client = await registerActive();
    const longer = inDays(700);
    const input = inputFor(client.id, { endsOn: longer, scopes: ["submissions:write"] });
    expect(await call("guardian", GRANT, { input })).toMatchObject({
      data: { grantDelegation: { state: "ACTIVE", endsOn: longer } },
    });
    expect(await tokenStatus(client.id)).toBe(200);
  });

  it("to a client there is not, a system of another organisation, or a revoked app is refused in the same bytes", async () => {
    const revoked = await vendorApp();
    await database.query("update access.client set active = false where id = $1", [revoked]);
    const foreign = "foreign-system";
    await registerClient(database, { id: foreign, keys: [keys], grants: [{ odsCode: "ZDM02" }], ownerOds: "ZDM02" });
    const answers = await Promise.all(
      ["nothing", foreign, revoked].map((id) =>
        gateway.gql("guardian", GRANT, { input: inputFor(id) }, { "x-correlation-id": "the-same-id" }),
      ),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.errors[0]?.extensions.code).toBe("NOT_FOUND");
  });

  it("is no business of systems, analysts or administrators", async () => {
    for (const as of ["submitter", "vendor", "analyst", "admin"] as const)
      for (const query of [CLIENTS, DELEGATIONS]) expect((await gateway.gql(as, query)).data).toBeNull();
  });
});
