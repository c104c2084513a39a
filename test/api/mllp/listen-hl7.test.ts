import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { submissionOptions } from "../../../src/cli/commands.ts";
import { listenHl7 } from "../../../src/cli/listen-hl7.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { adtMessage, fieldOf, openMllpSender } from "../../support/mllp-sender.ts";

let gateway: TestGateway;
let port = 0;
let stop: () => void = () => undefined;
let ended: Promise<{ readonly output: string; readonly exitCode: number }>;
const said: string[] = [];

beforeAll(async () => {
  gateway = await startTestGateway();
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const options = {
    url: gateway.url,
    as: "submitter",
    key: undefined,
    client: undefined,
    organisation: undefined,
    programme: "CR-VALLEY",
    profile: undefined,
    json: false,
    format: undefined,
    idempotencyKey: undefined,
    dryRun: false,
    allOrNothing: false,
    port: "0",
  };
  const listening = new Promise<void>((resolve) => {
    ended = listenHl7(
      options,
      submissionOptions,
      (line) => {
        said.push(line);
        port ||= Number(/127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? 0);
        resolve();
      },
      stopped,
    );
  });
  await listening;
});
afterAll(() => gateway.close());

describe("nacr listen-hl7", () => {
  it("acknowledges what the gateway has, and repeats nothing", async () => {
    const sender = await openMllpSender(port);
    for (let times = 0; times < 2; times++)
      expect(fieldOf(await sender.ask(adtMessage({ controlId: "ONE" })), "MSA", 1)).toBe("AA");
    const { data } = await gateway.gql<{ submissions: { totalCount: number } }>("submitter", "{ submissions { totalCount } }");
    expect(data?.submissions.totalCount).toBe(1);
    await sender.end();
  });

  it("tells the sender what the gateway refuses, with its place, and what it does not read", async () => {
    const sender = await openMllpSender(port);
    const refused = await sender.ask(adtMessage({ controlId: "BAD", dateOfBirth: "19501345", version: "2.5" }));
    expect([fieldOf(refused, "MSA", 1), fieldOf(refused, "ERR", 2)]).toEqual(["AE", "PID^1^7^1"]);
    expect(fieldOf(await sender.ask(adtMessage({ controlId: "ORM", type: "ORM^O01" })), "MSA", 1)).toBe("AR");
    await sender.end();
  });

  it("ends when it is stopped, and has said nothing of what the messages hold", async () => {
    stop();
    expect(await ended).toMatchObject({ output: "4 messages acknowledged", exitCode: 0 });
    expect(said.join("\n")).not.toMatch(/TESTPATIENT|ONE|BAD|ORM/);
  });
});
