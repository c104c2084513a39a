import { parse } from "graphql";
import { describe, expect, it } from "vitest";
import { createGatewayClient } from "../../../src/client/gateway-client.ts";
import { GatewayClientError } from "../../../src/client/gateway-client-error.ts";

const VIEWER = parse("query Viewer{viewer{role}}");
const SUBMIT = parse("mutation S($input:I!){submitRecords(input:$input){id}}");

interface Sent {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}
type Answer = Response | Error;
const graphql = (body: unknown, init: ResponseInit = {}) => new Response(JSON.stringify(body), init);
const refused = (code: string, more: object = {}) => ({
  errors: [{ message: `says ${code}`, extensions: { code, retryable: false, ...more } }],
});

function clientWith(answers: Answer[], more: { attempts?: number } = {}) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  const client = createGatewayClient({
    url: "http://gateway.test:4000/some/path",
    getToken: async () => `token-${sent.length}`,
    wait: async (milliseconds) => waits.push(milliseconds),
    fetch: async (url, init) => {
      sent.push({ url: String(url), headers: new Headers(init?.headers), body: String(init?.body) });
      const answer = answers.shift() ?? new Error("no answer left");
      if (answer instanceof Error) throw answer;
      return answer;
    },
    ...more,
  });
  return { client, sent, waits };
}

describe("the gateway client", () => {
  it("sends document and variables with a fresh token, and returns the data", async () => {
    const { client, sent } = clientWith([graphql({ data: { viewer: { role: "SUBMITTER" } } })]);
    expect(await client.request(VIEWER, {})).toEqual({ viewer: { role: "SUBMITTER" } });
    expect(sent[0]?.url).toBe("http://gateway.test:4000/graphql");
    expect(sent[0]?.headers.get("authorization")).toBe("Bearer token-0");
    expect(sent[0]?.headers.get("idempotency-key")).toBeNull();
  });

  it("repeats a lost or refused-for-now mutation with the same key and the same body", async () => {
    const busy = graphql(refused("OVERLOADED", { retryable: true }), { status: 503, headers: { "retry-after": "7" } });
    const { client, sent, waits } = clientWith([
      new TypeError("socket"),
      busy,
      graphql({ data: { submitRecords: { id: "1" } } }),
    ]);
    await client.request(SUBMIT, { input: { options: {} } });
    expect(new Set(sent.map(({ headers }) => headers.get("idempotency-key"))).size).toBe(1);
    expect(sent[0]?.headers.get("idempotency-key")).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(sent.map(({ body }) => body)).size).toBe(1);
    expect(waits[1]).toBe(7_000);
  });

  it("takes the caller's key, and sends none beside a key in the input", async () => {
    const { client, sent } = clientWith([graphql({ data: {} }), graphql({ data: {} })]);
    await client.request(SUBMIT, { input: {} }, { idempotencyKey: "mine" });
    await client.request(SUBMIT, { input: { options: { idempotencyKey: "own" } } });
    expect(sent.map(({ headers }) => headers.get("idempotency-key"))).toEqual(["mine", null]);
  });

  it("gives up after its attempts, and at once where sending again cannot help", async () => {
    const lost = clientWith([new Error("1"), new Error("2"), new Error("3")], { attempts: 2 });
    await expect(lost.client.request(VIEWER, {})).rejects.toMatchObject({ code: "UNREACHABLE", retryable: true });
    expect(lost.sent).toHaveLength(2);
    const forbidden = clientWith([
      graphql(refused("FORBIDDEN", { path: "a" }), { headers: { "x-correlation-id": "corr-0001" } }),
    ]);
    const error = await forbidden.client.request(VIEWER, {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(GatewayClientError);
    expect(error).toMatchObject({
      code: "FORBIDDEN",
      message: "says FORBIDDEN",
      details: { path: "a" },
      correlationId: "corr-0001",
      status: 200,
    });
    expect(forbidden.sent).toHaveLength(1);
  });

  it("an answer that is not the gateway's is told apart", async () => {
    const { client } = clientWith([new Response("<html>", { status: 200 })]);
    await expect(client.request(VIEWER, {})).rejects.toMatchObject({ code: "BAD_RESPONSE", retryable: false });
  });
});
