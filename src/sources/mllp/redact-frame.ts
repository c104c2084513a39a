/** The shape of bytes that were no frame: enough to see what a sender does wrong, and nothing of what it sent. */

/** Segments by which the beginning of a line is recognised; any other three letters could be somebody's name. */
const SEGMENTS: ReadonlySet<string> = new Set(
  "MSH EVN PID PD1 NK1 PV1 PV2 OBR OBX ORC DG1 PR1 MRG AL1 GT1 IN1 NTE RF1 PRD SCH AIG AIL AIP FHS BHS BTS FTS MSA ERR".split(
    " ",
  ),
);
const MOST_BYTES = 400;
const LINE_START = /(?<=^|[\r\n\v])([A-Z][A-Z0-9]{2})(?=[|])/g;

/** Letters become `x`, digits `9`; separators stay; control characters and bytes beyond ASCII are shown as `<0D>`. */
export function redactFrame(head: Buffer): string {
  const text = head.subarray(0, MOST_BYTES).toString("latin1");
  const kept = new Set(
    [...text.matchAll(LINE_START)].filter(([name]) => SEGMENTS.has(name)).flatMap(({ index }) => [index, index + 1, index + 2]),
  );
  let shape = "";
  for (let at = 0; at < text.length; at++) shape += kept.has(at) ? text.charAt(at) : redact(text.charAt(at));
  return head.length > MOST_BYTES ? `${shape}…` : shape;
}

function redact(character: string): string {
  if (/[A-Za-z]/.test(character)) return "x";
  if (/\d/.test(character)) return "9";
  if (/[ -~]/.test(character)) return character;
  return `<${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}>`;
}
