/** Finds the text a person probably meant. The cost is bounded by the candidates, never by what was typed. */

/** A text shorter than this is near to everything, so nothing is offered for it. */
const SHORTEST_TEXT = 3;
const MAX_DISTANCE = 3;

/** Edits that still count as a slip: one in three letters, at most three. */
const allowedDistance = (length: number): number => (length < SHORTEST_TEXT ? 0 : Math.min(MAX_DISTANCE, Math.ceil(length / 4)));

/**
 * The candidate with the fewest edits (insert, delete, replace, swap of neighbours) from `text`, the first one where several are
 * equally near; null where none is near. Text much longer than every candidate costs one comparison of lengths per candidate.
 */
export function findNearest(text: string, candidates: Iterable<string>): string | null {
  let nearest: string | null = null;
  let limit = allowedDistance(text.length);
  if (limit === 0) return null;
  for (const candidate of candidates) {
    const distance = editDistance(text, candidate, limit);
    if (distance > limit) continue;
    nearest = candidate;
    limit = distance - 1;
    if (limit < 0) break;
  }
  return nearest;
}

/** Edit distance with swaps of neighbours, or `max + 1` as soon as it must be greater than `max`. */
export function editDistance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j += 1) {
      const cell = stepDistance(a, b, i, j, row, previous, beforePrevious);
      row.push(cell);
      if (cell < smallest) smallest = cell;
    }
    if (smallest > max) return max + 1;
    beforePrevious = previous;
    previous = row;
  }
  return Math.min(previous[b.length] ?? 0, max + 1);
}

function stepDistance(
  a: string,
  b: string,
  i: number,
  j: number,
  row: readonly number[],
  previous: readonly number[],
  beforePrevious: readonly number[],
): number {
  const at = (cells: readonly number[], index: number): number => cells[index] ?? Number.POSITIVE_INFINITY;
  const same = a[i - 1] === b[j - 1];
  const best = Math.min(at(previous, j) + 1, at(row, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return swapped ? Math.min(best, at(beforePrevious, j - 2) + 1) : best;
}
