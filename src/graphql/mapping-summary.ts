import { LIMITS } from "../lib/limits.ts";
import type { MappingSummaryLine } from "../records/submission-record.ts";
import type { MappingSummary } from "./types/submission-type.ts";

/** Adds the lines up and cuts them at the published limit; the sums are of all lines. */
export function toMappingSummary(all: readonly MappingSummaryLine[]): MappingSummary {
  const sums = { MAPPED: 0, DEFAULTED: 0, DROPPED: 0, UNMAPPED: 0 };
  for (const line of all) sums[line.result] += line.count;
  const lines = all.slice(0, LIMITS.mappingSummaryLines);
  const { MAPPED: mapped, DEFAULTED: defaulted, DROPPED: dropped, UNMAPPED: unmapped } = sums;
  return { mapped, defaulted, dropped, unmapped, lines, truncated: lines.length < all.length };
}
