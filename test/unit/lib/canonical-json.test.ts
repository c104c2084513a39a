import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../src/lib/canonical-json.ts";

describe("canonical JSON", () => {
  it("is one text for equal inputs, whatever the order of their members", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "x" }], a: true })).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}');
    expect(canonicalJson({ a: true, b: [1, { c: "x", d: null }] })).toBe(canonicalJson({ b: [1, { d: null, c: "x" }], a: true }));
  });

  it("orders each of many records by its own names, however alike they are", () => {
    const alike = [{ a: 1, c: 2, b: 3 }, { a: 1, d: 2, b: 3 }, { a: 1, c: 2, b: 3 }, { a: 1, b: 3, d: 2 }, {}, { "": 1 }];
    const each = alike.map((record) => canonicalJson(record));
    expect(canonicalJson(alike)).toBe(`[${each.join(",")}]`);
    expect(each[1]).toBe('{"a":1,"b":3,"d":2}');
  });

  it("differs where inputs differ (control)", () => {
    const texts = [{ a: 1 }, { a: "1" }, { a: [1] }, { b: 1 }, [1], [2], [1, 2], {}, [], null].map((value) =>
      canonicalJson(value),
    );
    expect(new Set(texts).size).toBe(texts.length);
  });

  it("keeps a member named like an object's own machinery", () => {
    expect(canonicalJson(JSON.parse('{"__proto__":{"x":1},"10":2,"9":3}'))).toBe('{"9":3,"10":2,"__proto__":{"x":1}}');
  });

  it("says what JSON says of values it has no word for", () => {
    const value = { absent: undefined, date: Number.NaN, list: [undefined] };
    expect(canonicalJson(value)).toBe(JSON.stringify(value));
  });
});
