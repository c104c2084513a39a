import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createAddressRule } from "../../../src/lib/outbound-address.ts";
import { getPinned } from "../../../src/notifications/get-pinned.ts";

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
}

const loopback = { judge: createAddressRule(["127.0.0.0/8"]) };
const limits = { connectMs: 300, wholeMs: 300, bytes: 1_000 };

describe("a text from an address that somebody named", () => {
  it("is read with what it says of its own age", async () => {
    const url = await serve((_request, response) =>
      response.writeHead(200, { "cache-control": "max-age=60" }).end('{"keys":[]}'),
    );
    expect(await getPinned(url, loopback, limits)).toEqual({ text: '{"keys":[]}', cacheControl: "max-age=60" });
  });

  it.each<readonly [string, RequestListener]>([
    ["says 404", (_request, response) => response.writeHead(404).end("{}")],
    ["leads elsewhere", (_request, response) => response.writeHead(302, { location: "/other" }).end()],
    ["says too much", (_request, response) => response.end("x".repeat(1_001))],
    ["never answers", () => undefined],
    ["never ends", (_request, response) => void response.writeHead(200).write("{")],
    [
      "breaks off",
      (_request, response) => response.writeHead(200, { "content-length": 50 }).write("{", () => response.destroy()),
    ],
  ])("is none where the publisher %s", async (_what, listener) => {
    expect(await getPinned(await serve(listener), loopback, limits)).toBeNull();
  });

  it("is none where the address may not be called: it is not even connected to", async () => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked += 1;
      response.end("{}");
    });
    const rules = { judge: createAddressRule([]) };
    for (const address of [
      url,
      "http://169.254.169.254/latest",
      "https://metadata.internal.invalid/",
      "file:///etc/passwd",
      "keys",
    ])
      expect(await getPinned(address, rules, limits)).toBeNull();
    expect([asked, await getPinned(url, loopback, limits)]).toMatchObject([0, { text: "{}" }]);
  });
});
