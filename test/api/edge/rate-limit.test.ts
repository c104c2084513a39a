/** What one client may ask for, and what its neighbour notices of it (G12). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { startTestGateway, type TestGateway } from "../../support/gateway.ts";

/** Ten a second, a hundred at once; a thousand points a second, ten thousand at once. */
const BUDGET = { requestsPerMinute: 600, costPerMinute: 60_000 };
const AT_ONCE = 100;
const WIDE = `{ submissions(first: 100) { nodes { id records(first: 49) { nodes { index } } } } }`;

const extensions = z.looseObject({ cost: z.number().optional() });
const body = z.object({ errors: z.array(z.object({ extensions })).default([]), extensions: extensions.optional() });

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ config: { budget: BUDGET } });
});
afterAll(() => gateway.close());

const ask = async (as: "submitter" | "submitter2" | "team", query = "{ viewer { role } }") => {
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${await gateway.token(as)}`, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return { status: answer.status, headers: answer.headers, body: body.parse(await answer.json()) };
};

/** A few at a time: how many may be in hand at once is another limit. */
async function flood(as: "submitter" | "team", requests: number): Promise<readonly Awaited<ReturnType<typeof ask>>[]> {
  const answers: Awaited<ReturnType<typeof ask>>[] = [];
  while (answers.length < requests) answers.push(...(await Promise.all(Array.from({ length: 10 }, () => ask(as)))));
  return answers;
}

describe("a client that asks too often", () => {
  it("gets what it may, within a twentieth, and is told when to come again; its neighbour loses nothing", async () => {
    const began = performance.now();
    const [flooded, neighbours] = await Promise.all([
      flood("submitter", 3 * AT_ONCE),
      (async () => {
        const answers: number[] = [];
        for (let n = 0; n < 40; n++) answers.push((await ask("submitter2")).status);
        return answers;
      })(),
    ]);
    const seconds = (performance.now() - began) / 1_000;
    const allowed = Math.min(3 * AT_ONCE, AT_ONCE + seconds * (BUDGET.requestsPerMinute / 60));
    const served = flooded.filter(({ status }) => status === 200).length;
    expect(Math.abs(served - allowed)).toBeLessThanOrEqual(allowed / 20 + 1);
    expect(neighbours).toEqual(Array.from({ length: 40 }, () => 200));
    const refused = flooded.find(({ status }) => status === 429);
    expect(refused?.body.errors[0]?.extensions).toMatchObject({ code: "RATE_LIMITED", limit: "requestsPerMinute", value: 600 });
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused?.headers.get("ratelimit-policy")).toBe('"requests";q=600;w=60');
  });

  it("is let in again after the time it was told", async () => {
    const refused = (await flood("team", 2 * AT_ONCE)).find(({ status }) => status === 429);
    await new Promise((resolve) => setTimeout(resolve, 1_000 * Number(refused?.headers.get("retry-after"))));
    expect((await ask("team")).status).toBe(200);
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
