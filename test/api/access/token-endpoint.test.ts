import { createSecretKey } from "node:crypto";
import { decodeJwt, exportJWK, exportPKCS8, exportSPKI, importPKCS8, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { PUBLIC_URL, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import {
  type Algorithm,
  type Keys,
  makeKeys,
  postForm,
  registerClient,
  requestToken,
  signAssertion,
  TOKEN_ADDRESS,
} from "./registered-client.ts";

const YESTERDAY = new Date(Date.now() - 2 * 86_400_000).toISOString().slice(0, 10);
const TOMORROW = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
const SCOPES = ["submissions:read", "submissions:write"];

let database: TestDatabase;
/** Two processes of one gateway, as far as a client can tell. */
let gateway: TestGateway;
let other: TestGateway;
let keys: Readonly<Record<Algorithm, Keys>>;
let stranger: Keys;

beforeAll(async () => {
  database = await openTestDatabase();
  const keyManagement = createForgettingKeyManagement();
  gateway = await startTestGateway({ database, keyManagement });
  other = await startTestGateway({ database, keyManagement });
  keys = { RS384: await makeKeys("RS384"), RS512: await makeKeys("RS512"), ES384: await makeKeys("ES384") };
  stranger = await makeKeys("RS512", keys.RS512.kid);
  const all = Object.values(keys);
  const valley = { odsCode: "ZDM01", scopes: SCOPES };
  await registerClient(database, { id: "trust", keys: all, grants: [valley], ownerOds: "ZDM01" });
  await registerClient(database, { id: "revoked", keys: all, grants: [valley], active: false });
  await registerClient(database, { id: "lapsed", keys: all, grants: [{ ...valley, endsOn: YESTERDAY }] });
  await registerClient(database, { id: "early", keys: all, grants: [{ ...valley, startsOn: TOMORROW }] });
  const vendor = { role: "VENDOR_APP", scopes: SCOPES } as const;
  await registerClient(database, {
    id: "vendor",
    keys: all,
    grants: [
      { ...vendor, odsCode: "ZDM01", programmes: ["CR-HILL"] },
      { ...vendor, odsCode: "ZDM02", startsOn: YESTERDAY, endsOn: TOMORROW },
    ],
  });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await other.close();
  await database.close();
});

const bearerGql = (token: string | undefined, query: string, at = gateway) =>
  at.gql<{ viewer: { role: string; organisations: { odsCode: string; programmes: { code: string }[] }[] } }>(
    null,
    query,
    {},
    { authorization: `Bearer ${token}` },
  );
const VIEWER = "{ viewer { role organisations { odsCode programmes { code } } } }";

describe("a good assertion", () => {
  it.each(["RS384", "RS512", "ES384"] as const)(
    "signed with %s is exchanged for a token that works, for five minutes at most",
    async (alg) => {
      const answer = await requestToken(gateway.url, await signAssertion("trust", keys[alg]));
      expect([answer.status, answer.body]).toEqual([
        200,
        { access_token: expect.any(String), token_type: "Bearer", expires_in: 300, scope: SCOPES.join(" ") },
      ]);
      expect(answer.headers.get("cache-control")).toBe("no-store");
      const { exp = 0, iat = 0, iss, aud } = decodeJwt(answer.body.access_token ?? "");
      expect([exp - iat <= 300, iss, aud]).toEqual([true, PUBLIC_URL, PUBLIC_URL]);
      const viewer = await bearerGql(answer.body.access_token, VIEWER);
      expect(viewer.data?.viewer).toEqual({
        role: "SUBMITTER",
        organisations: [{ odsCode: "ZDM01", programmes: [{ code: "CR-HILL" }, { code: "CR-VALLEY" }] }],
      });
      expect((await bearerGql(answer.body.access_token, VIEWER, other)).status).toBe(200);
    },
  );

  it("may name the issuer instead of the token address, and ask for fewer scopes than were granted", async () => {
    const answer = await requestToken(gateway.url, await signAssertion("trust", keys.ES384, { aud: PUBLIC_URL }), {
      scope: "submissions:read",
    });
    expect([answer.status, answer.body.scope]).toEqual([200, "submissions:read"]);
    expect(decodeJwt(answer.body.access_token ?? "").scope).toBe("submissions:read");
  });

  it("of a client of several organisations gives a token for the one it names, with that one's programmes", async () => {
    const ask = async (organisation: string) =>
      (await requestToken(gateway.url, await signAssertion("vendor", keys.ES384), { organisation })).body.access_token;
    const answers = [await bearerGql(await ask("ZDM01"), VIEWER), await bearerGql(await ask("ZDM02"), VIEWER)];
    const [hill, coast] = [
      { odsCode: "ZDM01", programmes: [{ code: "CR-HILL" }] },
      { odsCode: "ZDM02", programmes: [{ code: "CR-COAST" }] },
    ];
    expect(answers.map(({ data }) => data?.viewer)).toEqual([
      { role: "VENDOR_APP", organisations: [hill, coast] },
      { role: "VENDOR_APP", organisations: [coast, hill] },
    ]);
  });
});

/** Entries of the audit trail for one request. */
const entriesOf = (correlationId: string | null) =>
  database.query(
    "select ods, action, outcome, agent_id, details->>'reason' as reason from audit.event where type = 'REFUSE_TOKEN' and correlation_id = $1",
    [correlationId],
  );
const KNOWN = new Set(["trust", "revoked", "lapsed", "early", "vendor"]);

/** `form`: what else is asked. */
type Bad = () => Promise<string | readonly [string, Readonly<Record<string, string>>]>;
const good = () => signAssertion("trust", keys.RS512);
const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

/** With a header no library would make; the rest is good, and so is the signature. */
async function signByHand(header: object): Promise<string> {
  const signed = `${encode(header)}.${(await good()).split(".")[1]}`;
  const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", keys.RS512.privateKey, Buffer.from(signed));
  return `${signed}.${Buffer.from(signature).toString("base64url")}`;
}

const BAD: Readonly<Record<string, Bad>> = {
  "used before": async () => {
    const assertion = await good();
    expect((await requestToken(gateway.url, assertion)).status).toBe(200);
    return assertion;
  },
  "used before, at another process": async () => {
    const assertion = await good();
    expect((await requestToken(other.url, assertion)).status).toBe(200);
    return assertion;
  },
  expired: () => signAssertion("trust", keys.RS512, { exp: -60, iat: -300 }),
  "that lives two hours": () => signAssertion("trust", keys.RS512, { exp: 7_200 }),
  "that was issued an hour ago and lives another five minutes": () => signAssertion("trust", keys.RS512, { iat: -3_600 }),
  "issued in the future": () => signAssertion("trust", keys.RS512, { iat: 60 }),
  "without an end": () => signAssertion("trust", keys.RS512, { exp: null }),
  "without a time of issue": () => signAssertion("trust", keys.RS512, { iat: null }),
  "without an id": () => signAssertion("trust", keys.RS512, { jti: null }),
  "with an empty id": () => signAssertion("trust", keys.RS512, { jti: "" }),
  "with an id of 10,000 characters": () => signAssertion("trust", keys.RS512, { jti: "x".repeat(10_000) }),
  "for another audience": () => signAssertion("trust", keys.RS512, { aud: "https://elsewhere.test/oauth2/token" }),
  "for a list of audiences with ours among them": () =>
    signAssertion("trust", keys.RS512, { aud: [TOKEN_ADDRESS, "https://elsewhere.test"] }),
  "for a list of ours alone": () => signAssertion("trust", keys.RS512, { aud: [TOKEN_ADDRESS] }),
  "for the token address with a slash too many": () => signAssertion("trust", keys.RS512, { aud: `${TOKEN_ADDRESS}/` }),
  "by an unknown issuer": () => signAssertion("nobody", keys.RS512),
  "without an issuer": () => signAssertion("trust", keys.RS512, { iss: null }),
  "with another subject": () => signAssertion("trust", keys.RS512, { sub: "vendor" }),
  "of one client signed as another": () => signAssertion("trust", keys.RS512, { iss: "vendor" }),
  "with an unknown key id": () => signAssertion("trust", keys.RS512, {}, { kid: "unknown" }),
  "without a key id": () => signByHand({ alg: "RS512" }),
  "not valid yet": () => signAssertion("trust", keys.RS512, { nbf: 200 }),
  "signed with a stranger's key": () => signAssertion("trust", stranger),
  "signed with the public key as a secret": async () => {
    const secret = createSecretKey(Buffer.from(await exportSPKI(keys.RS512.publicKey)));
    const { iss = "", sub = "", aud = "", jti = "" } = decodeJwt(await good());
    return await new SignJWT({ iss, sub, aud, jti })
      .setProtectedHeader({ alg: "HS512", kid: keys.RS512.kid })
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(secret);
  },
  "signed by nobody": async () => `${encode({ alg: "none", kid: keys.RS512.kid })}.${(await good()).split(".")[1]}.`,
  "signed with RS256": async () => {
    const privateKey = await importPKCS8(await exportPKCS8(keys.RS512.privateKey), "RS256");
    return signAssertion("trust", { ...keys.RS512, alg: "RS256", privateKey });
  },
  "that is cut short": async () => (await good()).slice(0, -4),
  "that was changed after signing": async () => {
    const [head, payload = "", signature] = (await good()).split(".");
    const claims: object = JSON.parse(Buffer.from(payload, "base64url").toString());
    return `${head}.${encode({ ...claims, role: "AUDIT_ADMIN" })}.${signature}`;
  },
  "that brings its own key": async () => signAssertion("trust", stranger, {}, { jwk: await exportJWK(stranger.publicKey) }),
  "that names an address of keys": () => signAssertion("trust", stranger, {}, { jku: "https://elsewhere.test/jwks.json" }),
  "with a header we must understand and do not": () => signByHand({ alg: "RS512", kid: keys.RS512.kid, crit: ["exp"], exp: 1 }),
  "of a revoked client": () => signAssertion("revoked", keys.RS512),
  "of a client whose delegation has lapsed": () => signAssertion("lapsed", keys.RS512),
  "of a client whose delegation has not begun": () => signAssertion("early", keys.RS512),
  "that asks for more scopes than were granted": async () => [await good(), { scope: `${SCOPES.join(" ")} records:read` }],
  "that asks for an organisation that granted nothing": async () => [await good(), { organisation: "ZDM02" }],
  "that asks for an organisation there is not": async () => [await good(), { organisation: "NOWHERE" }],
  "of a client of several organisations that names none": () => signAssertion("vendor", keys.RS512),
  "that is no assertion": async () => "abc",
  "that is empty": async () => "",
  "that is a token of ours": async () => await gateway.token("submitter"),
  "of 20 KB": async () => [`${"a".repeat(8_000)}.${"a".repeat(200)}.`, {}],
};

describe(`each of ${Object.keys(BAD).length} bad assertions`, () => {
  it.each(Object.entries(BAD))("%s is refused like every other, and its reason is logged and audited", async (_name, make) => {
    const made = await make();
    const [assertion, more] = typeof made === "string" ? [made, {}] : made;
    const from = gateway.logs.length;
    const answer = await requestToken(gateway.url, assertion, more);
    expect([answer.status, answer.text, answer.headers.get("cache-control")]).toEqual([
      401,
      '{"error":"invalid_client"}',
      "no-store",
    ]);
    const reasons = gateway.logs.slice(from).filter((line) => line.includes('"token-refused"'));
    expect(reasons).toHaveLength(1);
    const correlationId = answer.headers.get("x-correlation-id");
    const logged: { readonly reason?: string } = JSON.parse(reasons[0] ?? "{}");
    expect(logged).toMatchObject({ correlationId, reason: expect.any(String) });
    const entries = await entriesOf(correlationId);
    expect(entries).toEqual([
      {
        ods: expect.toBeOneOf([null, "ZDM01"]),
        action: "E",
        outcome: "REFUSED",
        agent_id: expect.any(String),
        reason: logged.reason,
      },
    ]);
    // What a stranger calls itself is nowhere.
    const [{ agent_id: agent, ods } = {}] = entries;
    expect([...KNOWN, "STRANGER"]).toContain(agent);
    expect(ods === "ZDM01").toBe(agent === "trust");
  });

  it("is told from a good one (control), made by hand or not", async () => {
    const byHand = await signByHand({ alg: "RS512", kid: keys.RS512.kid });
    for (const assertion of [await good(), byHand]) {
      const answer = await requestToken(gateway.url, assertion);
      expect([answer.status, await entriesOf(answer.headers.get("x-correlation-id"))]).toEqual([200, []]);
    }
  });
});

describe("the form of a token request", () => {
  const fields = async () => ({
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await good(),
  });

  it("asks for client credentials with a JWT; anything else is named as OAuth names it", async () => {
    expect((await postForm(gateway.url, new URLSearchParams({ ...(await fields()), grant_type: "password" }))).body).toEqual({
      error: "unsupported_grant_type",
    });
    expect((await postForm(gateway.url, new URLSearchParams({ ...(await fields()), client_assertion_type: "x" }))).body).toEqual({
      error: "invalid_request",
    });
    expect(
      (
        await postForm(
          gateway.url,
          new URLSearchParams({ grant_type: "client_credentials", client_id: "trust", client_secret: "s" }),
        )
      ).body,
    ).toEqual({ error: "invalid_request" });
  });

  it("names a parameter once", async () => {
    const form = new URLSearchParams(await fields());
    form.append("organisation", "ZDM01");
    form.append("organisation", "ZDM02");
    expect((await postForm(gateway.url, form)).body).toEqual({ error: "invalid_request" });
  });

  it("is a form, and of 16 KiB at most", async () => {
    const json = await fetch(`${gateway.url}/oauth2/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(await fields()),
    });
    expect(json.status).toBe(415);
    expect(
      (await fetch(`${gateway.url}/oauth2/token`, { method: "POST", body: new URLSearchParams({ a: "x".repeat(20_000) }) }))
        .status,
    ).toBe(413);
    expect((await fetch(`${gateway.url}/oauth2/token`)).status).toBe(404);
  });
});

describe("a race for one assertion", () => {
  it("is won once, over two processes", async () => {
    for (let round = 0; round < 5; round++) {
      const assertion = await good();
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => requestToken(index % 2 ? gateway.url : other.url, assertion)),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    }
  });
});
