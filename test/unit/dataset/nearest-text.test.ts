import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldText } from "../../../src/lib/fold-text.ts";
import { editDistance, findNearest } from "../../../src/lib/nearest-text.ts";

/** The textbook definition, without bounds: what the bounded one is compared with. */
function slowDistance(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length;
  const same = a.at(-1) === b.at(-1);
  const options = [
    slowDistance(a.slice(0, -1), b) + 1,
    slowDistance(a, b.slice(0, -1)) + 1,
    slowDistance(a.slice(0, -1), b.slice(0, -1)) + (same ? 0 : 1),
  ];
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)) {
    options.push(slowDistance(a.slice(0, -2), b.slice(0, -2)) + 1);
  }
  return Math.min(...options);
}

const shortText = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });

describe("nearest text", () => {
  it("agrees with the textbook distance up to its bound, and says so beyond it", () => {
    fc.assert(
      fc.property(shortText, shortText, fc.nat(5), (a, b, max) => {
        expect(editDistance(a, b, max)).toBe(Math.min(slowDistance(a, b), max + 1));
      }),
    );
  });

  it("offers what was probably meant", () => {
    const labels = ["mistemi", "minstemi", "unstableangina", "heartfailure"];
    expect(findNearest("mistem", labels)).toBe("mistemi");
    expect(findNearest("heratfailure", labels)).toBe("heartfailure");
    expect(findNearest("unstabelangena", labels)).toBe("unstableangina");
  });

  it("offers nothing for what is near to nothing, or too short to be near", () => {
    expect(findNearest("brokenheart", ["heartfailure", "angina"])).toBeNull();
    expect(findNearest("x", ["no", "x1"])).toBeNull();
  });

  it("spends nothing on long garbage", () => {
    const garbage = "z".repeat(5_000_000);
    const started = performance.now();
    for (let i = 0; i < 1000; i += 1) findNearest(garbage, ["heartfailure", "angina"]);
    expect(performance.now() - started).toBeLessThan(50);
  });

  it("folds case, spacing and punctuation away, and folding again changes nothing", () => {
    expect(foldText(" White / Black-Caribbean ")).toBe("whiteblackcaribbean");
    fc.assert(
      fc.property(fc.string({ unit: "binary-ascii" }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
    );
  });
});
