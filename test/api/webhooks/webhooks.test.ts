import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DemoIdentity, type GraphqlAnswer, startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { eventually, type Receiver, startReceiver } from "../../support/webhook-receiver.ts";
import { submitterOf } from "../submission/submitting.ts";

const SECRET_PATH = "canary-secret-path";
const REGISTER = `mutation ($input: RegisterWebhookInput!) {
  registerWebhook(input: $input) { secret webhook { id url programmeCodes createdAt liveSecrets removedAt } }
}`;
const DELIVERIES = `query ($id: ID!, $state: [WebhookDeliveryState!], $first: Int!, $after: String) {
  webhookDeliveries(webhookId: $id, state: $state, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    nodes { id webhookId programmeCode eventId sequence attempt state statusCode failure durationMs attemptedAt redeliveryOf }
  }
}`;

interface WebhookAnswer {
  readonly id: string;
  readonly url: string;
  readonly programmeCodes: readonly string[];
  readonly liveSecrets: number;
  readonly removedAt: string | null;
}
interface Registration {
  readonly registerWebhook: { readonly secret: string; readonly webhook: WebhookAnswer };
}
interface Deliveries {
  readonly webhookDeliveries: {
    readonly totalCount: number;
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
    readonly nodes: readonly {
      readonly id: string;
      readonly state: string;
      readonly sequence: number;
      readonly eventId: string;
    }[];
  };
}

let gateway: TestGateway;
let strict: TestGateway;
let receiver: Receiver;

/** `strict` has a database of its own: its sender would take the other one's events and refuse to call loopback. */
beforeAll(async () => {
  gateway = await startTestGateway({ config: { outboundAllow: ["127.0.0.0/8"] } });
  strict = await startTestGateway();
});
afterAll(async () => {
  await gateway.close();
  await strict.close();
});
beforeEach(async () => {
  receiver = await startReceiver();
  return async () => {
    const { data } = await gateway.gql<{ webhooks: readonly WebhookAnswer[] }>("submitter", "{ webhooks { id } }");
    for (const { id } of data?.webhooks ?? [])
      await gateway.gql("submitter", "mutation ($id: ID!) { removeWebhook(id: $id) { id } }", { id });
    await receiver.close();
  };
});

const register = (
  as: DemoIdentity,
  input: Readonly<Record<string, unknown>>,
  at = gateway,
): Promise<GraphqlAnswer<Registration>> => at.gql<Registration>(as, REGISTER, { input });

async function registered(input: Readonly<Record<string, unknown>>): Promise<Registration["registerWebhook"]> {
  const { data, text } = await register("submitter", input);
  if (data === null) throw new Error(`not registered: ${text}`);
  return data.registerWebhook;
}

async function deliveries(id: string, more: Readonly<Record<string, unknown>> = {}): Promise<Deliveries["webhookDeliveries"]> {
  const { data, text } = await gateway.gql<Deliveries>("submitter", DELIVERIES, { id, first: 100, ...more });
  if (data === null) throw new Error(`no deliveries: ${text}`);
  return data.webhookDeliveries;
}

const codesOf = ({ errors }: GraphqlAnswer<unknown>): readonly string[] => errors.map(({ extensions }) => extensions.code);
const submit = () => submitterOf(gateway).records([{ sourceRecordId: "canary-source-1", patient: { nhsNumber: "9990000018" } }]);

