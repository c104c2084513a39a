/** Both transports without their sockets: what is held for a stream, what its errors say, and that nothing is left of it. */
import { describe, expect, it } from "vitest";
import { createRoleSchemas } from "../../../src/graphql/role-schema.ts";
import { buildGatewaySchema } from "../../../src/graphql/schema.ts";
import { createEventStreams } from "../../../src/graphql/streams/event-stream.ts";
import { createStreamRunner } from "../../../src/graphql/streams/stream-runner.ts";
import { createSockets } from "../../../src/graphql/streams/web-socket.ts";
import { actorOf, createFakeGateway, type FakeGateway, headerOf, SUBMISSION_ID } from "../graphql/fake-deps.ts";

const QUERY = `subscription { submissionProgress(id: "${SUBMISSION_ID}") { id status organisation { name } } }`;
const inWork = { submission: async () => headerOf({ status: "PROCESSING", outcome: null }) };

function servicesOf({ deps }: FakeGateway) {
  const runner = createStreamRunner({ ...deps, refuseDocument: () => null }, createRoleSchemas(buildGatewaySchema(deps)));
  return { openEventStream: createEventStreams(runner), openSocket: createSockets(runner) };
}

async function openEvents(gateway: FakeGateway, query = QUERY) {
  const facts = { actor: actorOf("SUBMITTER"), correlationId: "corr-0001", idempotencyKeyHeader: null, bodyBytes: 0 };
  const stream = await servicesOf(gateway).openEventStream({ body: { query }, facts, whenTaken: async () => undefined });
  if (stream === null) throw new Error("no stream");
  return stream;
}

/** A socket whose other end is the test. */
function openSocketOf(gateway: FakeGateway, places = 5) {
  const sent: unknown[] = [];
  let taken = 0;
  let take: (text: string) => Promise<void> = async () => undefined;
  const closed = servicesOf(gateway).openSocket(
    {
      protocol: "graphql-transport-ws",
      send: async (text) => void sent.push(JSON.parse(text)),
      close: (code) => void sent.push({ closed: code }),
      onMessage: (taker) => {
        take = taker;
      },
    },
    {
      correlationId: "corr-0001",
      authenticate: async (authorization) => (authorization === null ? null : actorOf("SUBMITTER")),
      refuseRequest: () => null,
      takePlace: () => {
        if (taken >= places) return null;
        taken += 1;
        return () => {
          taken -= 1;
        };
      },
      noteOperation: () => undefined,
    },
  );
  return { sent, closed, places: () => taken, say: (message: unknown) => take(JSON.stringify(message)) };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
const isIdle = ({ deps }: FakeGateway): boolean => deps.live.watched === 0;

describe("a subscription", () => {
  it("is not opened for a client that has not the points for it, over either transport", async () => {
    const gateway = createFakeGateway({ status: inWork });
    const asked: number[] = [];
    const chargeCost = (_client: string, points: number) => {
      asked.push(points);
      return { taken: false, left: 0, waitSeconds: 1, budget: "costPerMinute", perMinute: 1 } as const;
    };
    const poor = { ...gateway, deps: { ...gateway.deps, chargeCost } };
    let text = "";
    for await (const piece of await openEvents(poor)) text += piece;
    expect(text).toContain('"limit":"costPerMinute"');
    const socket = openSocketOf(poor);
    await socket.say({ type: "connection_init", payload: { authorization: "Bearer x" } });
    await socket.say({ id: "1", type: "subscribe", payload: { query: QUERY } });
    expect(JSON.stringify(socket.sent)).toContain('"code":"RATE_LIMITED"');
    expect([asked, socket.places(), isIdle(poor)]).toEqual([[3, 3], 0, true]);
  });
});

describe("server-sent events", () => {
  it("leave nothing behind when the connection closes while the stream waits, or before it was read", async () => {
    const gateway = createFakeGateway({ status: inWork });
    const read = await openEvents(gateway);
    const pieces = [await read.next(), await read.next()].map(({ value }) => value);
    expect(pieces.sort().at(-1)).toContain('"status":"PROCESSING"');
    const unread = await openEvents(gateway);
    await settle();
    expect(isIdle(gateway), "control").toBe(false);
    await read.return();
    await unread.return();
    await settle();
    expect(isIdle(gateway)).toBe(true);
  });

  it("show a fault of ours by its correlation id, and report it", async () => {
    const gateway = createFakeGateway({
      status: {
        submission: async () => {
          throw new Error("canary: password of the database");
        },
      },
    });
    let text = "";
    for await (const piece of await openEvents(gateway)) text += piece;
    expect(text).not.toContain("canary");
    expect(text).toContain('"code":"INTERNAL_SERVER_ERROR"');
    expect(text).toContain('"correlationId":"corr-0001"');
    expect(gateway.faults).toMatchObject([
      { correlationId: "corr-0001", error: { message: "canary: password of the database" } },
    ]);
    expect(isIdle(gateway)).toBe(true);
  });

  it("end with the error where a later read fails", async () => {
    let reads = 0;
    const submission = async () => {
      reads += 1;
      if (reads > 2) throw new Error("canary: away");
      return headerOf({ status: "PROCESSING", outcome: null });
    };
    const gateway = createFakeGateway({ status: { submission } });
    const stream = await openEvents(gateway);
    const text: string[] = [];
    const reading = (async () => {
      for await (const piece of stream) text.push(piece);
    })();
    await settle();
    gateway.deps.live.submissionChanged("RTEST", SUBMISSION_ID);
    await reading;
    expect(text.join("")).toMatch(/PROCESSING[\s\S]*INTERNAL_SERVER_ERROR[\s\S]*event: complete/);
    expect(text.join("")).not.toContain("canary");
    expect(isIdle(gateway)).toBe(true);
  });
});

describe("WebSockets", () => {
  it("leave nothing behind when one closes, and give their places back", async () => {
    const gateway = createFakeGateway({ status: inWork });
    const socket = openSocketOf(gateway, 2);
    await socket.say({ type: "connection_init", payload: { authorization: "Bearer x" } });
    for (const id of ["1", "2", "3"]) void socket.say({ id, type: "subscribe", payload: { query: QUERY } });
    await settle();
    expect([socket.places(), isIdle(gateway)]).toEqual([2, false]);
    expect(socket.sent).toContainEqual(expect.objectContaining({ id: "3", payload: { errors: [expect.objectContaining({})] } }));
    await socket.closed(1000, "");
    await settle();
    expect([socket.places(), isIdle(gateway)]).toEqual([0, true]);
  });

  it("give a place back for an operation that is refused or completed", async () => {
    const gateway = createFakeGateway({ status: inWork });
    const socket = openSocketOf(gateway);
    await socket.say({ type: "connection_init", payload: { authorization: "Bearer x" } });
    const foreign = 'subscription { programmeEvents(programmeCode: "P9") { id } }';
    await socket.say({ id: "1", type: "subscribe", payload: { query: foreign } });
    void socket.say({ id: "2", type: "subscribe", payload: { query: QUERY } });
    await settle();
    expect(socket.places()).toBe(1);
    await socket.say({ id: "2", type: "complete" });
    await settle();
    expect([socket.places(), isIdle(gateway)]).toEqual([0, true]);
    expect(JSON.stringify(socket.sent)).toContain("FORBIDDEN");
  });
});
