import { beforeAll, describe, expect, it } from "vitest";
import type { UnitSettings } from "../../../src/persistence/database/unit.ts";
import { sweep } from "../../../src/persistence/sweep.ts";
import { provideDatabase } from "../../support/database.ts";
import { actorOf, newId } from "../stores/store-fixture.ts";
import { createWebhookBench, type WebhookBench } from "./webhook-bench.ts";

const testDatabase = provideDatabase();
const own = actorOf("RAA", "A1", "A2");
const foreign = actorOf("RBB", "B1");
const narrower = actorOf("RAA", "A1");
let bench: WebhookBench;
let webhookId = "";
let deliveryId = "";

const URL = "http://127.0.0.1:9/hook";

beforeAll(async () => {
  bench = createWebhookBench(testDatabase().database);
  const { webhook } = await bench.service.register(own, URL, null);
  webhookId = webhook.id;
  await bench.tell(own, "A1");
  deliveryId = newId();
  await testDatabase().query(
    `insert into public.webhook_delivery (ods, id, webhook_id, programme_code, sequence, event_id, attempt, state, attempted_at)
     values ('RAA', $1::uuid, $2::uuid, 'A1', 1, gen_random_uuid(), 1, 'DEAD', now())`,
    [deliveryId, webhookId],
  );
});

describe("a webhook", () => {
  it.each([
    ["another organisation", foreign],
    ["an actor of the organisation that has not all of its programmes", narrower],
  ])("is not found by %s, in any way", async (_who, actor) => {
    const { service } = bench;
    const notFound = { code: "NOT_FOUND" };
    expect(await service.list(actor)).toEqual([]);
    await expect(service.remove(actor, webhookId)).rejects.toMatchObject(notFound);
    await expect(service.rotateSecret(actor, webhookId)).rejects.toMatchObject(notFound);
    await expect(service.retireOldSecret(actor, webhookId)).rejects.toMatchObject(notFound);
    await expect(service.deliveries(actor, webhookId, null, { first: 5, after: null })).rejects.toMatchObject(notFound);
    await expect(service.redeliver(actor, deliveryId)).rejects.toMatchObject(notFound);
    // The owner finds all of it: the refusals above are not for want of something to find.
    expect(await service.list(own)).toMatchObject([{ id: webhookId, url: URL, programmeCodes: ["A1", "A2"] }]);
    expect(await bench.log(own, webhookId)).toMatchObject([{ id: deliveryId }]);
  });

  it("is not found by an id that is none", async () => {
    await expect(bench.service.remove(own, "nothing")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(bench.service.redeliver(own, "nothing")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("becomes one wish when it is asked twice at once to send a delivery again", async () => {
    const [one, two] = await Promise.all([bench.service.redeliver(own, deliveryId), bench.service.redeliver(own, deliveryId)]);
    expect(one.id).toBe(two.id);
  });
});

describe("registrations", () => {
  it("are refused for programmes that are not the actor's, and for addresses that may not be called", async () => {
    await expect(bench.service.register(narrower, URL, ["A2"])).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(bench.service.register(narrower, URL, ["UNKNOWN"])).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(bench.service.register(narrower, URL, [])).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    await expect(bench.service.register(narrower, "https://10.0.0.1/", null)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    await expect(bench.service.register(narrower, `${URL}${"x".repeat(2_048)}`, null)).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      details: { limit: "webhookUrlLength" },
    });
  });

  it("come to ten of an organisation, also when they come at once and from actors that do not see each other's", async () => {
    const [first, second] = [actorOf("RCC", "C1"), actorOf("RCC", "C2")];
    const all = Array.from({ length: 14 }, (_, number) => bench.service.register(number % 2 === 0 ? first : second, URL, null));
    const settled = await Promise.allSettled(all);
    expect(settled.filter(({ status }) => status === "fulfilled")).toHaveLength(10);
    const [removable] = await bench.service.list(first);
    await bench.service.remove(first, removable?.id ?? "");
    await bench.service.register(second, URL, null);
    await expect(bench.service.register(first, URL, null)).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      details: { limit: "webhooksPerOrganisation", value: 10 },
    });
  });
});

describe("the delivery log", () => {
  it("is swept of what is older than it is kept, and of nothing else", async () => {
    const old = newId();
    await testDatabase().query(
      `insert into public.webhook_delivery
         (ods, id, webhook_id, programme_code, sequence, event_id, attempt, state, attempted_at)
       values ('RAA', $1::uuid, $2::uuid, 'A1', 1, gen_random_uuid(), 1, 'DELIVERED', now() - interval '91 days')`,
      [old, webhookId],
    );
    expect(await sweep(testDatabase().database)).toMatchObject({ webhookDeliveries: 1 });
    const ids = (await bench.log(own, webhookId)).map(({ id }) => id);
    expect(ids).toContain(deliveryId);
    expect(ids).not.toContain(old);
  });
});

describe("at the level of SQL", () => {
  const TABLES = ["webhook", "webhook_cursor", "webhook_delivery"] as const;
  const count = (settings: UnitSettings) =>
    testDatabase().database.withRole(settings, async (tx) => [
      await tx.webhook.count({ where: { id: webhookId } }),
      await tx.webhookCursor.count({ where: { webhookId } }),
      await tx.webhookDelivery.count({ where: { webhookId, id: deliveryId } }),
    ]);

  it("an organisation sees its own rows, and of cursors and deliveries those of its programmes", async () => {
    expect(await count({ role: "nacr_app", ods: "RAA", programmes: ["A1", "A2"] })).toEqual([1, 2, 1]);
    expect(await count({ role: "nacr_app", ods: "RAA", programmes: ["A2"] })).toEqual([1, 1, 0]);
    expect(await count({ role: "nacr_app", ods: "RBB", programmes: ["A1", "A2"] })).toEqual([0, 0, 0]);
    expect(await count({ role: "nacr_app" })).toEqual([0, 0, 0]);
  });

  it("an organisation writes no row of another one", async () => {
    const data = {
      ods: "RBB",
      id: newId(),
      url: URL,
      programmes: ["B1"],
      secrets: new Uint8Array(1),
      createdAt: new Date(),
      createdBy: "c",
    };
    const write = testDatabase().database.withRole({ role: "nacr_app", ods: "RAA", programmes: ["A1"] }, (tx) =>
      tx.webhook.create({ data }),
    );
    await expect(write).rejects.toMatchObject({ state: "42501" });
  });

  it("the sender sees webhooks and events of all, no patient, and may change no webhook", async () => {
    const { database } = testDatabase();
    expect(await count({ role: "nacr_worker" })).toEqual([1, 2, 1]);
    const as = { role: "nacr_worker" } as const;
    await expect(database.withRole(as, (tx) => tx.patient.count())).rejects.toMatchObject({ state: "42501" });
    await expect(
      database.withRole(as, (tx) => tx.webhook.updateMany({ where: { id: webhookId }, data: { url: "https://a.example/" } })),
    ).rejects.toMatchObject({ state: "42501" });
  });

  it("no secret stands in clear", async () => {
    const { secret } = await bench.service.rotateSecret(own, webhookId);
    const texts = await Promise.all(TABLES.map((table) => testDatabase().query(`select t::text as row from public.${table} t`)));
    const all = JSON.stringify(texts);
    expect(all).toContain(webhookId);
    expect(all).not.toContain(secret);
    expect(all).not.toContain(Buffer.from(secret).toString("hex"));
  });
});
