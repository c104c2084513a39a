/**
 * Positions of keyset pages, opaque to the caller: the sort key of the last row seen. A page stays what it is while rows are added
 * before it, which an offset would not.
 */
import { AGREEMENT_ID } from "../agreements/agreement.ts";
import { GatewayError } from "../errors/gateway-error.ts";
import type { Page } from "../submission/status-ports.ts";

const SEPARATOR = "|";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;
const INDEX = /^\d{1,9}$/;
const CODE = /^[A-Z0-9_-]{1,64}$/;
const ITEM = /^[A-Za-z][A-Za-z0-9]{0,59}$/;

const unknownCursor = (): GatewayError =>
  new GatewayError("BAD_USER_INPUT", "The cursor is not one this connection has given out.", { details: { path: "after" } });

/** Ids reach a query as text: one that is no UUID names nothing. */
export const isUuid = (text: string): boolean => UUID.test(text);

export const toCursor = (...parts: readonly (string | number)[]): string =>
  Buffer.from(parts.join(SEPARATOR)).toString("base64url");

/** The parts of a cursor, each of the given form. */
function readCursor(cursor: string, forms: readonly RegExp[]): readonly string[] {
  const text = Buffer.from(cursor, "base64url").toString();
  const parts = text.split(SEPARATOR);
  const wellFormed = parts.length === forms.length && forms.every((form, position) => form.test(parts[position] ?? ""));
  if (!wellFormed || toCursor(text) !== cursor) throw unknownCursor();
  return parts;
}

/** @throws GatewayError BAD_USER_INPUT, as the readers below */
export function readTimeAndId(cursor: string): { readonly time: string; readonly id: string } {
  const [time = "", id = ""] = readCursor(cursor, [INSTANT, UUID]);
  if (Number.isNaN(Date.parse(time))) throw unknownCursor();
  return { time, id };
}

/** Of agreements: a time and their id. */
export function readTimeAndAgreement(cursor: string): { readonly time: string; readonly id: string } {
  const [time = "", id = ""] = readCursor(cursor, [INSTANT, AGREEMENT_ID]);
  if (Number.isNaN(Date.parse(time))) throw unknownCursor();
  return { time, id };
}

export function readId(cursor: string): string {
  const [id = ""] = readCursor(cursor, [UUID]);
  return id;
}

/** Of a list by the codes of programmes. */
export function readCode(cursor: string): string {
  const [code = ""] = readCursor(cursor, [CODE]);
  return code;
}

export function readIndex(cursor: string): number {
  const [index = ""] = readCursor(cursor, [INDEX]);
  return Number(index);
}

export function readVersionAndField(cursor: string): { readonly version: number; readonly field: string } {
  const [version = "", field = ""] = readCursor(cursor, [INDEX, ITEM]);
  return { version: Number(version), field };
}

/** A page of the rows that were read: one more than asked for tells whether there is another page. */
export function toPage<T>(rows: readonly T[], first: number, totalCount: number, cursorOf: (row: T) => string): Page<T> {
  return {
    nodes: rows.slice(0, first).map((node) => ({ cursor: cursorOf(node), node })),
    hasNextPage: rows.length > first,
    totalCount,
  };
}
