/** Counts that may leave the national side before there are cuts (assurance.md 4.1: 1 to 7 are not shown, the rest is rounded to five). */

const LARGEST_NOT_SHOWN = 7;
const ROUNDED_TO = 5;

/** Null: between one and seven. */
export function roundForDisclosure(count: number): number | null {
  if (count === 0) return 0;
  return count <= LARGEST_NOT_SHOWN ? null : Math.floor(count / ROUNDED_TO + 0.5) * ROUNDED_TO;
}
