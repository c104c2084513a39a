/**
 * The anchor of the chain: a file outside the database, one line for each time the head was written down. It is what shows that the end of
 * the chain was cut off. Copied to a place that the database's administrators cannot write, it binds them, too.
 */
import type { AuditKey, ChainHead } from "./chain.ts";

export interface AnchorLine extends ChainHead {
  /** ISO instant. */
  readonly at: string;
  /** Of the line and the signature of the line before it. */
  readonly signature: string;
}

/** Numbers of lines that are not what was written; the first is 1. */
export interface BadAnchorLine {
  readonly line: number;
}

const signatureOf = (key: AuditKey, { sequence, mac }: ChainHead, at: string, before: string): string =>
  key.mac("anchor", `${sequence}|${mac}|${at}|${before}`);

/** @param before the line before it; null: it is the first */
export const toAnchorLine = (key: AuditKey, head: ChainHead, at: string, before: AnchorLine | null): AnchorLine => ({
  sequence: head.sequence,
  mac: head.mac,
  at,
  signature: signatureOf(key, head, at, before?.signature ?? ""),
});

export const writeAnchorLine = ({ sequence, mac, at, signature }: AnchorLine): string =>
  `${JSON.stringify({ sequence, mac, at, signature })}\n`;

const isText = (value: unknown): value is string => typeof value === "string";

/** Null for a line that is none. */
function parseAnchorLine(text: string): AnchorLine | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { sequence, mac, at, signature }: { sequence?: unknown; mac?: unknown; at?: unknown; signature?: unknown } = value;
  if (typeof sequence !== "number" || !isText(mac) || !isText(at) || !isText(signature)) return null;
  return { sequence, mac, at, signature };
}

/** Every line checked against the one before it. @param text whole lines; @param before the signature before the first of them */
export function readAnchor(key: AuditKey, text: string, before = ""): readonly AnchorLine[] | BadAnchorLine {
  const lines: AnchorLine[] = [];
  for (const [position, written] of text.split("\n").slice(0, -1).entries()) {
    const line = parseAnchorLine(written);
    if (line === null || signatureOf(key, line, line.at, lines.at(-1)?.signature ?? before) !== line.signature)
      return { line: position + 1 };
    lines.push(line);
  }
  return lines;
}

/** The last line, checked against the one before it; null: there is none, `BROKEN`: it is not what was written. @param text the last two lines */
export function readAnchorEnd(key: AuditKey, text: string): AnchorLine | null | "BROKEN" {
  const [first = "", second = ""] = text.split("\n");
  const before = second === "" ? null : parseAnchorLine(first);
  if (second !== "" && before === null) return "BROKEN";
  const last = second === "" ? text : `${second}\n`;
  const lines = readAnchor(key, last, before?.signature);
  return "line" in lines ? "BROKEN" : (lines.at(-1) ?? null);
}
