/** Who may open a stream, with what, how many, and how it ends. Both transports. */
import { once } from "node:events";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { createTokenIssuer } from "../../../src/access/access-token.ts";
import { DEMO_IDENTITIES } from "../../../src/access/demo-identities.ts";
import { createKeyRing } from "../../../src/keys/key-ring.ts";
import { createForgettingKeyManagement } from "../../../src/keys/local-key-file.ts";
import { LIMITS } from "../../../src/lib/limits.ts";
import { createDataKeyStore } from "../../../src/persistence/database/data-key-store.ts";
import { openTestDatabase, type TestDatabase } from "../../support/database.ts";
import { PUBLIC_URL, startTestGateway } from "../../support/gateway.ts";
import { recordOf } from "../../support/journey-records.ts";
import { headOf, sendRaw } from "../edge/raw-request.ts";
import { type Submitter, submitterOf } from "../submission/submitting.ts";
import { connectSocket, openEventStream, openSocket, type Socket, sleep, subscribeOn } from "./stream-clients.ts";

let database: TestDatabase;
let submitter: Submitter;
const keyManagement = createForgettingKeyManagement();
beforeAll(async () => {
  database = await openTestDatabase();
  submitter = submitterOf(await startTestGateway({ database, keyManagement }));
});
afterAll(async () => {
  await submitter.gateway.close();
  await database.close();
});

const opened: { close(): void }[] = [];
afterEach(async () => {
  for (const stream of opened.splice(0)) stream.close();
  // Places are given back when the connections have closed.
  await sleep(100);
});
const kept = <T extends { close(): void }>(stream: T): T => {
  opened.push(stream);
  return stream;
};

const EVENTS =
  'subscription ($since: Int) { programmeEvents(programmeCode: "CR-VALLEY", since: $since) { sequence submissionId } }';
const question = { query: EVENTS, variables: {} };
const token = () => submitter.gateway.token("submitter");
const url = () => submitter.gateway.url;
const follow = async (more: object = {}, headers = {}) =>
  kept(await openEventStream(url(), await token(), { ...question, ...more }, headers));
const connect = async () => kept(await connectSocket(url(), await token()));

/** A token of the submitter that lives this long. */
async function issue(seconds: number): Promise<string> {
  const secrets = await createKeyRing(keyManagement, createDataKeyStore(database.database)).tokenSecrets();
  const { submitter: actor } = DEMO_IDENTITIES;
  if (actor === undefined) throw new Error("there is a demo submitter");
  return createTokenIssuer(PUBLIC_URL, secrets).issue(actor, "short", seconds);
}

