/** Medians and quartiles, interpolated between neighbours, as PostgreSQL's `percentile_cont` does. */

export interface Quartiles {
  /** How many values. */
  readonly count: number;
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/** Null of no values. */
export function quartilesOf(values: readonly number[]): Quartiles | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  return { count: sorted.length, lower: at(sorted, 0.25), median: at(sorted, 0.5), upper: at(sorted, 0.75) };
}

export const medianOf = (values: readonly number[]): number | null => quartilesOf(values)?.median ?? null;

function at(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - below);
}
