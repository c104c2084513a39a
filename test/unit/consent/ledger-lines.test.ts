import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { LedgerEntry } from "../../../src/consent/objection-ports.ts";
import { foldEntries, readLines, renderLines } from "../../../src/persistence/ledger-lines.ts";

const mac = (text: string): string => createHmac("sha256", "key").update(text).digest("hex");

const entry = (id: string, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  id,
  ods: "R1",
  patientId: null,
  scope: "NATIONAL",
  origin: "STATED",
  statedOn: null,
  recordedAt: "2026-06-30T09:00:00.000Z",
  recordedBy: "team",
  recordedRole: "CLINICAL_TEAM",
  subjects: [{ kind: "NHS", digest: "ab" }],
  carriedOutAt: null,
  certificateId: null,
  withdrawnAt: null,
  withdrawnBy: null,
  ...more,
});

const withdrawn = { withdrawnAt: "2026-07-01T09:00:00.000Z", withdrawnBy: "team", subjects: [] };

describe("the ledger of objections", () => {
  it("gives back what was added, line by line", () => {
    const text = renderLines([entry("a"), entry("b")], mac) + renderLines([entry("a", withdrawn)], mac);
    expect(readLines(text, mac)).toEqual([entry("a"), entry("b"), entry("a", withdrawn)]);
  });

  it("leaves out what a process was writing when it died, wherever it stopped", () => {
    const whole = renderLines([entry("a")], mac);
    const torn = renderLines([entry("b")], mac);
    const next = renderLines([entry("c")], mac);
    for (let end = 0; end < torn.length - 1; end++)
      expect(readLines(whole + torn.slice(0, end) + next, mac)).toEqual([entry("a"), entry("c")]);
  });

  it("is refused where a line was altered, or written under another key", () => {
    const text = renderLines([entry("a")], mac);
    expect(() => readLines(text.replace("NATIONAL", "NATIONAX"), mac)).toThrow(/line 2 .* altered/);
    expect(() => readLines(text, (line) => mac(`${line}x`))).toThrow(/altered/);
  });

  it("holds an objection withdrawn once it was, in whatever order its lines stand", () => {
    const lines = [entry("a"), entry("a", withdrawn), entry("a", { certificateId: "c" })];
    for (const order of [lines, lines.toReversed(), [lines[1], lines[2], lines[0]].flatMap((line) => line ?? [])])
      expect(foldEntries(order)).toEqual([entry("a", { ...withdrawn, certificateId: "c" })]);
  });
});
