/** The position of a list in input order: opaque to the caller, the same wherever the list is read from. */
const INDEX = /^\d{1,9}$/;

export const toIndexCursor = (index: number): string => Buffer.from(String(index)).toString("base64url");

/** The index of the last row seen; null for a text that is no position of such a list. */
export function readIndexCursor(cursor: string): number | null {
  const text = Buffer.from(cursor, "base64url").toString();
  return INDEX.test(text) && toIndexCursor(Number(text)) === cursor ? Number(text) : null;
}
