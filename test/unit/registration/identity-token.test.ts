import { exportSPKI, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createIdentityTokens, type IdentityProvider } from "../../../src/access/identity-token.ts";
import { createKeySets, type FetchKeySet } from "../../../src/access/key-sets.ts";
import { discoveryUrl, readDiscovery, readProviderKeys } from "../../../src/access/provider-keys.ts";
import { PUBLIC_URL } from "../../support/gateway.ts";
import { type OidcIssuer, STRONG, startOidcIssuer, type TokenParts } from "../../support/oidc-issuer.ts";

let oidc: OidcIssuer;
let stranger: OidcIssuer;
let provider: IdentityProvider;
beforeAll(async () => {
  [oidc, stranger] = await Promise.all([startOidcIssuer(), startOidcIssuer()]);
  const sets = createKeySets(fetchSet);
  provider = { ...RULES, issuer: oidc.issuer, keysOf: (kid) => sets.keysOf(`${oidc.issuer}/keys`, kid) };
});
afterAll(() => Promise.all([oidc.close(), stranger.close()]));

const RULES = {
  audience: PUBLIC_URL,
  subjectClaim: "sub",
  acrClaim: "acr",
  acrValues: [STRONG],
  tokenTypes: ["at+jwt", "jwt"],
  maxLifetimeSeconds: 3_600,
  clockToleranceSeconds: 5,
} as const;

const fetchSet: FetchKeySet = async (url) => {
  const answer = await fetch(url);
  const keys = answer.ok ? readProviderKeys(await answer.text()) : null;
  return keys === null ? null : { keys, maxAgeSeconds: null };
};
const verify = (token: string, more: Partial<IdentityProvider> = {}) =>
  createIdentityTokens([{ ...provider, ...more }]).verify(token);

describe("a token of a configured issuer", () => {
  it("says who its bearer is, and nothing more", async () => {
    const token = await oidc.token("somebody", { claims: { role: "AUDIT_ADMIN", email: "a@b.test" } });
    expect(await verify(token)).toEqual({ issuer: oidc.issuer, subject: "somebody" });
  });

  it("may say it in other claims, where the operator has named them", async () => {
    const token = await oidc.token("s", { claims: { uid: "u-1", amr: ["pwd", "mfa"], acr: "weak" }, header: { typ: "JWT" } });
    const mapped = { subjectClaim: "uid", acrClaim: "amr", acrValues: ["mfa"] };
    expect(await verify(token, mapped)).toEqual({ issuer: oidc.issuer, subject: "u-1" });
    expect(await verify(token)).toBeNull();
  });

  it.each<readonly [string, TokenParts]>([
    ["a list of audiences that holds ours", { claims: { aud: [PUBLIC_URL, "https://other.test"] } }],
    ["a list of our audience alone", { claims: { aud: [PUBLIC_URL] } }],
    ["another audience", { claims: { aud: "https://other.test" } }],
    ["no audience", { claims: { aud: undefined } }],
    ["another issuer's name", { claims: { iss: "https://other.test" } }],
    ["a sign-in that is too weak", { claims: { acr: "urn:test:password" } }],
    ["no word of the sign-in", { claims: { acr: undefined } }],
    ["no subject", { claims: { sub: undefined } }],
    ["an empty subject", { claims: { sub: "" } }],
    ["a subject with a line break", { claims: { sub: "a\nb" } }],
    ["a subject that is no text", { claims: { sub: 7 } }],
    ["an end in the past", { issuedAt: -600, expiresAt: -10 }],
    ["no end", { claims: { exp: undefined } }],
    ["no beginning", { claims: { iat: undefined } }],
    ["a beginning in the future", { issuedAt: 60, expiresAt: 120 }],
    ["a day not before tomorrow", { claims: { nbf: Math.floor(Date.now() / 1_000) + 86_400 } }],
    ["a life that is too long", { expiresAt: 3_700 }],
    ["another type", { header: { typ: "logout+jwt" } }],
    ["no key's name", { header: { kid: "" } }],
    ["a key of the bearer's own to prove", { claims: { cnf: { jkt: "x" } } }],
    ["a critical extension", { header: { crit: "exp" } }],
  ])("with %s is refused", async (_name, parts) => {
    const token = await oidc.token("somebody", parts).catch(() => "unsignable");
    expect(await verify(token)).toBeNull();
  });

  it("that somebody else signed, or nobody, is refused", async () => {
    const claims = { iss: oidc.issuer, sub: "s", aud: PUBLIC_URL, acr: STRONG };
    const { privateKey } = await generateKeyPair("RS256");
    expect(await verify(await oidc.token("s", { key: privateKey })), "another key under the issuer's key name").toBeNull();
    expect(await verify(await stranger.token("s")), "an issuer that is not configured").toBeNull();
    expect(await verify(await stranger.token("s", { claims })), "a stranger in the issuer's name").toBeNull();
    const unsigned = new UnsecuredJWT(claims).setIssuedAt().setExpirationTime("5m").encode();
    expect(await verify(unsigned)).toBeNull();
    expect(await verify((await oidc.token("s")).slice(0, -2)), "cut off").toBeNull();
    expect(await verify("")).toBeNull();
    expect(await verify("a.b.c")).toBeNull();
  });

  it("with a keyed digest under the public key is refused (key confusion)", async () => {
    const jwk = oidc.publicKey();
    const publicKey = await importJWK(jwk, "RS256", { extractable: true });
    if (publicKey instanceof Uint8Array) throw new Error("not a public key");
    const secret = new TextEncoder().encode(await exportSPKI(publicKey));
    const token = await new SignJWT({ iss: oidc.issuer, sub: "s", aud: PUBLIC_URL, acr: STRONG })
      .setProtectedHeader({ alg: "HS256", kid: jwk.kid ?? "", typ: "at+jwt" })
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(secret);
    expect(await verify(token)).toBeNull();
  });
});

