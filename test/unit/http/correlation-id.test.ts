import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { chooseCorrelationId } from "../../../src/http/correlation-id.ts";

const NEW = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("a correlation id that was sent", () => {
  it.each(["visit-2026-03-02.a", "abcdefgh", "A_b.c-d9", "x".repeat(64), "12345678", "12345678901", "req-20260302093000"])(
    "%s is kept",
    (sent) => {
      expect(chooseCorrelationId(sent)).toBe(sent);
    },
  );

  it("is kept where it is any UUID, whatever its digits", () => {
    for (let i = 0; i < 2_000; i++) {
      const id = randomUUID();
      expect(chooseCorrelationId(id)).toBe(id);
    }
    expect(chooseCorrelationId("12345678-1234-4234-8234-123456789012")).toBe("12345678-1234-4234-8234-123456789012");
  });

  it.each<readonly [string, unknown]>([
    ["none", undefined],
    ["too short", "abc"],
    ["too long", "x".repeat(65)],
    ["of other characters", "a b c d e f g h"],
    ["a header's end", "abcdefgh\r\nX: y"],
    ["one that begins with a dot", ".abcdefgh"],
    ["sent twice", ["abcdefgh", "abcdefgh"]],
    ["an NHS number", "9434765919"],
    ["an NHS number in a text", "nhs-9434765919-x"],
    ["an NHS number as it is printed, with hyphens", "943-476-5919"],
    ["an NHS number with dots, in a text", "visit.943.476.5919"],
  ])("is replaced where it is %s", (_name, sent) => {
    expect(chooseCorrelationId(sent)).toMatch(NEW);
  });
});
