/** Which row a standard is judged by: those that a site has recorded, and the shipped ones. */
import { SHIPPED_THRESHOLDS } from "./shipped-thresholds.ts";
import type { Threshold } from "./threshold.ts";

/** A row with how it came to be used: of the year itself, or of an earlier one for want of it. */
export interface ChosenThreshold extends Threshold {
  readonly isEarlier: boolean;
}

/**
 * The row of the year; where there is none, that of the latest year before. Of one year a site's rows come before the shipped ones.
 * @param recorded those of the site, the latest first
 */
export function chooseThreshold(
  recorded: readonly Threshold[],
  wanted: Pick<Threshold, "standard" | "nation" | "auditYear">,
): ChosenThreshold | null {
  let best: Threshold | null = null;
  for (const row of [...recorded, ...SHIPPED_THRESHOLDS]) {
    if (row.standard !== wanted.standard || row.nation !== wanted.nation || row.auditYear > wanted.auditYear) continue;
    if (best === null || row.auditYear > best.auditYear) best = row;
  }
  return best && { ...best, isEarlier: best.auditYear < wanted.auditYear };
}
