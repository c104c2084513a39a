import { afterEach, describe, expect, it } from "vitest";
import type { IncomingMessage, Verdict } from "../../../src/inbox/inbox-ports.ts";
import { withOwnTexts } from "../../../src/sources/mllp/answer-message.ts";
import { createListeners, type Listeners } from "../../../src/sources/mllp/listeners.ts";
import type { ConnectionDependencies, ConnectionLimits, Listener } from "../../../src/sources/mllp/mllp-ports.ts";
import { createWorkBudget } from "../../../src/sources/mllp/work-budget.ts";
import { adtMessage, fieldOf, frame, openMllpSender } from "../../support/mllp-sender.ts";

const LISTENER: Listener = {
  identity: {
    ods: "R0",
    name: "test",
    programmeCode: "P0",
    clientId: "c",
    sourceSystem: { vendor: "V", product: "P", version: "1" },
    profile: null,
  },
  host: "127.0.0.1",
  port: 0,
  tls: null,
  senders: [],
  processingIds: [],
};
const LIMITS: ConnectionLimits = {
  messageBytes: 10_000,
  inFlight: 4,
  idleMs: 60_000,
  frameMs: 60_000,
  noiseBytes: 100_000,
  connectionsPerListener: 2,
};
const ACCEPT: Verdict = { answer: "ACCEPT", findings: [] };

let open: Listeners | null = null;
afterEach(() => open?.close());

interface Door {
  readonly port: number;
  readonly closed: string[];
  readonly faults: unknown[];
}

async function openDoor(
  receive: (message: IncomingMessage) => Promise<Verdict>,
  limits: Partial<ConnectionLimits> = {},
  budgetBytes = 10_000_000,
): Promise<Door> {
  const [closed, faults]: [string[], unknown[]] = [[], []];
  let ids = 0;
  const nothing = (): void => undefined;
  const deps: ConnectionDependencies = {
    receive: (_, message) => receive(message),
    observer: {
      connectionOpened: nothing,
      connectionEnded: nothing,
      connectionClosed: (_, reason) => closed.push(reason),
      frameRead: nothing,
      badFrame: nothing,
      acknowledged: nothing,
      fault: (_, error) => faults.push(error),
    },
    budget: createWorkBudget(budgetBytes),
    textOf: withOwnTexts(({ code }) => code),
    now: () => "2026-03-01T10:00:00.000Z",
    newControlId: () => `A${ids++}`,
    limits: { ...LIMITS, ...limits },
  };
  open = createListeners([LISTENER], deps);
  const [opened] = await open.open();
  return { port: opened?.port ?? 0, closed, faults };
}

