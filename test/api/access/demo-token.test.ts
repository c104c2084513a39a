import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

/** `fetch` would not let a test choose `Host` or `Origin`. */
function ask(
  headers: Readonly<Record<string, string>>,
  body = '{"as":"team"}',
  url = gateway.url,
): Promise<{ status: number; text: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path: "/demo/token", method: "POST", headers: { "content-type": "application/json", ...headers } },
      (answer) => {
        let text = "";
        answer.on("data", (chunk) => {
          text += String(chunk);
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

const port = (): string => new URL(gateway.url).port;
type Headers = () => Readonly<Record<string, string>>;

describe("a demo token", () => {
  it.each<readonly [string, Headers]>([
    ["this machine by its address", () => ({ host: `127.0.0.1:${port()}` })],
    ["this machine by its name", () => ({ host: `localhost:${port()}` })],
    [
      "the explorer, a page of our own",
      () => ({ host: `localhost:${port()}`, origin: `http://localhost:${port()}`, "sec-fetch-site": "same-origin" }),
    ],
    ["JSON with a character set", () => ({ host: `localhost:${port()}`, "content-type": "application/json; charset=utf-8" })],
  ])("is given to %s", async (_name, headers) => {
    const { status, text } = await ask(headers());
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { access_token: expect.any(String), token_type: "Bearer", expires_in: 300 },
    ]);
  });

  it.each<readonly [string, Headers]>([
    ["a name that was rebound to this machine", () => ({ host: `attacker.example:${port()}` })],
    ["a name that begins like ours", () => ({ host: `localhost.attacker.example:${port()}` })],
    ["another port", () => ({ host: "127.0.0.1:1" })],
    ["no port", () => ({ host: "127.0.0.1" })],
    ["an unspecified address", () => ({ host: `0.0.0.0:${port()}` })],
    ["a page of another site", () => ({ host: `localhost:${port()}`, origin: "https://attacker.example" })],
    ["a page of another port of this machine", () => ({ host: `localhost:${port()}`, origin: "http://localhost:1" })],
    ["a page without a site", () => ({ host: `localhost:${port()}`, origin: "null" })],
    ["a fetch across sites", () => ({ host: `localhost:${port()}`, "sec-fetch-site": "cross-site" })],
    ["a fetch across sites of one domain", () => ({ host: `localhost:${port()}`, "sec-fetch-site": "same-site" })],
    ["a form's text/plain", () => ({ host: `localhost:${port()}`, "content-type": "text/plain" })],
  ])("is refused to %s", async (_name, headers) => {
    const { status, text } = await ask(headers());
    expect([status, text]).toEqual([403, '{"error":"forbidden"}']);
  });

  it.each([["nobody"], ["constructor"], ["__proto__"], [""], [7], [null], [["team"]]])("is not there for %j", async (as) => {
    expect(await ask({}, JSON.stringify({ as }))).toEqual({ status: 400, text: '{"error":"invalid_request"}' });
  });

  it("is not given by other methods, nor for another type of body", async () => {
    for (const method of ["GET", "PUT", "OPTIONS"])
      expect((await fetch(`${gateway.url}/demo/token`, { method })).status).toBe(404);
    expect((await ask({ "content-type": "application/x-www-form-urlencoded" }, "as=team")).status).toBe(415);
    expect((await ask({}, "{}".padEnd(2_000, " "))).status).toBe(413);
  });

  it.each([
    ["submitter", "SUBMITTER", "ZDM01"],
    ["submitter2", "SUBMITTER", "ZDM02"],
    ["vendor", "VENDOR_APP", "ZDM01"],
    ["team", "CLINICAL_TEAM", "ZDM01"],
    ["team2", "CLINICAL_TEAM", "ZDM02"],
    ["guardian", "CALDICOTT_GUARDIAN", "ZDM01"],
    ["analyst", "ANALYST", undefined],
    ["admin", "AUDIT_ADMIN", undefined],
  ] as const)("as %s is one of %s", async (as, role, odsCode) => {
    const { data } = await gateway.gql<{ viewer: object }>(as, "{ viewer { role organisations { odsCode } } }");
    expect(data?.viewer).toEqual({ role, organisations: odsCode === undefined ? [] : [{ odsCode }] });
  });
});

describe("in production mode", () => {
  it("there is no such address, and a demo client's token is nobody's", async () => {
    const production = await startTestGateway({ config: { mode: "production" } });
    const answer = await ask({}, '{"as":"team"}', production.url);
    expect(answer.status).toBe(404);
    const nowhere = await fetch(`${production.url}/nowhere`, { method: "POST" });
    expect(answer.text).toBe(await nowhere.text());
    const stale = await production.gql(
      null,
      "{ viewer { role } }",
      {},
      { authorization: `Bearer ${await gateway.token("team")}` },
    );
    expect(stale.status).toBe(401);
    await production.close();
  });
});
