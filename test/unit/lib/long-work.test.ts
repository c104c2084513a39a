import { expect, it } from "vitest";
import { LongWork } from "../../../src/lib/long-work.ts";

it.each([0, 1, 1_999, 2_000, 4_001, 9_000])("sorts %i items as an array does", async (length) => {
  const items = Array.from({ length }, (_, at) => (at * 7_919) % 10_007);
  const byValue = (one: number, other: number): number => one - other;
  expect(await new LongWork().sort(items, byValue)).toEqual(items.toSorted(byValue));
});