describe("a stream", () => {
  it("is served to the clients that the protocols' own libraries bring", async () => {
    const { id } = await submitter.records([recordOf(1)]);
    const authorization = `Bearer ${await token()}`;
    const sse = createSseClient({ url: `${url()}/graphql/stream`, headers: { authorization }, retryAttempts: 0 });
    const ws = createWsClient({
      url: `${url().replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
    });
    const query = { query: "subscription ($id: ID!) { submissionProgress(id: $id) { id } }", variables: { id } };
    for (const client of [sse, ws]) {
      const told = [];
      for await (const payload of client.iterate(query)) told.push(payload);
      expect(told).toEqual([{ data: { submissionProgress: { id } } }]);
    }
    sse.dispose();
    await ws.dispose();
  });

  it("is opened with a token only: in a header, or in the first message of a WebSocket", async () => {
    for (const bad of [null, "no.such.token"]) {
      const refused = await openEventStream(url(), bad, question);
      expect([refused.status, JSON.parse(await refused.text()).errors[0].extensions.code]).toEqual([401, "UNAUTHENTICATED"]);
    }
    await expect(openSocket(url(), { authorization: "Bearer no.such.token" })).rejects.toThrow("401");
    const byHeader = kept(await openSocket(url(), { authorization: `Bearer ${await token()}` }));
    byHeader.send({ type: "connection_init" });
    expect((await byHeader.next())?.type).toBe("connection_ack");
    for (const payload of [undefined, { authorization: "Bearer no.such.token" }, { authorization: 7 }]) {
      const socket = await openSocket(url());
      socket.send({ type: "connection_init", payload });
      expect(await socket.closed).toBe(4403);
    }
    const hasty = await openSocket(url());
    hasty.send({ id: "1", type: "subscribe", payload: question });
    expect(await hasty.closed).toBe(4401);
  });

  it("is not opened by a page of another origin", async () => {
    const foreign = { origin: "https://elsewhere.test" };
    expect((await follow({}, foreign)).status).toBe(403);
    await expect(openSocket(url(), foreign)).rejects.toThrow("403");
    for (const origin of [url(), PUBLIC_URL]) {
      expect((await follow({}, { origin })).status).toBe(200);
      kept(await openSocket(url(), { origin }));
    }
  });

  it.each([
    ["a query", "{ limits { pageSize } }"],
    ["a mutation", "mutation ($input: SubmitRecordsInput!) { submitRecords(input: $input) { id } }"],
  ])("serves no %s, and says where it is served", async (_title, query) => {
    const stream = await follow({ query, variables: {} });
    const error = {
      message: "Only subscriptions are served here. Send queries and mutations to POST /graphql.",
      extensions: { code: "BAD_USER_INPUT", retryable: false },
    };
    expect(await stream.rest()).toEqual([{ errors: [error] }]);
    expect(await subscribeOn(await connect(), "1", { query }).next()).toEqual({ errors: [error] });
  });

  it("is not served by POST /graphql, which says where it is", async () => {
    const { errors } = await submitter.gateway.gql("submitter", EVENTS);
    expect(errors).toMatchObject([
      { message: expect.stringContaining("/graphql/stream"), extensions: { code: "BAD_USER_INPUT" } },
    ]);
  });

  it.each([
    ["a document that is none", "subscription {", {}],
    ["a field that does not exist", '{ programmeEvents(programmeCode: "CR-VALLEY") { surname nhsNumber } }', {}],
    [
      "a variable of another type",
      '($since: Int) { programmeEvents(programmeCode: "CR-VALLEY", since: $since) { id } }',
      { since: "943 476 5919" },
    ],
    ["a missing variable", "($code: String!) { programmeEvents(programmeCode: $code) { id } }", {}],
    [
      "too many aliases",
      `{ ${Array.from({ length: 16 }, (_, i) => `a${i}: submissionProgress(id: "1") { id }`).join(" ")} }`,
      {},
    ],
    [
      "an operation that may come to too much",
      `{ submissionProgress(id: "1") { ${["a", "b", "c", "d"].map((a) => `${a}: records(first: 100) { nodes { issues { code } changes { field } mappingReport { reason } parent { issues { code } mappingReport { reason } changes { field } } } }`).join(" ")} } }`,
      {},
    ],
  ])("with %s is refused in the words of POST /graphql", async (_title, rest, variables) => {
    const query = rest.startsWith("subscription") ? rest : `subscription ${rest}`;
    // The same fault in a query or mutation: its first error is the reference.
    const reference = await submitter.gateway.gql("submitter", query, variables);
    const code = reference.errors[0]?.extensions.code;
    expect(code).toBeDefined();
    const stream = await follow({ query, variables });
    const overSse = stream.status === 200 ? (await stream.rest())[0] : JSON.parse(await stream.text());
    const overWs = await subscribeOn(await connect(), "1", { query, variables }).next();
    for (const { errors } of [overSse, overWs]) {
      expect(JSON.stringify(errors)).not.toContain("943 476");
      // POST /graphql refuses every subscription, and comes to that before it looks at variables and cost.
      if (reference.errors[0]?.message.startsWith("Subscriptions are served"))
        expect(["BAD_USER_INPUT", "LIMIT_EXCEEDED"]).toContain(errors[0].extensions.code);
      else expect(errors[0]).toEqual(reference.errors[0]);
    }
  });

  it("names the operation in the log, and not the caller's own words", async () => {
    (await follow({ query: EVENTS.replace("subscription", "subscription Canaryname") })).close();
    const socket = await connect();
    subscribeOn(socket, "canary-id", question);
    await sleep(100);
    socket.close();
    const lines = () => submitter.gateway.logs.filter((line) => line.includes('"operation":"programmeEvents"')).join("\n");
    await expect.poll(() => ["/graphql/stream", "WEBSOCKET"].filter((word) => !lines().includes(word))).toEqual([]);
    expect(lines()).not.toMatch(/canary/i);
  });
});

describe("limits of streams", () => {
  it(`lets a client have ${LIMITS.streamsPerClient} open over all transports, and another client its own`, async () => {
    const socket = await connect();
    const beginning = await Promise.all([follow(), follow(), follow()]);
    subscribeOn(socket, "1", question);
    subscribeOn(socket, "2", question);
    await sleep(200);
    const sixth = await follow();
    expect([sixth.status, JSON.parse(await sixth.text()).errors[0].extensions]).toMatchObject([
      429,
      { code: "RATE_LIMITED", limit: "streamsPerClient", value: 5, retryable: true },
    ]);
    expect((await subscribeOn(socket, "3", question).next()).errors[0].extensions.code).toBe("RATE_LIMITED");
    expect(kept(await openEventStream(url(), await submitter.gateway.token("team"), question)).status).toBe(200);
    // A place that is given back can be taken again, on every transport.
    beginning[0]?.close();
    await expect.poll(async () => (await follow()).status).toBe(200);
    socket.send({ id: "1", type: "complete" });
    await sleep(100);
    const again = subscribeOn(socket, "4", question);
    await submitter.records([recordOf(2)]);
    expect((await again.next()).data.programmeEvents.sequence).toBeGreaterThan(0);
  });

  it("lets a client have as many WebSockets, and closes the next", async () => {
    await Promise.all(Array.from({ length: LIMITS.streamsPerClient }, connect));
    const next = await openSocket(url(), { authorization: `Bearer ${await token()}` });
    next.send({ type: "connection_init" });
    expect(await next.closed).toBe(4429);
  });

  it.each<[string, number, (socket: Socket) => void]>([
    ["a message that is too large", 1009, ({ raw }) => raw.send("x".repeat(LIMITS.streamMessageBytes + 1))],
    ["a message that is no text", 4400, ({ raw }) => raw.send(Buffer.from("{}"), { binary: true })],
    ["a message that is no JSON", 4400, ({ raw }) => raw.send("{")],
    ["a message nested too deep", 4400, ({ raw }) => raw.send("[".repeat(LIMITS.bodyDepth + 1))],
    ["a message of no kind", 4400, ({ raw }) => raw.send('{"type":"hello"}')],
    ["the id of an operation that runs", 4409, (socket) => [1, 2].forEach(() => void subscribeOn(socket, "1", question))],
  ])("closes a WebSocket for %s", async (_title, code, send) => {
    const socket = await connect();
    send(socket);
    expect(await socket.closed).toBe(code);
  });

  it("answers a body that is too large, no JSON, or no request, before a stream is opened", async () => {
    expect((await follow({ query: `${EVENTS}${" ".repeat(LIMITS.streamMessageBytes)}` })).status).toBe(413);
    expect((await follow({ query: 7 })).status).toBe(400);
    expect((await openEventStream(url(), await token(), [question])).status).toBe(400);
    expect((await follow({ variables: [] })).status).toBe(400);
    expect((await follow({}, { accept: "application/json" })).status).toBe(406);
    expect((await follow({}, { "content-type": "text/plain" })).status).toBe(415);
  });

  it("leaves other upgrades to HTTP, and other addresses closed", async () => {
    const upgrade = [
      ["Connection", "Upgrade, HTTP2-Settings"],
      ["Upgrade", "h2c"],
      ["HTTP2-Settings", "AAMAAABkAAQAoAAAAAIAAAAA"],
    ] as const;
    expect((await sendRaw(url(), headOf("GET", "/healthz", upgrade), 500)).status).toBe(200);
    const handshake = [
      ["Connection", "Upgrade"],
      ["Upgrade", "websocket"],
      ["Sec-WebSocket-Version", "13"],
      ["Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="],
    ] as const;
    expect((await sendRaw(url(), headOf("GET", "/elsewhere", handshake), 500)).status).toBe(404);
    expect((await sendRaw(url(), headOf("GET", "/graphql", handshake.slice(0, 3)), 500)).status).toBe(400);
  });
});

describe("the end of a stream", () => {
  it("comes within 5 s of the end of its token, on both transports", async () => {
    const short = await issue(2);
    const began = performance.now();
    const stream = kept(await openEventStream(url(), short, question));
    const socket = kept(await connectSocket(url(), short));
    subscribeOn(socket, "1", question);
    const ends = await Promise.all([stream.rest().then(() => performance.now()), socket.closed.then(() => performance.now())]);
    expect(stream.completed).toBe(false);
    expect(await socket.closed).toBe(4403);
    for (const end of ends) expect(end - began).toBeGreaterThan(1_500);
    for (const end of ends) expect(end - began).toBeLessThan(2_000 + 5_000);
  });

  it("comes with the end of the gateway, which does not wait for it, and leaves nothing behind", async () => {
    const other = await startTestGateway({ database, keyManagement });
    const streams = await Promise.all([1, 2].map(async () => openEventStream(other.url, await token(), question)));
    const socket = await connectSocket(other.url, await token());
    subscribeOn(socket, "1", question);
    await sleep(100);
    const began = performance.now();
    const [code] = await Promise.all([socket.closed, other.close(), ...streams.map((stream) => stream.rest())]);
    expect(code).toBe(1001);
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(streams.map(({ completed }) => completed)).toEqual([false, false]);
  });
});

it("answers pings of the protocol, and pings by itself", async () => {
  const socket = await connect();
  socket.send({ type: "ping" });
  expect((await socket.next())?.type).toBe("pong");
  const stream = await follow();
  await once(socket.raw, "ping");
  // graphql-sse sends its comment every 12 s, as the WebSocket its ping.
  await expect.poll(() => stream.comments, { timeout: 3_000 }).toBeGreaterThanOrEqual(2);
}, 20_000);
