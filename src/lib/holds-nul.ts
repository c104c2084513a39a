const NUL = "\u0000";

/** Whether any text of a JSON value, or a name in it, holds the character NUL, which the database can store in no text. */
export function holdsNul(value: unknown): boolean {
  if (typeof value === "string") return value.includes(NUL);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, member]) => name.includes(NUL) || holdsNul(member));
}
