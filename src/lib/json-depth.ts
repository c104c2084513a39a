/** JSON text may nest as deep as its length allows, and whoever walks it by recursion runs out of stack: so depth is a limit. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `{`, `]` and `}` differ in one bit. */
const BRACE_BIT = 0x20;
const OPENING = 0x7b;
const CLOSING = 0x7d;

/** Whether lists and objects stand in one another more than `most` deep. The bytes need not be well-formed JSON. */
export function isNestedDeeper(json: Uint8Array, most: number): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) inText = !inText;
    else if (inText) {
      // What is escaped ends no text.
      if (byte === BACKSLASH) at++;
    } else if ((byte | BRACE_BIT) === OPENING) {
      if (++depth > most) return true;
    } else if ((byte | BRACE_BIT) === CLOSING) depth--;
  }
  return false;
}
