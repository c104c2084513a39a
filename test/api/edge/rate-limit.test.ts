/** What one client may ask for, and what its neighbour notices of it (G12). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";
import { connectSocket, subscribeOn } from "../live/stream-clients.ts";

/** Five a second, fifty at once; a thousand points a second, ten thousand at once. */
const BUDGET = { requestsPerMinute: 300, costPerMinute: 60_000 };
const AT_ONCE = 50;
const WIDE = `{ submissions(first: 100) { nodes { id records(first: 49) { nodes { index } } } } }`;

const extensions = z.looseObject({ cost: z.number().optional() });
const body = z.object({ errors: z.array(z.object({ extensions })).default([]), extensions: extensions.optional() });

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ config: { budget: BUDGET } });
});
afterAll(() => gateway.close());

const ask = async (as: "submitter" | "submitter2" | "team", query = "{ viewer { role } }") => {
  const authorization = `Bearer ${await gateway.token(as)}`;
  const began = performance.now();
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { status, headers } = answer;
  return { status, headers, body: body.parse(await answer.json()), began, ended: performance.now() };
};

/** A few at a time: how many may be in hand at once is another limit. */
async function flood(as: "submitter" | "team", requests: number): Promise<readonly Awaited<ReturnType<typeof ask>>[]> {
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  while (answers.length < requests) answers.push(...(await Promise.all(Array.from({ length: 10 }, () => ask(as)))));
  return answers;
}

describe("a client that asks too often", () => {
  it("gets what it may, within a twentieth, and is told when to come again; its neighbour loses nothing", async () => {
    const [flooded, neighbours] = await Promise.all([
      flood("submitter", 3 * AT_ONCE),
      (async () => {
        const answers: number[] = [];
        for (let n = 0; n < 40; n++) answers.push((await ask("submitter2")).status);
        return answers;
      })(),
    ]);
    // When within its time a request was counted is not known: what must have flowed in between, and what may have.
    const mayHave = (from: number, until: number): number =>
      Math.min(3 * AT_ONCE, AT_ONCE + ((until - from) / 60_000) * BUDGET.requestsPerMinute);
    const began = flooded.map((answer) => answer.began);
    const ended = flooded.map((answer) => answer.ended);
    const served = flooded.filter(({ status }) => status === 200).length;
    expect(served).toBeGreaterThanOrEqual(mayHave(Math.min(...ended), Math.max(...began)) * 0.95 - 1);
    expect(served).toBeLessThanOrEqual(mayHave(Math.min(...began), Math.max(...ended)) * 1.05 + 1);
    expect(neighbours).toEqual(Array.from({ length: 40 }, () => 200));
    const refused = flooded.find(({ status }) => status === 429);
    expect(refused?.body.errors[0]?.extensions).toMatchObject({
      code: "RATE_LIMITED",
      limit: "requestsPerMinute",
      value: BUDGET.requestsPerMinute,
    });
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused?.headers.get("ratelimit-policy")).toBe('"requests";q=300;w=60');
  });

  it("is let in again after the time it was told", async () => {
    const refused = (await flood("team", 2 * AT_ONCE)).find(({ status }) => status === 429);
    await new Promise((resolve) => setTimeout(resolve, 1_000 * Number(refused?.headers.get("retry-after"))));
    expect((await ask("team")).status).toBe(200);
  });
});

describe("a client that subscribes too often", () => {
  it("gets no more over one connection than it may have over many", async () => {
    const socket = await connectSocket(gateway.url, await gateway.token("vendor"));
    const codes: unknown[] = [];
    for (let n = 0; n < 1.5 * AT_ONCE; n++) {
      const { errors } = await subscribeOn(socket, `s${n}`, { query: "subscription { nothing }" }).next();
      codes.push(errors[0].extensions.code);
    }
    socket.close();
    expect(codes.slice(0, AT_ONCE / 2)).toEqual(Array.from({ length: AT_ONCE / 2 }, () => "GRAPHQL_VALIDATION_FAILED"));
    expect(codes.at(-1)).toBe("RATE_LIMITED");
  });
});

describe("a client that asks for too much", () => {
  it("is told in every answer what it cost, and refused when its points are used up", async () => {
    const first = await ask("submitter2", WIDE);
    expect(first.body.extensions?.cost).toBeGreaterThan(4_000);
    const next = [await ask("submitter2", WIDE), await ask("submitter2", WIDE), await ask("submitter2", WIDE)];
    const refused = next.find(({ status }) => status === 429);
    expect(refused?.body.errors[0]?.extensions).toMatchObject({
      code: "RATE_LIMITED",
      limit: "costPerMinute",
      value: 60_000,
      cost: first.body.extensions?.cost,
    });
    expect((await ask("submitter2")).status).toBe(200);
  });
});
