import type { Value } from "../dataset/define.ts";

/** A stored value as text; a list of codes as the importer writes it, with `;`. */
export function toValueText(value: Value | null): string | null {
  if (value === null) return null;
  return typeof value === "object" ? value.join(";") : String(value);
}
