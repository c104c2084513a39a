/** The id by which a caller, our logs and our answers speak of one request. */
import { randomUUID } from "node:crypto";

const ACCEPTED = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;
/** The usual form; its hexadecimal digits may make a run of ten by chance, and mean nothing. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/**
 * Ten digits standing alone, or written 3-3-4, could be an NHS number: such an id is replaced, so that it is neither echoed nor
 * logged.
 */
const NHS_NUMBER_LIKE = /(?<!\d)(?:\d{10}|\d{3}[._-]\d{3}[._-]\d{4})(?!\d)/;

/** The caller's id where it is well formed and cannot be an identifier, else a new one. */
export function chooseCorrelationId(sent: unknown): string {
  const usable = typeof sent === "string" && ACCEPTED.test(sent) && (UUID.test(sent) || !NHS_NUMBER_LIKE.test(sent));
  return usable ? sent : randomUUID();
}
