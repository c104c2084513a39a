import type { Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../../src/lib/limits.ts";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { headOf, openRaw } from "./raw-request.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.close());
const opened: Socket[] = [];
afterEach(() => {
  for (const socket of opened.splice(0)) socket.destroy();
});

const BODY = '{"query":"{viewer{role}}"}';
const PLACES = LIMITS.concurrentRequests;

interface Held {
  readonly socket: Socket;
  /** It came while another request had the last place. */
  isRefused(): boolean;
  finish(): Promise<string>;
}

/** A request whose body has not arrived yet: it is in hand until it has. */
async function hold(bearer: string): Promise<Held> {
  const socket = openRaw(gateway.url);
  opened.push(socket);
  const head = headOf("POST", "/graphql", [
    ["Authorization", `Bearer ${bearer}`],
    ["Content-Type", "application/json"],
    ["Content-Length", String(BODY.length)],
    ["Connection", "close"],
  ]);
  let text = "";
  socket.on("data", (chunk) => {
    text += String(chunk);
  });
  await new Promise((resolve) => socket.write(head, resolve));
  const ended = new Promise<string>((resolve) => socket.on("close", () => resolve(text)));
  return {
    socket,
    isRefused: () => text !== "",
    finish: () => {
      socket.write(BODY);
      return ended;
    },
  };
}

const ask = async () => (await gateway.gql("submitter", "{viewer{role}}")).status;
/** A held request counts from when the gateway has read its head, which the sender cannot see. */
const untilAnswered = (status: number) => expect.poll(ask, { timeout: 10_000 }).toBe(status);

/** Holds all places: one that was refused, because a question had its place at that moment, is held again. */
async function holdAll(bearer: string, held: Held[] = []): Promise<Held[]> {
  await expect
    .poll(
      async () => {
        held.splice(0, held.length, ...held.filter((request) => !request.isRefused()));
        while (held.length < PLACES) held.push(await hold(bearer));
        // A new connection is slower than the one the question goes over.
        await new Promise((resolve) => setTimeout(resolve, 50));
        return await ask();
      },
      { timeout: 10_000 },
    )
    .toBe(429);
  return held;
}

describe("one client's requests in hand", () => {
  it(`are at most ${PLACES}: the next is refused with 429 and a time to wait, another client's is not`, async () => {
    const bearer = await gateway.token("submitter");
    await gateway.token("submitter2");
    const held = await Promise.all(Array.from({ length: PLACES - 1 }, () => hold(bearer)));
    for (let i = 0; i < 20; i++) expect(await ask()).toBe(200);
    await holdAll(bearer, held);

    const refused = await gateway.gql("submitter", "{viewer{role}}");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(refused.errors[0]?.extensions).toEqual({
      limit: "concurrentRequests",
      value: PLACES,
      code: "RATE_LIMITED",
      retryable: true,
      retryAfterSeconds: 1,
    });
    for (let i = 0; i < 20; i++) expect((await gateway.gql("submitter2", "{viewer{role}}")).status).toBe(200);

    // Exactly one place comes free with each request that is done.
    expect(await held.shift()?.finish()).toContain('"role":"SUBMITTER"');
    await untilAnswered(200);
    for (const request of await holdAll(bearer, held)) expect(await request.finish()).toContain("HTTP/1.1 200");
    await untilAnswered(200);
  });

  it("give their place back when the client goes away without its answer", async () => {
    const bearer = await gateway.token("submitter");
    for (let round = 0; round < 3; round++) {
      for (const { socket } of await holdAll(bearer)) socket.destroy();
      await untilAnswered(200);
    }
  });

  it("are not counted for strangers, who are refused before", async () => {
    const held = await Promise.all(Array.from({ length: PLACES + 5 }, () => hold("nobody")));
    expect((await held.at(-1)?.finish())?.slice(0, 12)).toBe("HTTP/1.1 401");
    for (const { socket } of held) socket.destroy();
  });
});
