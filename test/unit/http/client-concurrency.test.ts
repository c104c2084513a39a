import { describe, expect, it } from "vitest";
import { createClientConcurrency } from "../../../src/http/client-concurrency.ts";

describe("a client's places", () => {
  it("are exactly as many as there are, each given back once, and no other client's", () => {
    const concurrency = createClientConcurrency(2);
    const [first, second] = [concurrency.enter("a"), concurrency.enter("a")];
    expect([first === null, second === null, concurrency.enter("a")]).toEqual([false, false, null]);
    expect(concurrency.enter("b")).not.toBeNull();
    first?.();
    first?.();
    expect(concurrency.enter("a")).not.toBeNull();
    expect(concurrency.enter("a")).toBeNull();
  });
});
