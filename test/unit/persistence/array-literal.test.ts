import { describe, expect, it } from "vitest";
import { toArrayLiteral, toColumnLiteral } from "../../../src/persistence/sql/array-literal.ts";

describe("an array literal", () => {
  it("writes plain text as it stands", () => {
    expect(toArrayLiteral(["MI_STEMI", "2024-05-01", "2024-05-01T10:00:00.000Z", "a+b", "1:2"])).toBe(
      "{MI_STEMI,2024-05-01,2024-05-01T10:00:00.000Z,a+b,1:2}",
    );
  });

  it("quotes text that would mean something else: nothing, null, a separator, a brace, a line", () => {
    expect(toArrayLiteral(["", "NULL", "null", "a,b", "{a}", " a", "a\n"])).toBe('{"","NULL","null","a,b","{a}"," a","a\n"}');
    expect(toArrayLiteral(["Ångström", "NULLA"])).toBe('{"Ångström",NULLA}');
  });

  it("escapes quotes and backslashes", () => {
    expect(toArrayLiteral(['say "so"', "a\\b"])).toBe('{"say \\"so\\"","a\\\\b"}');
  });

  it("writes null, numbers, truth values, bytes and lists", () => {
    expect(toArrayLiteral([null, 1.5, true, false, Uint8Array.of(0, 255)])).toBe('{NULL,1.5,t,f,"\\\\x00ff"}');
    expect(toArrayLiteral([["A", "B C"], []])).toBe('{"{A,\\"B C\\"}","{}"}');
  });

  it("is the same for a column of rows", () => {
    const rows = [{ code: "A" }, { code: null }, { code: "B,C" }];
    expect(toColumnLiteral(rows, (row) => row.code)).toBe(toArrayLiteral(rows.map((row) => row.code)));
  });
});
