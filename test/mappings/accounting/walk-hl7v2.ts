/** Every populated component of an HL7 v2 message, with its place as `messages[0].PID-3[2].1`. */
import type { SourceField } from "./find-unaccounted.ts";

export interface Hl7v2Walk {
  readonly fields: readonly SourceField[];
  readonly segments: ReadonlySet<string>;
}

/** MSH-1 and MSH-2 say how the rest is written. */
const FIRST_OF_MSH = 3;

/**
 * One message of ER7 text. `where`: the place of the message. Written again for this purpose, for sound messages only: what the mapping
 * refuses is accounted for by the refusal.
 */
export function walkHl7v2(text: string, where: string): Hl7v2Walk {
  const lines = text.split(/[\r\n]+/).filter((line) => /^[A-Z][A-Z0-9]{2}/.test(line));
  const separator = lines[0]?.charAt(3) ?? "|";
  const [component = "^", repetition = "~"] = lines[0]?.split(separator)[1] ?? "";
  const totals = new Map<string, number>();
  for (const line of lines) totals.set(line.slice(0, 3), (totals.get(line.slice(0, 3)) ?? 0) + 1);
  const seen = new Map<string, number>();
  const fields: SourceField[] = [];
  const segments = new Set<string>();
  for (const line of lines) {
    const name = line.slice(0, 3);
    const position = (seen.get(name) ?? 0) + 1;
    seen.set(name, position);
    const segment = `${where}.${name}${totals.get(name) === 1 ? "" : `[${position}]`}`;
    segments.add(segment);
    const cells = line.split(separator);
    if (name === "MSH") cells.splice(1, 0, separator);
    for (const [number, cell] of cells.entries()) {
      if (number === 0 || cell === "" || (name === "MSH" && number < FIRST_OF_MSH)) continue;
      fields.push(...walkField(cell, `${segment}-${number}`, segment, component, repetition));
    }
  }
  return { fields, segments };
}

function walkField(cell: string, field: string, segment: string, component: string, repetition: string): readonly SourceField[] {
  return cell.split(repetition).flatMap((content, index) => {
    const place = `${field}[${index + 1}]`;
    return content.split(component).flatMap((part, at): readonly SourceField[] => {
      if (part === "") return [];
      const numbered = `${place}.${at + 1}`;
      return [
        {
          expression: numbered,
          within: [`${field}.${at + 1}`, place, field, segment, segment.slice(0, segment.lastIndexOf("."))],
        },
      ];
    });
  });
}
