import { describe, expect, it } from "vitest";
import { waitAfter } from "../../../src/webhooks/back-off.ts";

const BACK_OFF = { firstMs: 2_000, mostMs: 3_600_000, attempts: 20 };

describe("the wait after a failed attempt", () => {
  it("may be twice as long each time, up to an hour", () => {
    const longest = [1, 2, 3, 11, 12, 19].map((failed) => waitAfter(BACK_OFF, failed, 1));
    expect(longest).toEqual([2_000, 4_000, 8_000, 2_048_000, 3_600_000, 3_600_000]);
  });

  it("is anything up to that, so that senders do not come back together", () => {
    expect([0, 0.25, 0.5].map((random) => waitAfter(BACK_OFF, 3, random))).toEqual([0, 2_000, 4_000]);
  });

  it("ends with the last attempt", () => {
    expect([19, 20, 21].map((failed) => waitAfter(BACK_OFF, failed, 0.5) === null)).toEqual([false, true, true]);
  });
});
