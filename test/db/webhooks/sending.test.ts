import { createHmac } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PostResult } from "../../../src/webhooks/webhook.ts";
import type { WebhookSender } from "../../../src/webhooks/webhook-sender.ts";
import { provideDatabase } from "../../support/database.ts";
import { eventually, type Receiver, startReceiver } from "../../support/webhook-receiver.ts";
import { actorOf } from "../stores/store-fixture.ts";
import { createWebhookBench, sequencesOf, type WebhookBench } from "./webhook-bench.ts";

const testDatabase = provideDatabase();
let bench: WebhookBench;
beforeAll(() => {
  bench = createWebhookBench(testDatabase().database);
});

const receivers: Receiver[] = [];
const senders: WebhookSender[] = [];
let organisations = 0;

/** Each test has an organisation of its own, and its webhooks are removed after it. */
function nextActor() {
  organisations += 1;
  return actorOf(`R${organisations}`, `P${organisations}-A`, `P${organisations}-B`);
}
let actor = nextActor();

afterEach(async () => {
  for (const sender of senders.splice(0)) await sender.stop();
  for (const { id } of await bench.service.list(actor)) await bench.service.remove(actor, id);
  for (const receiver of receivers.splice(0)) await receiver.close();
  expect(bench.faults).toEqual([]);
  actor = nextActor();
});

async function receiver(answer?: Parameters<typeof startReceiver>[0]): Promise<Receiver> {
  const started = await startReceiver(answer);
  receivers.push(started);
  return started;
}
function startSender(...options: Parameters<WebhookBench["startSender"]>): WebhookSender {
  const sender = bench.startSender(...options);
  senders.push(sender);
  return sender;
}
const programmes = () => ({ first: actor.programmes[0] ?? "", second: actor.programmes[1] ?? "" });

