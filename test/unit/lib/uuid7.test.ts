import { describe, expect, it } from "vitest";
import { createUuid7 } from "../../../src/lib/uuid7.ts";

describe("a UUID version 7", () => {
  it("has the time in front and the version and variant of RFC 9562", () => {
    const time = Date.UTC(2026, 0, 5, 10, 30);
    const id = createUuid7(() => time)();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(time);
  });

  it("is greater than the one before, also within a millisecond and when the clock goes back", () => {
    let reading = 0;
    const newId = createUuid7(() => 1_767_600_000_000 - Math.floor(reading++ / 1_000));
    const ids = Array.from({ length: 20_000 }, newId);
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
