/** What the figures that a cut stands at leave possible of the counts behind them. */
import { CUBE_RULES, leastOfShownOrganisation } from "../cube/disclosure-rules.ts";
import type { KnownCounts } from "../cube/primary-rules.ts";
import type { Standing } from "./cube-ledger.ts";
import { countsBehind, FRESHNESS, ORIGIN } from "./settle-cell.ts";

export function knownCounts({ figures, origins, freshness, added, taken }: Standing): KnownCounts {
  const least = new Int32Array(figures.length);
  const most = new Int32Array(figures.length);
  for (const [cell, figure] of figures.entries()) {
    [least[cell], most[cell]] = countsBehind({
      figure,
      origin: origins[cell] ?? ORIGIN.FIGURE,
      freshness: freshness[cell] ?? FRESHNESS.HELD,
      added: added[cell] ?? 0,
      taken: taken[cell] ?? 0,
    });
  }
  const [leastOfOrganisation] = countsBehind(heldTotal(SHOWN_TOTAL));
  const [, mostOfSmallOrganisation] = countsBehind(heldTotal(SHOWN_TOTAL - CUBE_RULES.roundTo));
  return { least, most, freshness, leastOfOrganisation, mostOfSmallOrganisation };
}

/** The smallest total that an organisation is shown with. */
const SHOWN_TOTAL = leastOfShownOrganisation(CUBE_RULES) + Math.floor(CUBE_RULES.roundTo / 2);
const heldTotal = (figure: number) => ({ figure, origin: ORIGIN.SMALL, freshness: FRESHNESS.HELD, added: 0, taken: 0 });