describe("a webhook", () => {
  it("is told of a submission, with nothing of what was in it, and its delivery is logged", async () => {
    const { webhook, secret } = await registered({ url: `${receiver.url}/${SECRET_PATH}` });
    expect(webhook).toMatchObject({ url: `${receiver.url}/${SECRET_PATH}`, liveSecrets: 1, removedAt: null });
    expect(secret).toMatch(/^whsec_[\w-]{43}$/);
    const submission = await submit();
    const [received] = await receiver.until(1);
    expect(JSON.parse(received?.body ?? "")).toEqual({
      id: expect.any(String),
      sequence: expect.any(Number),
      type: "SUBMISSION_COMPLETED",
      time: expect.any(String),
      programme: "CR-VALLEY",
      submissionId: submission.id,
      status: "COMPLETED",
      outcome: submission.outcome,
      counts: submission.counts,
    });
    await eventually(async () => (await deliveries(webhook.id)).totalCount === 1, "a line of the log");
    expect((await deliveries(webhook.id)).nodes).toMatchObject([
      {
        webhookId: webhook.id,
        eventId: received?.event.id,
        programmeCode: "CR-VALLEY",
        attempt: 1,
        state: "DELIVERED",
        statusCode: 204,
      },
    ]);
    expect(JSON.stringify(gateway.logs)).not.toContain(secret);
  });

  it("has its log in pages and by state, and an event is sent again on request", async () => {
    const { webhook } = await registered({ url: receiver.url });
    for (let count = 0; count < 3; count += 1) await submit();
    await eventually(async () => (await deliveries(webhook.id)).totalCount === 3, "three lines of the log");
    const first = await deliveries(webhook.id, { first: 2 });
    expect(first).toMatchObject({ totalCount: 3, pageInfo: { hasNextPage: true } });
    const rest = await deliveries(webhook.id, { first: 2, after: first.pageInfo.endCursor });
    const sequences = [...first.nodes, ...rest.nodes].map(({ sequence }) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => b - a));
    expect(rest).toMatchObject({ pageInfo: { hasNextPage: false }, nodes: [{}] });
    expect((await deliveries(webhook.id, { state: ["DEAD", "FAILED"] })).totalCount).toBe(0);

    const [deliveryId] = first.nodes.map(({ id }) => id);
    const redeliver =
      "mutation ($deliveryId: ID!) { redeliver(deliveryId: $deliveryId) { id state attempt attemptedAt redeliveryOf } }";
    const { data } = await gateway.gql("submitter", redeliver, { deliveryId });
    expect(data).toMatchObject({ redeliver: { state: "REQUESTED", redeliveryOf: deliveryId, attemptedAt: null } });
    const received = await receiver.until(4);
    expect(received[3]?.headers).toMatchObject({ "nacr-redelivery": "true", "nacr-event-id": first.nodes[0]?.eventId });
  });

  it("is rotated, relieved of its old secret and removed", async () => {
    const { webhook, secret } = await registered({ url: receiver.url, programmeCodes: ["CR-VALLEY"] });
    const { id } = webhook;
    const rotated = await gateway.gql<{ rotateWebhookSecret: { secret: string; webhook: WebhookAnswer } }>(
      "submitter",
      "mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret webhook { liveSecrets } } }",
      { id },
    );
    expect(rotated.data?.rotateWebhookSecret.webhook.liveSecrets).toBe(2);
    expect(rotated.data?.rotateWebhookSecret.secret).not.toBe(secret);
    const retired = await gateway.gql("submitter", "mutation ($id: ID!) { retireOldWebhookSecret(id: $id) { liveSecrets } }", {
      id,
    });
    expect(retired.data).toEqual({ retireOldWebhookSecret: { liveSecrets: 1 } });
    const removed = await gateway.gql("submitter", "mutation ($id: ID!) { removeWebhook(id: $id) { removedAt } }", { id });
    expect(removed.data).toEqual({ removeWebhook: { removedAt: expect.any(String) } });
    expect((await gateway.gql("submitter", "{ webhooks { id } }")).data).toEqual({ webhooks: [] });
    expect((await deliveries(id)).totalCount).toBe(0);
  });

  it("that fails is logged with its host and our word for it, never with its path, and counted without either", async () => {
    await receiver.close();
    await registered({ url: `${receiver.url}/${SECRET_PATH}` });
    await submit();
    await eventually(() => gateway.logs.some((line) => line.includes("webhook-failed")), "a log line");
    const line: Readonly<Record<string, unknown>> = JSON.parse(
      gateway.logs.find((text) => text.includes("webhook-failed")) ?? "{}",
    );
    expect(line).toMatchObject({ host: `127.0.0.1:${receiver.port}`, code: "CONNECTION", outcome: "FAILED", count: 1 });
    expect(JSON.stringify(gateway.logs)).not.toContain(SECRET_PATH);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/nacr_webhook_attempts_total\{result="FAILED",failure="CONNECTION"\} [1-9]/);
    expect(metrics).not.toContain(SECRET_PATH);
  });
});

describe("registering a webhook", () => {
  it.each([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://[::ffff:10.0.0.1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://localhost/",
    "https://nobody.invalid/",
    "http://8.8.8.8/",
    "https://8.8.8.8:22/",
    "https://user:password@8.8.8.8/",
    "not a URL",
  ])("refuses %s with the same words as every other address", async (url) => {
    const answer = await register("submitter", { url }, strict);
    expect(answer.errors).toMatchObject([
      { message: expect.stringContaining("The URL cannot be called"), extensions: { code: "BAD_USER_INPUT", path: "input.url" } },
    ]);
    expect(answer.text).not.toContain(url);
  });

  it("refuses programmes of others and unknown ones alike", async () => {
    for (const code of ["CR-COAST", "CR-NOWHERE"])
      expect(codesOf(await register("submitter", { url: receiver.url, programmeCodes: ["CR-VALLEY", code] }))).toEqual([
        "FORBIDDEN",
      ]);
  });

  it.each<DemoIdentity>(["vendor", "guardian", "analyst", "admin"])(
    "is not for the role of %s, and neither is anything else of webhooks",
    async (as) => {
      expect(codesOf(await register(as, { url: receiver.url }))[0]).toBe("GRAPHQL_VALIDATION_FAILED");
      expect(codesOf(await gateway.gql(as, "{ webhooks { id } }"))[0]).toBe("GRAPHQL_VALIDATION_FAILED");
      const id = "019cadd3-1f5a-7c11-8a3e-5b8a3f0c1d22";
      expect(codesOf(await gateway.gql(as, DELIVERIES, { id, first: 1 }))[0]).toBe("GRAPHQL_VALIDATION_FAILED");
    },
  );

  it("shows nothing to another organisation", async () => {
    const { webhook } = await registered({ url: receiver.url });
    expect((await gateway.gql("submitter2", "{ webhooks { id } }")).data).toEqual({ webhooks: [] });
    expect(codesOf(await gateway.gql("submitter2", DELIVERIES, { id: webhook.id, first: 1 }))).toEqual(["NOT_FOUND"]);
    const remove = "mutation ($id: ID!) { removeWebhook(id: $id) { id } }";
    expect(codesOf(await gateway.gql("submitter2", remove, { id: webhook.id }))).toEqual(["NOT_FOUND"]);
    expect((await gateway.gql("submitter", "{ webhooks { id } }")).data).toEqual({ webhooks: [{ id: webhook.id }] });
  });
});
