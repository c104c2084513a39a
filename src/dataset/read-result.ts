/** What reading one raw value gives: its dataset value, or what is wrong with it. Problems are values; nothing here throws for data. */
import type { StatusMark, Value } from "./define.ts";

/** A finding about one value, before it is known which record it belongs to and how grave it is there. */
export interface Problem {
  /** A code of the issue catalogue. */
  readonly code: string;
  /** Limits and units for the catalogue text; never the value that was sent. */
  readonly params?: Readonly<Record<string, string | number>>;
  /** The nearest valid text, where one is near; never for an identifying item. */
  readonly suggestion?: string;
}

/**
 * `problem` null: the value was read, or (value null too) nothing was stated, or an open list left it out with a warning.
 * `problem` set: `value` is null and the value cannot be used.
 */
export interface ReadResult {
  readonly value: Value | null;
  readonly problem: Problem | null;
  readonly warnings: readonly Problem[];
}

/** Reads one raw value of an item; `today` is the UK calendar date that "in the future" is judged by. */
export type ValueReader = (raw: unknown, today: string) => ReadResult;

/** Reads what is stated: text trimmed and not empty, or a number or boolean of JSON. */
export type ScalarReader = (raw: string | number | boolean, today: string) => ReadResult;

const NO_WARNINGS: readonly Problem[] = [];

/** The sender said nothing about the item. */
export const ABSENT: ReadResult = { value: null, problem: null, warnings: NO_WARNINGS };

/** The value cannot be read as its kind. */
export const FORMAT_INVALID: ReadResult = toProblem("FORMAT_INVALID");

/** A value that was read, with what is odd about it. */
export function toValue(value: Value, warnings: readonly Problem[] = NO_WARNINGS): ReadResult {
  return { value, problem: null, warnings };
}

/** A value that cannot be used. */
export function toProblem(code: string, params?: Problem["params"], suggestion?: string): ReadResult {
  return { value: null, problem: describeProblem(code, params, suggestion), warnings: NO_WARNINGS };
}

/** A value that is left out without harm to its record: only a warning remains of it. */
export function toLeftOut(warning: Problem): ReadResult {
  return { value: null, problem: null, warnings: [warning] };
}

/** A problem without empty members, so that it can be compared and stored as it stands. */
export function describeProblem(code: string, params?: Problem["params"], suggestion?: string): Problem {
  return { code, ...(params === undefined ? {} : { params }), ...(suggestion === undefined ? {} : { suggestion }) };
}

/** A list, limit or pattern that no source confirms: it warns, and never rejects a record. */
export const isUnconfirmed = (status: StatusMark): boolean => status === "R" || status === "W" || status === "U";