const answered = (answers: readonly string[]): string[] =>
  answers.map((answer) => `${fieldOf(answer, "MSA", 1)} ${fieldOf(answer, "MSA", 2)}`);
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("a connection", () => {
  it("answers in the order of the messages, though later ones are done first", async () => {
    const { port } = await openDoor(async ({ controlId }) => {
      await pause(controlId === "0" ? 60 : 1);
      return ACCEPT;
    });
    const sender = await openMllpSender(port);
    for (const controlId of ["0", "1", "2"]) sender.send(adtMessage({ controlId }));
    expect(answered(await sender.received(3))).toEqual(["AA 0", "AA 1", "AA 2"]);
    await sender.end();
  });

  it("has no more in hand than it may, and answers every message all the same", async () => {
    let [inHand, most] = [0, 0];
    const { port } = await openDoor(async () => {
      inHand += 1;
      most = Math.max(most, inHand);
      await pause(2);
      inHand -= 1;
      return ACCEPT;
    });
    const sender = await openMllpSender(port);
    sender.write(Buffer.concat(Array.from({ length: 200 }, (_, index) => frame(adtMessage({ controlId: String(index) })))));
    const answers = await sender.received(200);
    expect(answered(answers)).toEqual(Array.from({ length: 200 }, (_, index) => `AA ${index}`));
    expect(most).toBe(4);
    await sender.end();
  });

  it("reads nothing while nothing is answered, so that the sender is held back by its own transport", async () => {
    let release: (verdict: Verdict) => void = () => undefined;
    const held = new Promise<Verdict>((resolve) => {
      release = resolve;
    });
    const { port } = await openDoor(() => held, { messageBytes: 1_000_000 });
    const sender = await openMllpSender(port);
    const message = frame(`${adtMessage()}NTE|1||${"x".repeat(500_000)}\r`);
    let written = 0;
    for (; written < 100 && sender.socket.writableLength < 8_000_000; written++) {
      sender.write(message);
      await pause(1);
    }
    expect(written).toBeLessThan(100);
    release(ACCEPT);
    await sender.received(written);
    await sender.end();
  });

  it("shares a budget with the others: what does not fit waits", async () => {
    let [inHand, most] = [0, 0];
    const receive = async (): Promise<Verdict> => {
      inHand += 1;
      most = Math.max(most, inHand);
      await pause(3);
      inHand -= 1;
      return ACCEPT;
    };
    const { port } = await openDoor(receive, {}, 2 * 65_536);
    const senders = await Promise.all([openMllpSender(port), openMllpSender(port)]);
    for (const sender of senders) for (let index = 0; index < 20; index++) sender.send(adtMessage({ controlId: String(index) }));
    await Promise.all(senders.map((sender) => sender.received(20)));
    expect(most).toBe(2);
    await Promise.all(senders.map((sender) => sender.end()));
  });

  it("says that a message is to be sent again where it could not be stored", async () => {
    const { port, faults } = await openDoor(() => Promise.reject(new Error("no disk")));
    const sender = await openMllpSender(port);
    const answer = await sender.ask(adtMessage({ controlId: "X", version: "2.5" }));
    expect(answered([answer])).toEqual(["AE X"]);
    expect(fieldOf(answer, "ERR", 8)).toContain("Send it again later");
    expect(answered([await sender.ask(adtMessage({ controlId: "Y", acknowledge: ["AL", "AL"] }))])).toEqual(["CE Y"]);
    expect(faults).toHaveLength(2);
    await sender.end();
  });

  it("is closed where a message could not be stored whose sender wants no answer", async () => {
    const { port, closed } = await openDoor(() => Promise.reject(new Error("no disk")));
    const sender = await openMllpSender(port);
    sender.send(adtMessage({ acknowledge: ["NE", "NE"] }));
    await sender.closed;
    expect(closed).toEqual(["NOT_STORED"]);
  });

  it.each([
    ["that is idle", { idleMs: 50 }, "", "IDLE"],
    ["whose frame does not come to an end", { frameMs: 50 }, "\x0bMSH|", "SLOW_FRAME"],
    ["that sends nothing but noise", { noiseBytes: 1_000 }, "x".repeat(70_000), "NOISE"],
  ])("%s is closed", async (_, limits, bytes, reason) => {
    const { port, closed } = await openDoor(async () => ACCEPT, limits);
    const sender = await openMllpSender(port);
    sender.write(bytes);
    await sender.closed;
    expect(closed).toEqual([reason]);
  });

  it("is not closed for being idle while a message is in hand", async () => {
    const { port } = await openDoor(
      async () => {
        await pause(150);
        return ACCEPT;
      },
      { idleMs: 40 },
    );
    const sender = await openMllpSender(port);
    expect(answered([await sender.ask(adtMessage({ controlId: "LONG" }))])).toEqual(["AA LONG"]);
    await sender.closed;
  });

  it("is refused where there are as many as may be", async () => {
    const { port } = await openDoor(async () => ACCEPT);
    const senders = await Promise.all([openMllpSender(port), openMllpSender(port)]);
    await Promise.all(senders.map((sender) => sender.ask(adtMessage())));
    await expect(openMllpSender(port).then((third) => third.ask(adtMessage()))).rejects.toThrow();
    await Promise.all(senders.map((sender) => sender.end()));
  });

  it("gets its answers before it ends, where the listener stops", async () => {
    const { port } = await openDoor(async () => {
      await pause(50);
      return ACCEPT;
    });
    const sender = await openMllpSender(port);
    for (const controlId of ["0", "1"]) sender.send(adtMessage({ controlId }));
    await pause(20);
    const stopped = open?.close();
    expect(answered(await sender.received(2))).toEqual(["AA 0", "AA 1"]);
    await sender.closed;
    await stopped;
    await expect(openMllpSender(port)).rejects.toThrow();
  });

  it("that breaks while messages are in hand harms nobody", async () => {
    let received = 0;
    const { port, faults } = await openDoor(async () => {
      await pause(10);
      received += 1;
      return ACCEPT;
    });
    const breaking = await openMllpSender(port);
    for (let index = 0; index < 3; index++) breaking.send(adtMessage({ controlId: String(index) }));
    await pause(5);
    breaking.socket.resetAndDestroy();
    const sender = await openMllpSender(port);
    expect(answered([await sender.ask(adtMessage({ controlId: "OK" }))])).toEqual(["AA OK"]);
    await sender.end();
    expect(faults).toEqual([]);
    expect(received).toBeGreaterThan(1);
  });
});
