import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { TlsConfig } from "../../../src/config/load-config.ts";
import { readServerTls } from "../../../src/wiring/tls.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { type Certified, createAuthority } from "../../support/self-signed.ts";
import { type Keys, makeKeys, registerClient, signAssertion } from "./registered-client.ts";

const authority = createAuthority("Hospital authority");
const stranger = createAuthority("Hospital authority");
const SERVER = "gateway.test";
const own = authority.issue("trust.hospital.test");
const other = authority.issue("other.hospital.test");
const thumbprint = Buffer.from(new X509Certificate(own.cert).fingerprint256.replaceAll(":", ""), "hex").toString("base64url");

let folder: string;
let tls: TlsConfig;
let database: TestDatabase;
let gateway: TestGateway;
let keys: Keys;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacr-tls-"));
  const server = authority.issue(SERVER);
  tls = { certFile: join(folder, "cert.pem"), keyFile: join(folder, "key.pem"), clientCaFile: join(folder, "ca.pem") };
  await writeFile(tls.certFile, server.cert);
  await writeFile(tls.keyFile, server.key, { mode: 0o600 });
  await writeFile(join(folder, "ca.pem"), authority.cert);
  database = await openTestDatabase();
  gateway = await startTestGateway({ database, config: { tls } });
  keys = await makeKeys("ES384");
  const grants = [{ odsCode: "ZDM01" }];
  await registerClient(database, { id: "by-name", keys: [keys], grants, certificateNames: ["trust.hospital.test"] });
  await registerClient(database, { id: "by-thumbprint", keys: [keys], grants, certificateThumbprints: [thumbprint] });
  await registerClient(database, { id: "any", keys: [keys], grants });
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await database.close();
  await rm(folder, { recursive: true });
});

const port = (): string => new URL(gateway.url).port;
const asPeer = (peer: Certified | null) => ({
  host: "127.0.0.1",
  port: port(),
  servername: SERVER,
  ca: authority.cert,
  agent: false as const,
  ...peer,
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** @throws Error where the handshake is refused */
function post(peer: Certified | null, path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...asPeer(peer), path, method: "POST", headers }, (answer) => {
      let text = "";
      answer.on("data", (piece) => {
        text += String(piece);
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function askToken(peer: Certified | null, clientId: string): Promise<Answer> {
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await signAssertion(clientId, keys),
  });
  return post(peer, "/oauth2/token", { "content-type": "application/x-www-form-urlencoded" }, form.toString());
}

async function tokenOf(peer: Certified, clientId: string): Promise<string> {
  const { access_token: token = "" }: { access_token?: string } = JSON.parse((await askToken(peer, clientId)).text);
  return token;
}

const ask = (peer: Certified, token: string) =>
  post(
    peer,
    "/graphql",
    { "content-type": "application/json", authorization: `Bearer ${token}`, "x-correlation-id": "the-same-id" },
    JSON.stringify({ query: "{ viewer { role } }" }),
  );

/** The status the handshake of a WebSocket is answered with. */
const openSocket = (peer: Certified, token: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`wss://127.0.0.1:${port()}/graphql`, "graphql-transport-ws", {
      ...asPeer(peer),
      headers: { authorization: `Bearer ${token}` },
    });
    socket.on("open", () => {
      socket.close();
      resolve(101);
    });
    socket.on("unexpected-response", (_request, answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    socket.on("error", reject);
  });

describe("a port that asks for certificates", () => {
  it.each<readonly [string, Certified | null]>([
    ["no certificate", null],
    ["one of another authority of the same name", stranger.issue("trust.hospital.test")],
    ["one that has expired", authority.issue("trust.hospital.test", -1)],
  ])("ends the handshake of a caller with %s", async (_what, peer) => {
    await expect(askToken(peer, "by-name")).rejects.toThrow();
  });

  it("answers nobody by plain HTTP, and goes on answering others", async () => {
    await expect(fetch(`http://127.0.0.1:${port()}/healthz`)).rejects.toThrow();
    expect((await askToken(own, "any")).status).toBe(200);
  });

  it("takes any good certificate for a client that named none (control)", async () => {
    expect((await askToken(other, "any")).status).toBe(200);
    const token = await tokenOf(other, "any");
    expect(decodeJwt(token).cnf).toBeUndefined();
    expect((await ask(own, token)).status).toBe(200);
  });
});

describe.each(["by-name", "by-thumbprint"])("a client that comes with its certificate only (%s)", (clientId) => {
  it("gets a token that is bound to it, and uses it over requests and streams", async () => {
    const token = await tokenOf(own, clientId);
    expect(decodeJwt(token).cnf).toEqual({ "x5t#S256": thumbprint });
    expect((await ask(own, token)).status).toBe(200);
    expect(await openSocket(own, token)).toBe(101);
  });

  it("is refused with another client's certificate, like for every other reason, and the trail says so", async () => {
    expect(await askToken(other, clientId)).toEqual({ status: 401, text: '{"error":"invalid_client"}' });
    const entries = await database.query(
      "select details->>'reason' as reason from audit.event where type = 'REFUSE_TOKEN' and agent_id = $1",
      [clientId],
    );
    expect(entries).toEqual([{ reason: "OTHER_CERTIFICATE" }]);
  });

  it("is refused with a certificate that writes the name into another one of its own", async () => {
    const disguised = authority.issue("a, DNS:trust.hospital.test, b");
    expect(await askToken(disguised, clientId)).toEqual({ status: 401, text: '{"error":"invalid_client"}' });
  });

  it("does not lose its assertion to whoever sends it with another certificate", async () => {
    const assertion = await signAssertion(clientId, keys);
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion,
    }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await post(other, "/oauth2/token", headers, form)).status).toBe(401);
    expect((await post(own, "/oauth2/token", headers, form)).status).toBe(200);
  });

  it("has a token that is worth nothing with another certificate: the same answer as for no token of ours", async () => {
    const token = await tokenOf(own, clientId);
    const answer = await ask(other, token);
    expect(answer).toEqual(await ask(other, "nothing"));
    expect(answer.status).toBe(401);
    expect(await openSocket(other, token)).toBe(401);
  });
});

describe("the start with certificates", () => {
  const start = (more: Partial<TlsConfig>) => readServerTls({ tls: { ...tls, ...more } });

  it("is refused with a key that others may read, a key of another certificate, and a file that is not there", async () => {
    const loose = join(folder, "loose.pem");
    await writeFile(loose, own.key, { mode: 0o644 });
    await expect(start({ keyFile: loose })).rejects.toThrow("can be read by others");
    const strange = join(folder, "strange.pem");
    await writeFile(strange, own.key, { mode: 0o600 });
    await expect(start({ keyFile: strange })).rejects.toThrow("no certificate with its key");
    await expect(start({ clientCaFile: join(folder, "nowhere.pem") })).rejects.toThrow("NACR_TLS_CLIENT_CA");
    expect(await start({})).toMatchObject({ clientCa: authority.cert });
  });
});
