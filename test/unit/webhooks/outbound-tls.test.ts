import { createServer } from "node:https";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { createAddressRule } from "../../../src/lib/outbound-address.ts";
import { createOutboundCalls } from "../../../src/notifications/outbound-calls.ts";
import { createSelfSigned } from "../../support/self-signed.ts";

const NAME = "receiver.example";
const { cert, key } = createSelfSigned(NAME);
const usual = getCACertificates("default");
const closing: (() => void)[] = [];
afterEach(() => {
  setDefaultCACertificates(usual);
  for (const close of closing.splice(0)) close();
});

/** What a call to the name is answered with, when the server that it leads to shows the certificate of `NAME`. */
async function call(name: string) {
  const asked: (string | boolean)[] = [];
  const server = createServer({ cert, key }, (_request, response) => response.writeHead(204).end());
  server.on("secureConnection", (socket) => asked.push(socket.servername ?? ""));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => server.close());
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const calls = createOutboundCalls({
    judge: createAddressRule(["127.0.0.0/8"]),
    resolve: async () => [{ address: "127.0.0.1", family: 4 }],
  });
  const result = await calls.post({ url: `https://${name}:${port}/`, headers: {}, body: "{}" });
  return { ...result, asked };
}

describe("a call by HTTPS", () => {
  it("reaches a receiver whose certificate is trusted and of its name, at the address that was checked", async () => {
    setDefaultCACertificates([cert]);
    expect(await call(NAME)).toEqual({ failure: null, statusCode: 204, asked: [NAME] });
  });

  it("fails where nobody vouches for the certificate", async () => {
    expect(await call(NAME)).toMatchObject({ failure: "TLS", statusCode: null });
  });

  it("fails where the certificate is another name's", async () => {
    setDefaultCACertificates([cert]);
    expect(await call("other.example")).toMatchObject({ failure: "TLS", statusCode: null });
  });
});
