import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FrameEvent, FrameReader } from "../../../src/sources/mllp/frame-reader.ts";

const MOST = 1_000;
const bytesOf = (text: string): Buffer => Buffer.from(text, "latin1");
const framed = (content: string): string => `\v${content}\x1c\r`;

function readAll(chunks: readonly Buffer[], most = MOST): FrameEvent[] {
  const reader = new FrameReader(most);
  return [...chunks.flatMap((chunk) => [...reader.read(chunk)]), ...reader.end()];
}

const contentsOf = (events: readonly FrameEvent[]): string[] =>
  events.flatMap((event) => (event.kind === "FRAME" ? [event.content.toString("latin1")] : []));
const reasonsOf = (events: readonly FrameEvent[]): string[] =>
  events.flatMap((event) => (event.kind === "BAD" ? [event.reason] : []));

/** Cuts a text at any places, empty pieces included. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const at = [...places.map((place) => place % (text.length + 1)), 0, text.length].sort((a, b) => a - b);
  return at.slice(1).map((end, index) => bytesOf(text.slice(at[index], end)));
}

const CONTENT = fc.string({ unit: fc.constantFrom("M", "S", "|", "^", "\r", "x", "\xe9", " "), minLength: 0, maxLength: 60 });
const NOISE = fc.string({ unit: fc.constantFrom("x", "\r", "\n", "|", "\x1c"), minLength: 0, maxLength: 20 });

describe("the reader of frames", () => {
  it("gives every message once, in order, however its bytes are cut and whatever stands between the frames", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(NOISE, CONTENT), { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 40 }),
        (parts, places) => {
          const text = parts.map(([noise, content]) => noise + framed(content)).join("");
          expect(contentsOf(readAll(cut(text, places)))).toEqual(parts.map(([, content]) => content));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("says the same of any bytes at all, however they are cut", () => {
    const anything = fc.string({ unit: fc.constantFrom("\v", "\x1c", "\r", "x", "MSH|"), maxLength: 80 });
    const summary = (events: readonly FrameEvent[]) =>
      events.map((event) =>
        event.kind === "FRAME" ? event.content.toString() : [event.reason, event.bytes, event.head.toString()],
      );
    fc.assert(
      fc.property(anything, fc.array(fc.nat(), { maxLength: 30 }), (text, places) => {
        expect(summary(readAll(cut(text, places)))).toEqual(summary(readAll([bytesOf(text)])));
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes several frames of one packet apart, with and without the last carriage return", () => {
    expect(contentsOf(readAll([bytesOf(`${framed("one")}${framed("two")}\vthree\x1c\vfour\x1c\n`)]))).toEqual([
      "one",
      "two",
      "three",
      "four",
    ]);
  });

  it("goes on after noise, after a frame without an end, and after one without a beginning", () => {
    const events = readAll([
      bytesOf(`garbage${framed("one")}\vhalf a mess${framed("two")}MSH|no start\x1c\r${framed("three")}\vlost`),
    ]);
    expect(contentsOf(events)).toEqual(["one", "two", "three"]);
    expect(reasonsOf(events)).toEqual(["NOISE", "UNFINISHED", "NOISE", "UNFINISHED"]);
  });

  it("passes over a frame that is too long, keeps its beginning, and reads the next one", () => {
    const events = readAll([bytesOf(`\vMSH|^~\\&|${"x".repeat(5_000)}`), bytesOf(`${"y".repeat(5_000)}\x1c\r${framed("next")}`)]);
    expect(contentsOf(events)).toEqual(["next"]);
    const [oversized] = events;
    expect(oversized).toMatchObject({ kind: "BAD", reason: "OVERSIZED", bytes: 10_009 });
    expect(oversized?.kind === "BAD" && oversized.head.toString().startsWith("MSH|^~\\&|xxx")).toBe(true);
  });

  it("takes a message of exactly the longest length", () => {
    expect(contentsOf(readAll([bytesOf(framed("x".repeat(MOST)))]))).toEqual(["x".repeat(MOST)]);
    expect(reasonsOf(readAll([bytesOf(framed("x".repeat(MOST + 1)))]))).toEqual(["OVERSIZED"]);
  });

  it("reads a megabyte that comes byte by byte in time that grows with its length, not with the square of it", () => {
    const timeOf = (bytes: number): number => {
      const reader = new FrameReader(2 ** 21);
      const [start, byte, end] = [bytesOf("\v"), bytesOf("x"), bytesOf("\x1c")];
      const began = performance.now();
      const events = [...reader.read(start)];
      for (let sent = 0; sent < bytes; sent++) for (const event of reader.read(byte)) events.push(event);
      events.push(...reader.read(end));
      expect(contentsOf(events)[0]).toHaveLength(bytes);
      return performance.now() - began;
    };
    timeOf(50_000);
    // Eight times the bytes: 64 times the time, if each byte moved those before it.
    expect(timeOf(800_000)).toBeLessThan(Math.max(50, timeOf(100_000)) * 30);
  });

  it("tells endless noise in pieces, without keeping it", () => {
    const events = readAll(Array.from({ length: 10 }, () => Buffer.alloc(65_536, "x")));
    expect(reasonsOf(events)).toHaveLength(10);
    expect(events.every((event) => event.kind === "BAD" && event.head.length <= 2_048)).toBe(true);
  });
});
