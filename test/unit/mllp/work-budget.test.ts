import { describe, expect, it } from "vitest";
import { createWorkBudget } from "../../../src/sources/mllp/work-budget.ts";

const SHARE = 65_536;

describe("the budget of work in hand", () => {
  it("lets in what fits, and the rest in turn as shares are given back", async () => {
    const budget = createWorkBudget(2 * SHARE);
    const entered: number[] = [];
    const enter = async (number: number, bytes: number) => {
      const release = await budget.take(bytes);
      entered.push(number);
      return release;
    };
    const first = await enter(1, 10);
    const second = await enter(2, 10);
    const large = enter(3, 2 * SHARE);
    const small = enter(4, 10);
    first();
    await Promise.resolve();
    expect(entered).toEqual([1, 2]);
    second();
    const releaseLarge = await large;
    expect(entered).toEqual([1, 2, 3]);
    releaseLarge();
    (await small)();
    expect(entered).toEqual([1, 2, 3, 4]);
  });

  it("lets a message in alone that is larger than all of it", async () => {
    const budget = createWorkBudget(SHARE);
    (await budget.take(10 * SHARE))();
    await expect(budget.take(1)).resolves.toBeTypeOf("function");
  });
});
