/** The id by which a caller, our logs and our answers speak of one request. */
import { randomUUID } from "node:crypto";

const ACCEPTED = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;
/**
 * Ten digits standing alone, or written 3-3-4, could be an NHS number: such an id is replaced, so that it is neither echoed nor
 * logged. A UUID cannot look like it.
 */
const NHS_NUMBER_LIKE = /(?<!\d)\d{3}[._-]?\d{3}[._-]?\d{4}(?!\d)/;

/** The caller's id where it is well formed and cannot be an identifier, else a new one. */
export function chooseCorrelationId(sent: unknown): string {
  return typeof sent === "string" && ACCEPTED.test(sent) && !NHS_NUMBER_LIKE.test(sent) ? sent : randomUUID();
}
