/** Percentages: of published figures, so they tell nothing that these do not (assurance.md 4.3.4). */
import { isOrganisation, type Level } from "./dimensions.ts";
import { CUBE_RULES, leastOf } from "./disclosure-rules.ts";

/**
 * Whole percent of the whole, half up. Null where a figure or the rest is withheld, or the whole is too few: of an organisation fewer than
 * 25 for certain not, as the rule of small organisations has it. Figures are rounded, so a part may be shown as more than its whole: then
 * null, too.
 */
export function percentOf(part: number | null, whole: number | null, level: Level): number | null {
  if (part === null || whole === null || part > whole) return null;
  const least = isOrganisation(level) ? CUBE_RULES.minOfOrganisation : CUBE_RULES.withheldTo + 1;
  if (whole - part <= CUBE_RULES.withheldTo || leastOf(whole, CUBE_RULES) < least) return null;
  return Math.floor((part / whole) * 100 + 0.5);
}
