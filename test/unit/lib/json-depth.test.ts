import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isNestedDeeper } from "../../../src/lib/json-depth.ts";

const deeper = (text: string, most: number): boolean => isNestedDeeper(Buffer.from(text), most);

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe("the depth of JSON", () => {
  it("is that of its lists and objects, for any value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const depth = depthOf(value);
        const text = JSON.stringify(value, null, 1);
        expect(deeper(text, depth)).toBe(false);
        if (depth > 0) expect(deeper(text, depth - 1)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ["brackets in a text", '["[[[[[[{{{{"]', 1],
    ["an escaped quotation mark", '["\\"[[[["]', 1],
    ["an escaped backslash at the end of a text", '["\\\\",["\\\\"]]', 2],
    ["the other escape of a quotation mark", '["\\u0022[[[["]', 1],
    ["siblings", "[[],[],[],[]]", 2],
  ])("counts right with %s", (_name, text, depth) => {
    expect([deeper(text, depth), deeper(text, depth - 1)]).toEqual([false, true]);
  });

  it("of a text that is no JSON is found without fault", () => {
    for (const text of ["", '"', "\\", "]]]]", '"[[[[', "[[[[", '{"a":"\\']) expect(typeof deeper(text, 3)).toBe("boolean");
    expect(deeper("[[[[", 3)).toBe(true);
  });
});
