import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createAddressRule } from "../../../src/lib/outbound-address.ts";
import { createOutboundCalls } from "../../../src/notifications/outbound-calls.ts";
import type { ResolveHost } from "../../../src/notifications/resolve-host.ts";
import type { SignedPost } from "../../../src/webhooks/webhook-ports.ts";
import { type Receiver, startReceiver } from "../../support/webhook-receiver.ts";

const LIMITS = { connectMs: 200, wholeMs: 400 };
const allowLoopback = createAddressRule(["127.0.0.0/8"]);
const allowNothing = createAddressRule([]);
const resolveTo =
  (...addresses: readonly string[]): ResolveHost =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

const post = (url: string): SignedPost => ({ url, headers: { "content-type": "application/json" }, body: '{"id":"e"}' });
const callsOf = (judge = allowLoopback, resolve?: ResolveHost) =>
  createOutboundCalls({ judge, limits: LIMITS, ...(resolve ? { resolve } : {}) });

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});
async function receiver(answer?: Parameters<typeof startReceiver>[0]): Promise<Receiver> {
  const started = await startReceiver(answer);
  opened.push(started);
  return started;
}

describe("a call to an address that somebody named", () => {
  it("posts body and headers and answers with the status", async () => {
    const { url, received } = await receiver();
    expect(await callsOf().post(post(url))).toEqual({ failure: null, statusCode: 204 });
    expect(received).toMatchObject([{ path: "/hook", body: '{"id":"e"}', headers: { "content-type": "application/json" } }]);
  });

  it.each([400, 404, 410, 500, 503])("fails with status %i", async (status) => {
    const { url } = await receiver(() => status);
    expect(await callsOf().post(post(url))).toEqual({ failure: "HTTP_STATUS", statusCode: status });
  });

  it("follows no redirect, to loopback or elsewhere", async () => {
    const goal = await receiver();
    const { url } = await receiver(() => (response) => response.writeHead(307, { location: goal.url }).end());
    expect(await callsOf().post(post(url))).toEqual({ failure: "HTTP_STATUS", statusCode: 307 });
    expect(goal.received).toEqual([]);
  });

  it("gives up on a receiver that never answers", async () => {
    const { url } = await receiver(() => () => undefined);
    const begun = performance.now();
    expect(await callsOf().post(post(url))).toEqual({ failure: "TIMEOUT", statusCode: null });
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it("takes the status of an answer that never ends, and reads 8 KiB of one that is long", async () => {
    const endless = await receiver(() => (response) => response.writeHead(200).write("x"));
    expect(await callsOf().post(post(endless.url))).toEqual({ failure: null, statusCode: 200 });
    let sent = 0;
    const long = await receiver(() => (response) => {
      response.writeHead(200);
      const more = (): void => {
        while (sent < 50_000_000 && !response.destroyed && response.write(Buffer.alloc(65_536))) sent += 65_536;
      };
      response.on("drain", more);
      more();
    });
    expect(await callsOf().post(post(long.url))).toEqual({ failure: null, statusCode: 200 });
    expect(sent).toBeLessThan(20_000_000);
  });

  it("gives up on a name that is never resolved, and on one that is not there", async () => {
    const never = callsOf(allowLoopback, () => new Promise(() => undefined));
    expect(await never.post(post("https://slow.example/"))).toEqual({ failure: "TIMEOUT", statusCode: null });
    expect(await callsOf().post(post("https://nobody.invalid/"))).toEqual({ failure: "DNS", statusCode: null });
    expect(await callsOf().checkUrl("https://nobody.invalid/")).toBeNull();
  });

  it("tells a refused connection, one that breaks off, and one that is not TLS from each other", async () => {
    const gone = await startReceiver();
    await gone.close();
    expect(await callsOf().post(post(gone.url))).toEqual({ failure: "CONNECTION", statusCode: null });
    const broken = await receiver(() => (response) => void response.destroy());
    expect(await callsOf().post(post(broken.url))).toEqual({ failure: "CONNECTION", statusCode: null });
    const plain = await receiver();
    expect(await callsOf().post(post(plain.url.replace("http:", "https:")))).toEqual({ failure: "TLS", statusCode: null });
  });

  it("gives up on a server that takes the connection and never begins TLS", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const begun = performance.now();
    expect(await callsOf().post(post(`https://127.0.0.1:${port}/`))).toEqual({ failure: "TIMEOUT", statusCode: null });
    expect(performance.now() - begun).toBeLessThan(LIMITS.wholeMs);
    server.close();
  });

  it("refuses a host of which one address is not public, when it is registered and when it is called", async () => {
    const { port, received } = await receiver();
    for (const addresses of [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["2a00:1450::1", "::1"], ["::ffff:127.0.0.1"]]) {
      const calls = callsOf(allowNothing, resolveTo(...addresses));
      expect(await calls.checkUrl("https://receiver.example/")).toBeNull();
      expect(await calls.post(post("https://receiver.example/"))).toEqual({ failure: "REFUSED_ADDRESS", statusCode: null });
    }
    expect(await callsOf(allowNothing).post(post(`http://127.0.0.1:${port}/`))).toMatchObject({ failure: "REFUSED_ADDRESS" });
    expect(received).toEqual([]);
  });

  it("registers a host whose addresses are public, and refuses the call once its name points inside", async () => {
    const answers = [["8.8.8.8"], ["127.0.0.1"]];
    const calls = callsOf(allowNothing, async () => resolveTo(...(answers.shift() ?? []))(""));
    expect(await calls.checkUrl("https://rebinding.example:8443/hook")).toBe("https://rebinding.example:8443/hook");
    expect(await calls.post(post("https://rebinding.example:8443/hook"))).toMatchObject({ failure: "REFUSED_ADDRESS" });
  });

  it("connects to the address it checked, asking for the name once, with the name as its host", async () => {
    const { port, received } = await receiver();
    let asked = 0;
    const calls = callsOf(allowLoopback, async () => {
      asked += 1;
      return [{ address: "127.0.0.1", family: 4 }];
    });
    const url = `http://receiver.example:${port}/hook?a=b`;
    expect(await calls.post(post(url))).toEqual({ failure: null, statusCode: 204 });
    expect(asked).toBe(1);
    expect(received).toMatchObject([{ path: "/hook?a=b", headers: { host: `receiver.example:${port}` } }]);
  });
});
