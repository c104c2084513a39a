/** What people write into requests and decisions: bounded, printable, and without what looks like an NHS number. */
import { GatewayError } from "../errors/gateway-error.ts";

/** Longest texts in characters. */
export const TEXT_LENGTHS = { name: 200, evidence: 2_000, reason: 500, issuer: 500, subject: 255 } as const;
export type TextName = keyof typeof TEXT_LENGTHS;

/** Half a character, too: no JSON that the database takes holds one. */
const CONTROL = /[\p{Cc}\p{Cs}]/u;
/** Ten digits by themselves, in one piece or in groups of three, three and four. */
const LIKE_NHS_NUMBER = /(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)/;
export const isLikeNhsNumber = (text: string): boolean => LIKE_NHS_NUMBER.test(text);
const ODS_CODE = /^[A-Z0-9]{3,9}$/;
const PROGRAMME_CODE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/;

const refuse = (path: string, message: string): GatewayError =>
  new GatewayError("BAD_USER_INPUT", message, { details: { path } });

/** @throws GatewayError BAD_USER_INPUT, as all here */
export function readText(name: TextName, text: string): string {
  const read = text.trim();
  const most = TEXT_LENGTHS[name];
  if (read === "" || [...read].length > most) throw refuse(name, `\`${name}\` must have 1 to ${most} characters.`);
  if (CONTROL.test(name === "evidence" || name === "reason" ? read.replace(/[\r\n\t]/g, " ") : read))
    throw refuse(name, `\`${name}\` must not hold control characters.`);
  return read;
}

/** A text for people to read. No patient belongs into it. */
export function readProse(name: "name" | "evidence" | "reason", text: string): string {
  const read = readText(name, text);
  if (isLikeNhsNumber(read)) throw refuse(name, `\`${name}\` holds ten digits, as an NHS number has: name no patient.`);
  return read;
}

export function readOdsCode(text: string): string {
  if (!ODS_CODE.test(text)) throw refuse("odsCode", "An ODS code has 3 to 9 capital letters and digits.");
  return text;
}

/** Null: all. An empty list would be a registration for nothing. */
export function readProgrammes(codes: readonly string[] | null): readonly string[] | null {
  if (codes === null) return null;
  const read = [...new Set(codes)];
  if (read.length === 0 || read.length > 100 || !read.every((code) => PROGRAMME_CODE.test(code)))
    throw refuse("programmes", "`programmes` names 1 to 100 programme codes.");
  return read;
}
