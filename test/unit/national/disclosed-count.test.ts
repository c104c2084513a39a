import { describe, expect, it } from "vitest";
import { roundForDisclosure } from "../../../src/national/disclosed-count.ts";

describe("a count that may leave the national side", () => {
  it("is not shown from 1 to 7, and rounded to 5 beyond, as HES rounds", () => {
    expect([0, 1, 4, 5, 7, 8, 12, 13, 17, 18].map(roundForDisclosure)).toEqual([0, null, null, null, null, 10, 10, 15, 15, 20]);
  });
});
