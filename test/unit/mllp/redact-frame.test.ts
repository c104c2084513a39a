import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redactFrame } from "../../../src/sources/mllp/redact-frame.ts";

describe("the shape of a bad frame", () => {
  it("shows separators, control characters and the names of segments", () => {
    expect(redactFrame(Buffer.from("\vMSH|^~\\&|PAS|\rPID|1||9434765919^^^NHS\r"))).toBe(
      "<0B>MSH|^~\\&|xxx|<0D>PID|9||9999999999^^^xxx<0D>",
    );
  });

  it("takes three letters that are no segment for what they may be: a name", () => {
    expect(redactFrame(Buffer.from("LEE|ANN"))).toBe("xxx|xxx");
  });

  it("shows no letter and no digit of what was sent, whatever that was", () => {
    const lower = fc.string({ unit: fc.constantFrom("a", "b", "1", "2", "é", "|", "\r", "^"), maxLength: 500 });
    fc.assert(
      fc.property(lower, (text) => {
        const shape = redactFrame(Buffer.from(text, "latin1")).replace(/<[0-9A-F]{2}>/g, "");
        expect(shape).not.toMatch(/[a-wyz0-8A-Z]/);
      }),
    );
  });

  it("shows the first 400 bytes only", () => {
    expect(redactFrame(Buffer.alloc(5_000, "q"))).toBe(`${"x".repeat(400)}…`);
  });
});
