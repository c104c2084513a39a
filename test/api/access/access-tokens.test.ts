import { SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTokenIssuer, type SigningSecrets } from "../../../src/access/access-token.ts";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import type { Actor } from "../../../src/records/actor.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { PUBLIC_URL, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { type Keys, makeKeys, registerClient } from "./registered-client.ts";

const VIEWER = "{ viewer { role } }";
let database: TestDatabase;
let gateway: TestGateway;
/** The gateway's own secret: these tests make tokens as it would. */
let secrets: SigningSecrets;
let keys: Keys;
const keyManagement = createForgettingKeyManagement();

beforeAll(async () => {
  database = await openTestDatabase();
  gateway = await startTestGateway({ database, keyManagement });
  secrets = await createKeyRing(keyManagement, createDataKeyStore(database.database)).tokenSecrets();
  keys = await makeKeys("ES384");
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await database.close();
});

const ACTOR: Actor = {
  clientId: "trust",
  role: "SUBMITTER",
  ods: "ZDM01",
  programmes: ["CR-VALLEY"],
  scopes: ["submissions:read"],
};
const issue = (actor: Actor, seconds?: number) => createTokenIssuer(PUBLIC_URL, secrets).issue(actor, "id", seconds);
const ask = async (token: string, at = gateway) => (await at.gql(null, VIEWER, {}, { authorization: `Bearer ${token}` })).status;
const grant = { odsCode: "ZDM01", scopes: ["submissions:read"] };

describe("an access token", () => {
  it("is accepted until it expires", async () => {
    await registerClient(database, { id: "trust", keys: [keys], grants: [grant] });
    expect(await ask(await issue(ACTOR))).toBe(200);
    expect(await ask(await issue(ACTOR, -10))).toBe(401);
  });

  it("is worth nothing in a request that asks to act for another organisation", async () => {
    const authorization = `Bearer ${await issue(ACTOR)}`;
    const askFor = async (ods: string) =>
      (await gateway.gql(null, VIEWER, {}, { authorization, "x-nacr-organisation": ods })).status;
    expect(await askFor("ZDM02")).toBe(401);
    expect(await askFor("ZDM01"), "control").toBe(200);
  });

  it("of another issuer, audience, kind, algorithm or secret is refused", async () => {
    const make = (issuer: string, audience: string, typ: string, alg: string, key: Uint8Array) =>
      new SignJWT({ role: "SUBMITTER", ods: "ZDM01", programmes: [], scope: "" })
        .setProtectedHeader({ alg, typ, kid: "1" })
        .setSubject("trust")
        .setIssuer(issuer)
        .setAudience(audience)
        .setJti("id")
        .setIssuedAt()
        .setExpirationTime("5m")
        .sign(key);
    const { secret } = secrets.newest();
    expect(await ask(await make(PUBLIC_URL, PUBLIC_URL, "at+jwt", "HS512", secret)), "control").toBe(200);
    expect(await ask(await make("https://x.test", PUBLIC_URL, "at+jwt", "HS512", secret))).toBe(401);
    expect(await ask(await make(PUBLIC_URL, "https://x.test", "at+jwt", "HS512", secret))).toBe(401);
    expect(await ask(await make(PUBLIC_URL, PUBLIC_URL, "JWT", "HS512", secret))).toBe(401);
    expect(await ask(await make(PUBLIC_URL, PUBLIC_URL, "at+jwt", "HS256", secret))).toBe(401);
    expect(await ask(await make(PUBLIC_URL, PUBLIC_URL, "at+jwt", "HS512", new Uint8Array(64).fill(7)))).toBe(401);
  });

  it.each<readonly [string, Partial<Actor>]>([
    ["another role", { role: "VENDOR_APP" }],
    ["a person's role", { role: "CLINICAL_TEAM" }],
    ["another organisation", { ods: "ZDM02" }],
    ["another organisation's programme", { programmes: ["CR-COAST"] }],
    ["a scope that was not granted", { scopes: ["submissions:read", "submissions:write"] }],
    ["a client there is not", { clientId: "nobody" }],
  ])("for %s than its client was granted is refused, even with our signature", async (_name, more) => {
    expect(await ask(await issue({ ...ACTOR, ...more }))).toBe(401);
  });

  it("is refused after its client was revoked or its delegation ended, at a gateway that has not asked yet", async () => {
    const withClient = async (id: string, change: () => Promise<unknown>) => {
      await registerClient(database, { id, keys: [keys], grants: [grant] });
      const token = await issue({ ...ACTOR, clientId: id });
      expect(await ask(token)).toBe(200);
      await change();
      const fresh = await startTestGateway({ database, keyManagement });
      const status = await ask(token, fresh);
      await fresh.close();
      return status;
    };
    const asAccess = { role: "nacr_access" } as const;
    expect(
      await withClient("to-revoke", () =>
        database.database.withRole(asAccess, (tx) => tx.client.update({ where: { id: "to-revoke" }, data: { active: false } })),
      ),
    ).toBe(401);
    expect(
      await withClient("to-end", () =>
        database.database.withRole(asAccess, (tx) =>
          tx.clientOrganisation.updateMany({ where: { clientId: "to-end" }, data: { endsOn: new Date("2026-01-01T00:00:00Z") } }),
        ),
      ),
    ).toBe(401);
  });
});
