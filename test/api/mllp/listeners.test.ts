import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { adtMessage, fieldOf, openMllpSender } from "../../support/mllp-sender.ts";
import { createSelfSigned } from "../../support/self-signed.ts";

const server = createSelfSigned("gateway.test");
const hospital = createSelfSigned("pas.hospital.test");
const stranger = createSelfSigned("pas.hospital.test");
const keyManagement = createForgettingKeyManagement();

let folder: string;
let gateway: TestGateway;

const LISTENER = {
  port: 0,
  organisation: "ZDM01",
  programme: "CR-HILL",
  client: "demo-submitter",
  sourceSystem: { vendor: "Example", product: "Example PAS", version: "7" },
  senders: [{ application: "PAS", facility: "HOSP" }, { facility: "ANY" }],
};

const write = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nacr-mllp-"));
  await write("server.crt", server.cert);
  await write("server.key", server.key);
  await write("hospital.crt", hospital.cert);
  const tls = { certificate: "server.crt", key: "server.key", clientAuthority: "hospital.crt" };
  const listenersFile = await write(
    "listeners.json",
    JSON.stringify({
      listeners: [
        { ...LISTENER, name: "plain" },
        { ...LISTENER, name: "secure", host: "0.0.0.0", tls: { ...tls, clientNames: ["pas.hospital.test"] } },
        { ...LISTENER, name: "other-name", tls: { ...tls, clientNames: ["lab.hospital.test"] } },
        { ...LISTENER, name: "revoked", client: "nobody" },
      ],
    }),
  );
  gateway = await startTestGateway({ keyManagement, config: { mllp: { demoPort: null, listenersFile } } });
});
afterAll(async () => {
  await gateway.close();
  await rm(folder, { recursive: true });
});

const portOf = (name: string): number => gateway.mllp.find((listener) => listener.name === name)?.port ?? 0;

async function ask(name: string, message: string): Promise<string> {
  const sender = await openMllpSender(portOf(name));
  const answer = await sender.ask(message);
  await sender.end();
  return answer;
}

describe("a listener's list", () => {
  it.each([
    ["PAS", "HOSP", "AA"],
    ["PAS^1.2.3^ISO", "HOSP", "AA"],
    ["PAS", "OTHER", "AR"],
    ["LAB", "HOSP", "AR"],
    ["LAB", "ANY", "AA"],
    ["", "", "AR"],
  ])("takes from MSH-3 %s and MSH-4 %s with %s", async (application, facility, code) => {
    const answer = await ask("plain", adtMessage({ application, facility, version: "2.5", controlId: "S" }));
    expect(fieldOf(answer, "MSA", 1)).toBe(code);
    if (code === "AR") expect(fieldOf(answer, "ERR", 2)).toBe("MSH^1^4^1");
  });

  it("keeps nothing of what is not for it", async () => {
    const [row] = await gateway.database.query("select count(*)::int as kept from public.mllp_message where answer = 'REJECT'");
    expect(row).toEqual({ kept: 0 });
  });

  it.each(["T", "D"])("takes production messages only: %s is refused", async (processingId) => {
    const answer = await ask("plain", adtMessage({ processingId, version: "2.5" }));
    expect([fieldOf(answer, "MSA", 1), fieldOf(answer, "ERR", 2)]).toEqual(["AR", "MSH^1^11^1"]);
  });

  it("refuses what comes for a client that may not send", async () => {
    expect(fieldOf(await ask("revoked", adtMessage()), "MSA", 1)).toBe("AR");
  });

  it("submits for its own programme and source system", async () => {
    const [row] = await gateway.database.query("select programme_code, product from public.mllp_listener where name = 'plain'");
    expect(row).toEqual({ programme_code: "CR-HILL", product: "Example PAS" });
  });
});

describe("a listener with TLS", () => {
  const trusting = { ca: server.cert, servername: "gateway.test" };

  it("takes messages from the client whose certificate is named", async () => {
    const sender = await openMllpSender(portOf("secure"), { ...trusting, cert: hospital.cert, key: hospital.key });
    expect(fieldOf(await sender.ask(adtMessage({ controlId: "TLS" })), "MSA", 2)).toBe("TLS");
    await sender.end();
  });

  it.each([
    ["without a certificate", "secure", {}],
    ["with another one of the same name", "secure", { cert: stranger.cert, key: stranger.key }],
    ["with a good one of a name that is not listed", "other-name", { cert: hospital.cert, key: hospital.key }],
  ] as const)("answers nobody %s", async (_, name, client) => {
    const asked = openMllpSender(portOf(name), { ...trusting, ...client }).then((sender) => sender.ask(adtMessage()));
    await expect(asked).rejects.toThrow();
  });

  it("answers nobody who speaks plainly", async () => {
    const sender = await openMllpSender(portOf("secure"));
    await expect(sender.ask(adtMessage())).rejects.toThrow("ended");
  });
});

describe("a start", () => {
  const start = async (listener: Readonly<Record<string, unknown>>): Promise<TestGateway> =>
    startTestGateway({
      config: {
        mllp: {
          demoPort: null,
          listenersFile: await write("wrong.json", JSON.stringify({ listeners: [{ ...LISTENER, ...listener }] })),
        },
      },
      database: gateway.database,
      keyManagement,
    });

  it.each([
    ["a listener beyond loopback without TLS", { name: "open", host: "0.0.0.0" }, /TLS/],
    ["a sender list that is empty", { name: "open", senders: [] }, /senders/],
    ["a programme of another organisation", { name: "open", programme: "CR-COAST" }, /no such programme/],
    ["a profile that does not exist", { name: "open", profile: "no-such-profile" }, /no mapping profile/],
    ["a file that is not there", { name: "open", tls: { certificate: "gone.crt", key: "server.key" } }, /cannot be read/],
    ["a setting that nobody knows", { name: "open", portt: 1 }, /portt/],
  ])("is refused for %s", async (_, listener, problem) => {
    await expect(start(listener)).rejects.toThrow(problem);
  });
});
