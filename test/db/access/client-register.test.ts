import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import type { NewClient, NewDelegation } from "../../../src/access/client.ts";
import type { ClientRegister } from "../../../src/access/client-ports.ts";
import { planRotation } from "../../../src/access/plan-rotation.ts";
import { readKeySet } from "../../../src/access/public-keys.ts";
import { createUuid7 } from "../../../src/lib/uuid7.ts";
import { applyClientApproval } from "../../../src/persistence/client-approval.ts";
import { createClientRegister } from "../../../src/persistence/client-register.ts";
import { toRegistration } from "../../../src/persistence/registration-row.ts";
import type { OrganisationActor } from "../../../src/records/actor.ts";
import { provideDatabase } from "../../support/database.ts";

const testDatabase = provideDatabase();
const newId = createUuid7();
const asAccess = { role: "nacr_access" } as const;
let register: ClientRegister;

const guardianOf = (ods: string): OrganisationActor => ({
  clientId: `person/${ods}`,
  role: "CALDICOTT_GUARDIAN",
  ods,
  programmes: [],
  scopes: [],
});
const ALPHA = guardianOf("RAA");
const BETA = guardianOf("RBB");
const GAMMA = guardianOf("RCC");
const LEAVE = { programmes: null, scopes: ["submissions:read"], startsOn: null, endsOn: "2030-01-01" };
const jwk = (kid: string) => ({ ...generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ format: "jwk" }), kid });

beforeAll(async () => {
  const { database } = testDatabase();
  for (const { ods } of [ALPHA, BETA, GAMMA])
    await database.prisma.organisation.create({ data: { odsCode: ods, name: "A Trust", nation: "ENGLAND" } });
  register = createClientRegister(database, newId);
});

function newClient(role: NewClient["role"] = "VENDOR_APP"): NewClient {
  const keys = readKeySet({ keys: [jwk("first")] }, 2);
  if (typeof keys === "string") throw new Error(keys);
  return {
    id: newId(),
    name: "A system",
    role,
    vendor: "Acme",
    product: "PAS",
    keys,
    jwksUrl: null,
    certificates: { names: [], thumbprints: [] },
    leave: LEAVE,
    evidence: "Contract",
    at: new Date().toISOString(),
  };
}

/** As the Guardian's approval does it. */
const approve = (clientId: string): Promise<void> =>
  testDatabase().database.withRole(asAccess, async (tx) => {
    const { id } = await tx.registration.findFirstOrThrow({ where: { clientId, kind: "CLIENT" } });
    const data = { state: "ACTIVE", decidedBy: "person/other", decidedAt: new Date() };
    await applyClientApproval(tx, toRegistration(await tx.registration.update({ where: { id }, data })));
  });

async function activeClient(actor: OrganisationActor): Promise<string> {
  const { id } = (await register.register(actor, newClient(), 1_000)) ?? { id: "" };
  await approve(id);
  return id;
}

const delegationOf = (clientId: string): NewDelegation => ({
  clientId,
  leave: LEAVE,
  evidence: "Contract",
  at: new Date().toISOString(),
  isDecided: true,
});
const count = async (statement: string, values: readonly unknown[]): Promise<unknown> =>
  (await testDatabase().query(statement, values))[0]?.n;

describe("people who act upon clients at the same time", () => {
  it("never give one more keys than two", async () => {
    const id = await activeClient(ALPHA);
    const add = (index: number) =>
      register.changeKeys(
        ALPHA,
        id,
        (_client, keys) => planRotation({ add: jwk(`key-${index}`), remove: null }, keys),
        new Date().toISOString(),
      );
    const done = await Promise.allSettled(Array.from({ length: 6 }, (_, index) => add(index)));
    expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await count("select count(*)::int as n from access.client_key where client_id = $1", [id])).toBe(2);
  });

  it("never register more of them than the organisation may have", async () => {
    const done = await Promise.all(Array.from({ length: 8 }, () => register.register(BETA, newClient(), 3)));
    expect(done.filter((client) => client !== null)).toHaveLength(3);
  });

  it("leave one delegation in force, however many they give", async () => {
    const id = await activeClient(ALPHA);
    await Promise.all(Array.from({ length: 5 }, () => register.delegate(GAMMA, delegationOf(id))));
    expect(
      await count(
        "select count(*)::int as n from access.registration where client_id = $1 and ods_code = 'RCC' and state = 'ACTIVE'",
        [id],
      ),
    ).toBe(1);
    expect(
      await count("select count(*)::int as n from access.client_organisation where client_id = $1 and ods_code = 'RCC'", [id]),
    ).toBe(1);
  });

  it("never leave a revoked client active, whoever comes first", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { id } = (await register.register(ALPHA, newClient(), 1_000)) ?? { id: "" };
      await Promise.allSettled([approve(id), register.revoke(ALPHA, id, "Stolen.", new Date().toISOString())]);
      // Whoever lost to the other one does it again.
      await register.revoke(ALPHA, id, "Stolen.", new Date().toISOString());
      await expect(approve(id)).rejects.toThrow("revoked");
      expect(await count("select active as n from access.client where id = $1", [id])).toBe(false);
    }
  });
});

describe("a client that is revoked", () => {
  it("is revoked for those too whom others let it act for, without the reason", async () => {
    const id = await activeClient(ALPHA);
    await register.delegate(GAMMA, delegationOf(id));
    await register.revoke(ALPHA, id, "Our own business.", new Date().toISOString());
    const rows = await testDatabase().query(
      "select ods_code, state, end_reason from access.registration where client_id = $1 order by ods_code",
      [id],
    );
    expect(rows).toEqual([
      { ods_code: "RAA", state: "ENDED", end_reason: "Our own business." },
      { ods_code: "RCC", state: "ENDED", end_reason: "The client was revoked." },
    ]);
    expect(await register.delegate(GAMMA, delegationOf(id))).toBeNull();
  });
});

describe("the lists of an organisation", () => {
  it("go on page by page, and hold its own only", async () => {
    const pageThrough = async (actor: OrganisationActor): Promise<readonly string[]> => {
      const ids: string[] = [];
      for (let after: string | null = null; ; ) {
        const page = await register.list(actor, { first: 2, after });
        ids.push(...page.nodes.map(({ node }) => node.id));
        after = page.nodes.at(-1)?.cursor ?? null;
        if (!page.hasNextPage) return ids;
      }
    };
    const [alpha, beta, gamma] = [await pageThrough(ALPHA), await pageThrough(BETA), await pageThrough(GAMMA)];
    expect([new Set(alpha).size === alpha.length, beta.length, gamma]).toEqual([true, 3, []]);
    expect(alpha.some((id) => beta.includes(id))).toBe(false);
    const { nodes, totalCount } = await register.delegations(GAMMA, { first: 3, after: null });
    expect([nodes.length, totalCount]).toEqual([3, 6]);
    expect((await register.delegations(ALPHA, { first: 3, after: null })).totalCount).toBe(0);
  });
});