describe("events of a programme", () => {
  it("reach the webhook signed, in order, from its registration on", async () => {
    const { url, until } = await receiver();
    const { first } = programmes();
    await bench.tell(actor, first, 2);
    const { webhook, secret } = await bench.service.register(actor, url, null);
    await bench.tell(actor, first, 3);
    startSender();
    const received = await until(3);
    expect(received.map(({ event }) => event.sequence)).toEqual([3, 4, 5]);
    const [one] = received;
    if (one === undefined) throw new Error("it was received");
    const { headers, body, event } = one;
    expect(Object.keys(JSON.parse(body))).toEqual([
      "id",
      "sequence",
      "type",
      "time",
      "programme",
      "submissionId",
      "status",
      "outcome",
      "counts",
    ]);
    const seconds = headers["nacr-timestamp"];
    const expected = createHmac("sha256", secret).update(`${seconds}.${event.id}.${body}`).digest("hex");
    expect(headers).toMatchObject({ "nacr-event-id": event.id, "nacr-signature": `t=${seconds},v1=${expected}` });
    await eventually(async () => (await bench.log(actor, webhook.id)).length === 3, "three lines of the log");
    expect(await bench.log(actor, webhook.id)).toMatchObject([
      { sequence: 3, state: "DELIVERED", attempt: 1, statusCode: 204, failure: null, redeliveryOf: null },
      { sequence: 4 },
      { sequence: 5 },
    ]);
  });

  it("keep their order while one of them fails, and hold up no other programme and no other webhook", async () => {
    const { first, second } = programmes();
    const failing = await receiver(({ event }, before) => (event.programme === first && before < 4 ? 500 : 200));
    const other = await receiver();
    const { webhook } = await bench.service.register(actor, failing.url, null);
    await bench.service.register(actor, other.url, [first]);
    await bench.tell(actor, first, 3);
    await bench.tell(actor, second, 2);
    startSender();
    await other.until(3);
    await eventually(async () => {
      const log = await bench.log(actor, webhook.id);
      return log.filter(({ state }) => state === "DELIVERED").length === 5;
    }, "all delivered");
    const log = await bench.log(actor, webhook.id);
    const done = (programme: string) =>
      sequencesOf(log.filter((line) => line.programmeCode === programme && line.state === "DELIVERED"));
    expect(done(first)).toEqual([1, 2, 3]);
    expect(done(second)).toEqual([1, 2]);
    const failed = log.filter(({ state }) => state === "FAILED");
    expect(failed.length).toBeGreaterThan(0);
    expect(
      failed.every(({ sequence, failure, statusCode }) => sequence === 1 && failure === "HTTP_STATUS" && statusCode === 500),
    ).toBe(true);
    const ids = failing.received
      .filter(({ event }) => event.programme === first && event.sequence === 1)
      .map(({ event }) => event.id);
    expect(new Set(ids).size).toBe(1);
  });

  it("wait behind one whose receiver hangs, while other organisations go on", async () => {
    const { first } = programmes();
    let hangs = true;
    const hanging = await receiver(() => (hangs ? () => undefined : 200));
    const { webhook } = await bench.service.register(actor, hanging.url, [first]);
    const stranger = actorOf("RZZ", "Z1");
    const prompt = await receiver();
    const { webhook: other } = await bench.service.register(stranger, prompt.url, null);
    await bench.tell(actor, first, 2);
    await bench.tell(stranger, "Z1", 2);
    startSender({ backOff: { firstMs: 20, mostMs: 100, attempts: 100 } });
    await prompt.until(2);
    await bench.service.remove(stranger, other.id);
    await hanging.until(2);
    expect(new Set(hanging.received.map(({ event }) => event.sequence))).toEqual(new Set([1]));
    hangs = false;
    const delivered = async () => (await bench.log(actor, webhook.id)).filter(({ state }) => state === "DELIVERED");
    await eventually(async () => (await delivered()).length === 2, "both events");
    expect(sequencesOf(await delivered())).toEqual([1, 2]);
    const failed = (await bench.log(actor, webhook.id)).filter(({ state }) => state === "FAILED");
    expect(failed[0]).toMatchObject({ sequence: 1, attempt: 1, failure: "TIMEOUT", statusCode: null });
  });

  it("are given up after the last attempt, and sent once more on request, marked and outside the order", async () => {
    const { first } = programmes();
    let down = true;
    const { url, received } = await receiver(() => (down ? 503 : 200));
    const { webhook } = await bench.service.register(actor, url, [first]);
    await bench.tell(actor, first);
    startSender();
    await eventually(async () => (await bench.log(actor, webhook.id)).length === 4, "four attempts");
    const log = await bench.log(actor, webhook.id);
    expect(log.map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, "FAILED"],
      [2, "FAILED"],
      [3, "FAILED"],
      [4, "DEAD"],
    ]);
    down = false;
    await bench.tell(actor, first);
    await eventually(() => received.length === 5, "the next event");
    expect(received[4]?.event.sequence).toBe(2);
    const [unfinished, , , dead] = log;
    await expect(bench.service.redeliver(actor, unfinished?.id ?? "")).rejects.toMatchObject({ code: "CONFLICT" });
    const wish = await bench.service.redeliver(actor, dead?.id ?? "");
    expect(wish).toMatchObject({ state: "REQUESTED", redeliveryOf: dead?.id, attemptedAt: null, sequence: 1 });
    await eventually(() => received.length === 6, "the redelivery");
    expect(received[5]?.headers).toMatchObject({ "nacr-redelivery": "true", "nacr-event-id": dead?.eventId });
    expect(received[4]?.headers["nacr-redelivery"]).toBeUndefined();
    await eventually(async () => (await bench.log(actor, webhook.id)).every(({ state }) => state !== "REQUESTED"), "its end");
    expect((await bench.log(actor, webhook.id)).find(({ id }) => id === wish.id)).toMatchObject({
      state: "DELIVERED",
      attempt: 1,
    });
  });

  it("are delivered once each by two senders when all goes well", async () => {
    const { first, second } = programmes();
    const { url, received, until } = await receiver();
    await bench.service.register(actor, url, null);
    await bench.tell(actor, first, 15);
    const [one, two] = [startSender(), startSender()];
    const waking = setInterval(() => {
      one.wake();
      two.wake();
    }, 2);
    await bench.tell(actor, second, 15);
    await until(30);
    clearInterval(waking);
    await Promise.all([one.stop(), two.stop()]);
    expect(received).toHaveLength(30);
    for (const programme of [first, second]) {
      const own = received.filter(({ event }) => event.programme === programme);
      expect(own.map(({ event }) => event.sequence)).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
    }
  });

  it("are delivered more than once by two senders without a lease: the control of the test before", async () => {
    const { first } = programmes();
    const { url, received, until } = await receiver(() => (response) => {
      setTimeout(() => response.writeHead(204).end(), 30);
    });
    await bench.service.register(actor, url, null);
    await bench.tell(actor, first, 3);
    for (const sender of [startSender({ pollMs: 5 }, 0), startSender({ pollMs: 5 }, 0)]) sender.wake();
    await until(4);
    expect(new Set(received.map(({ event }) => event.id)).size).toBeLessThan(received.length);
  });

  it("are delivered again, with the same id, when a sender dies between the call and its record", async () => {
    const { first } = programmes();
    const { url, received, until } = await receiver();
    const { webhook } = await bench.service.register(actor, url, [first]);
    await bench.tell(actor, first, 2);
    const dying = Promise.withResolvers<PostResult>();
    // The call is made and its answer never comes to be recorded, as after kill -9.
    startSender(
      {
        pollMs: 60_000,
        calls: {
          post: async ({ url: to, headers, body }) => {
            await fetch(to, { method: "POST", headers, body });
            return dying.promise;
          },
        },
      },
      200,
    );
    await until(1);
    startSender();
    await until(3);
    await eventually(async () => (await bench.log(actor, webhook.id)).length === 2, "two lines");
    expect(received.map(({ event }) => event.sequence)).toEqual([1, 1, 2]);
    expect(received[0]?.event.id).toBe(received[1]?.event.id);
    // The first sender comes back to life: its attempt is logged and moves nothing.
    dying.resolve({ failure: "CONNECTION", statusCode: null });
    await eventually(async () => (await bench.log(actor, webhook.id)).length === 3, "the late line");
    await bench.tell(actor, first);
    await until(4);
    expect(received[3]?.event.sequence).toBe(3);
  });

  it("are signed with both secrets from a rotation until the old one is retired", async () => {
    const { first } = programmes();
    const { url, received, until } = await receiver();
    const { webhook, secret: old } = await bench.service.register(actor, url, [first]);
    startSender();
    const signersOf = (index: number, secrets: readonly string[]): readonly boolean[] => {
      const { headers = {}, body = "", event } = received[index] ?? {};
      const [t, ...signatures] = String(headers["nacr-signature"]).split(",");
      return secrets.map((secret) => {
        const mac = createHmac("sha256", secret)
          .update(`${t?.slice(2)}.${event?.id}.${body}`)
          .digest("hex");
        return signatures.includes(`v1=${mac}`);
      });
    };
    const { secret: fresh, webhook: rotated } = await bench.service.rotateSecret(actor, webhook.id);
    expect(rotated.liveSecrets).toBe(2);
    await bench.tell(actor, first);
    await until(1);
    expect(signersOf(0, [old, fresh, "whsec_another"])).toEqual([true, true, false]);
    expect((await bench.service.retireOldSecret(actor, webhook.id)).liveSecrets).toBe(1);
    expect((await bench.service.retireOldSecret(actor, webhook.id)).liveSecrets).toBe(1);
    await bench.tell(actor, first);
    await until(2);
    expect(signersOf(1, [old, fresh])).toEqual([false, true]);
    await bench.service.rotateSecret(actor, webhook.id);
    expect((await bench.service.rotateSecret(actor, webhook.id)).webhook.liveSecrets).toBe(2);
    await bench.tell(actor, first);
    await until(3);
    expect(signersOf(2, [old, fresh])).toEqual([false, false]);
  });

  it("are sent no more once the webhook is removed", async () => {
    const { first } = programmes();
    const { url, received } = await receiver();
    const { webhook } = await bench.service.register(actor, url, [first]);
    const removed = await bench.service.remove(actor, webhook.id);
    expect(removed.removedAt).not.toBeNull();
    expect(await bench.service.remove(actor, webhook.id)).toEqual(removed);
    await bench.tell(actor, first);
    const sender = startSender();
    await new Promise((resolve) => setTimeout(resolve, 150));
    await sender.stop();
    expect(received).toEqual([]);
    await expect(bench.service.rotateSecret(actor, webhook.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await bench.log(actor, webhook.id)).toEqual([]);
  });
});
