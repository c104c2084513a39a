import { describe, expect, it } from "vitest";
import { GatewayError } from "../../../src/errors/gateway-error.ts";
import type { SubmissionService, SubmitCommand } from "../../../src/submission/commands.ts";
import {
  LARGE_FROM_CHARACTERS,
  LARGE_FROM_ENTRIES,
  limitLargeSubmissions,
} from "../../../src/submission/limit-large-submissions.ts";
import { headerOf } from "../graphql/fake-deps.ts";

const LIMITS = { inWork: 2, waiting: 3 };

const commandOf = (payload: unknown): SubmitCommand => ({
  actor: { clientId: "client", role: "SUBMITTER", ods: "RAA", programmes: ["P1"], scopes: [] },
  channel: "RECORDS",
  options: {
    idempotencyKey: "key",
    programmeCode: "P1",
    sourceSystem: { vendor: "Vendor", product: "Product", version: "1" },
    datasetVersion: "gw-1.0",
    mode: "COMMIT",
    errorPolicy: "REJECT_FAILED",
  },
  payload,
  profile: null,
});
const LARGE = new Array(LARGE_FROM_ENTRIES).fill({});
const SMALL = LARGE.slice(1);

/** A service whose submissions end when the test says so, in the order they were begun. */
function heldService() {
  const begun: { readonly finish: () => void; readonly fail: (error: Error) => void }[] = [];
  const service: SubmissionService = {
    submit: () =>
      new Promise((resolve, reject) =>
        begun.push({ finish: () => resolve({ header: headerOf(), replayed: false, results: [] }), fail: reject }),
      ),
  };
  return { service, begun };
}

/** Lets every promise that can go on do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("large submissions", () => {
  it("are worked on two at a time, the others in the order they came", async () => {
    const { service, begun } = heldService();
    const limited = limitLargeSubmissions(service, LIMITS);
    const done: number[] = [];
    for (const number of [1, 2, 3, 4]) void limited.submit(commandOf(LARGE)).then(() => done.push(number));
    await settle();
    expect(begun).toHaveLength(2);
    begun[1]?.finish();
    await settle();
    expect(done).toEqual([2]);
    expect(begun).toHaveLength(3);
    for (const position of [0, 2, 3]) {
      begun[position]?.finish();
      await settle();
    }
    expect(done).toEqual([2, 1, 3, 4]);
  });

  it("are refused as OVERLOADED, to be sent again, when the queue is full", async () => {
    const { service, begun } = heldService();
    const limited = limitLargeSubmissions(service, LIMITS);
    const accepted = Array.from({ length: 5 }, () => limited.submit(commandOf(LARGE)));
    const refusal = await limited.submit(commandOf(LARGE)).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(GatewayError);
    expect(refusal).toMatchObject({ code: "OVERLOADED", retryable: true, retryAfterSeconds: 2 });
    for (let finished = 0; finished < accepted.length; finished++) {
      begun[finished]?.finish();
      await settle();
    }
    await expect(Promise.all(accepted)).resolves.toHaveLength(5);
  });

  it("give their place back when they fail", async () => {
    const { service, begun } = heldService();
    const limited = limitLargeSubmissions(service, { inWork: 1, waiting: 0 });
    const failing = limited.submit(commandOf(LARGE));
    await settle();
    begun[0]?.fail(new Error("the database is gone"));
    await expect(failing).rejects.toThrow("the database is gone");
    void limited.submit(commandOf(LARGE));
    await settle();
    expect(begun).toHaveLength(2);
  });
});

describe("a submission", () => {
  const isWorkedOnBesideALargeOne = async (payload: unknown): Promise<boolean> => {
    const { service, begun } = heldService();
    const limited = limitLargeSubmissions(service, { inWork: 1, waiting: 1 });
    void limited.submit(commandOf(LARGE));
    void limited.submit(commandOf(payload));
    await settle();
    return begun.length === 2;
  };

  it("is large by its number of patients, resources or messages, or by the length of its text", async () => {
    expect(await isWorkedOnBesideALargeOne(LARGE)).toBe(false);
    expect(await isWorkedOnBesideALargeOne({ resourceType: "Bundle", entry: LARGE })).toBe(false);
    expect(await isWorkedOnBesideALargeOne("x".repeat(LARGE_FROM_CHARACTERS))).toBe(false);
  });

  it("never waits when it is small, whatever its form", async () => {
    for (const payload of [SMALL, { resourceType: "Bundle", entry: SMALL }, { resourceType: "Patient" }, "<Bundle/>", null])
      expect(await isWorkedOnBesideALargeOne(payload)).toBe(true);
  });
});
