import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());

const get = (path: string, headers: Readonly<Record<string, string>> = {}) => fetch(`${gateway.url}${path}`, { headers });

describe("every answer", () => {
  it.each(["/healthz", "/readyz", "/metrics", "/explorer", "/graphql", "/nothing"])(
    "of %s names the request and keeps nothing",
    async (path) => {
      const sent = "visit-2026-03-02.a";
      const answer = await get(path, { "x-correlation-id": sent });
      expect(answer.headers.get("x-correlation-id")).toBe(sent);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("cache-control")).toBe("no-store");
      expect((await get(path)).headers.get("x-correlation-id")).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it("is logged once, with the operation, the bearer and sizes, and nothing else", async () => {
    const from = gateway.logs.length;
    await gateway.gql("vendor", "query Mine { viewer { role } }", {}, { "x-correlation-id": "corr-0001" });
    const lines = gateway.logs.slice(from).filter((line) => line.includes("corr-0001"));
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        level: 30,
        time: expect.any(String),
        event: "request",
        correlationId: "corr-0001",
        clientId: "demo-vendor",
        ods: "ZDM01",
        role: "VENDOR_APP",
        operation: "viewer",
        method: "POST",
        route: "/graphql",
        status: 200,
        durationMs: expect.any(Number),
        bytes: expect.any(Number),
      },
    ]);
  });
});

describe("metrics", () => {
  it("have a closed set of labels, whatever is called", async () => {
    for (const path of ["/a1", "/a2", "/patients/9434765919", "/graphql/x", "/explorer/../a3"]) await get(path);
    await fetch(`${gateway.url}/graphql`, { method: "PROPFIND" });
    await gateway.gql("submitter", "query Secret { viewer { role } }");
    const text = await (await get("/metrics")).text();
    const labels = (name: string) =>
      [...new Set([...text.matchAll(new RegExp(`[{,]${name}="([^"]*)"`, "g"))].map((found) => found[1]))].sort();
    const routes = ["(none)", "/demo/token", "/explorer", "/graphql", "/healthz", "/metrics", "/readyz"];
    expect(labels("route").every((route) => route !== undefined && routes.includes(route))).toBe(true);
    expect(labels("method").every((method) => ["GET", "POST", "OTHER"].includes(method ?? ""))).toBe(true);
    expect(labels("status").every((status) => /^[2-5]\d\d$/.test(status ?? ""))).toBe(true);
    expect(text).not.toMatch(/9434765919|Secret|a1/);
  });
});

describe("the explorer", () => {
  const ours = /^\/explorer\/[a-z-]+\.(?:js|css)$/;

  it("is a page whose scripts, styles and requests are our own, and says so to the browser", async () => {
    const answer = await get("/explorer");
    const page = await answer.text();
    const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((found) => found[1] ?? "");
    expect(links).toHaveLength(6);
    for (const link of links) expect(link).toMatch(ours);
    expect(page).not.toMatch(/https?:|\/\/[a-z]/);
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
  });

  it("finds each of its files here, with their type, to be kept by the browser", async () => {
    const page = await (await get("/explorer")).text();
    for (const [, link = ""] of page.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const answer = await get(link);
      const text = await answer.text();
      expect([answer.status, answer.headers.get("content-type")], link).toEqual([
        200,
        `text/${link.endsWith(".js") ? "javascript" : "css"}; charset=utf-8`,
      ]);
      expect(answer.headers.get("cache-control")).toContain("max-age");
      expect(text.length, link).toBeGreaterThan(100);
    }
  });

  it("asks no other host: no import, worker, font or image of another address in its files", async () => {
    const FOREIGN =
      /(?:import\s*\(|importScripts\s*\(|new Worker\s*\(|fetch\s*\(|url\s*\(|@import\s*|\.src\s*=\s*)["'(\s]*(?:https?:)?\/\/[a-z]/i;
    for (const name of ["react.js", "react-dom.js", "graphiql.js", "graphiql.css", "explorer.js", "explorer.css"])
      expect((await (await get(`/explorer/${name}`)).text()).match(FOREIGN)?.[0], name).toBeUndefined();
    expect('import("https://esm.example/x.js")').toMatch(FOREIGN);
    expect("@font-face{src:url(//fonts.example/a.woff2)}").toMatch(FOREIGN);
  });

  it.each(["../../package.json", "%2e%2e/%2e%2e/package.json", "explorer.html", "constructor", ""])(
    "serves no other file (%s)",
    async (name) => {
      expect((await get(`/explorer/${name}`)).status).toBe(404);
    },
  );

  it("offers demo identities in demo mode and a field for a token otherwise", async () => {
    expect(await (await get("/explorer")).text()).toContain('data-demo="true"');
    const production = await startTestGateway({ config: { mode: "production" } });
    expect(await (await fetch(`${production.url}/explorer`)).text()).toContain('data-demo="false"');
    await production.close();
  });
});