describe("the keys of an issuer", () => {
  it("are asked for once, however many tokens name a key that is not there", async () => {
    await verify(await oidc.token("s"));
    const before = oidc.asked();
    for (let i = 0; i < 20; i += 1) expect(await verify(await oidc.token("s", { header: { kid: `unknown-${i}` } }))).toBeNull();
    expect(oidc.asked() - before).toBe(0);
  });

  it("are found after a rotation, and good through an outage", async () => {
    let clock = Date.now();
    const sets = createKeySets(fetchSet, () => clock);
    const keysOf = (kid: string) => sets.keysOf(`${oidc.issuer}/keys`, kid);
    expect(await verify(await oidc.token("s"), { keysOf })).not.toBeNull();
    const former = await oidc.token("s");
    await oidc.rotate();
    clock += 31_000;
    expect(await verify(await oidc.token("s"), { keysOf })).not.toBeNull();
    expect(await verify(former, { keysOf }), "of a key that is withdrawn").toBeNull();
    oidc.setDown(true);
    clock += 3_600_000;
    expect(await verify(await oidc.token("s"), { keysOf }), "an hour of outage").not.toBeNull();
    clock += 25 * 3_600_000;
    expect(await verify(await oidc.token("s"), { keysOf }), "longer than its keys are kept").toBeNull();
    oidc.setDown(false);
  });

  it("lie where its own discovery document says", async () => {
    const document = await (await fetch(discoveryUrl(oidc.issuer))).text();
    expect(readDiscovery(document, oidc.issuer)).toBe(`${oidc.issuer}/keys`);
    expect(readDiscovery(document, "https://other.test"), "another issuer's document").toBeNull();
    expect(readDiscovery("{}", oidc.issuer)).toBeNull();
  });

  it("are public keys for signatures, whatever else a set holds", () => {
    const { kid } = oidc.publicKey();
    const secret = { kty: "oct", kid: "o", k: "c2VjcmV0" };
    const text = JSON.stringify({ keys: [oidc.publicKey(), secret, { ...oidc.publicKey(), kid: "e", use: "enc" }, null] });
    expect(readProviderKeys(text)?.map((key) => key.kid)).toEqual([kid]);
    expect(readProviderKeys(JSON.stringify({ keys: [oidc.publicKey(), oidc.publicKey()] })), "two of one name").toBeNull();
    expect(readProviderKeys("no")).toBeNull();
  });
});
