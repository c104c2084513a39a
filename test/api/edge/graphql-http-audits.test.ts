import { auditServer } from "graphql-http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

/** What the audits find wrong, as `id name`. */
async function audit(
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly count: number; readonly failed: readonly string[] }> {
  const withHeaders = (url: string, init: RequestInit = {}) => {
    const merged = new Headers(init.headers);
    for (const [name, value] of Object.entries(headers)) merged.set(name, value);
    return fetch(url, { ...init, headers: merged });
  };
  const results = await auditServer({ url: `${gateway.url}/graphql`, fetchFn: withHeaders });
  const failed = results.flatMap((result) => (result.status === "ok" ? [] : [`${result.id} ${result.name}`]));
  return { count: results.length, failed };
}

const bearer = async () => ({ authorization: `Bearer ${await gateway.token("submitter")}` });

describe("the graphql-http audits", () => {
  it("all 61 pass for a bearer that sends the preflight header", async () => {
    expect(await audit({ ...(await bearer()), "apollo-require-preflight": "1" })).toEqual({ count: 61, failed: [] });
  });

  it("without that header, exactly the three that a forged cross-site GET would use fail, none of them a MUST", async () => {
    const { failed } = await audit(await bearer());
    expect(failed.map((name) => name.slice(0, 4)).sort()).toEqual(["5A70", "6A70", "D6D5"]);
    expect(failed.filter((name) => name.includes(" MUST "))).toEqual([]);
  });

  it("would be found failing without a bearer (control)", async () => {
    expect((await audit({ "apollo-require-preflight": "1" })).failed.length).toBeGreaterThan(20);
  });
});
