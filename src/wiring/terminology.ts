/** Opens the code tables the mappings translate by, and says at the start what a site's own tables changed. */
import { overlaySiteTables, type SiteReport } from "../../mappings/concept-maps/site-tables.ts";
import { SHIPPED_TERMINOLOGY, type Terminology } from "../../mappings/concept-maps/terminology.ts";
import type { Logger } from "../observability/logger.ts";
import { loadSiteTables } from "../terminology/load-site-tables.ts";

/** Refused rows and contradictions that are named one by one. */
const MOST_NAMED = 20;
/** Reasons that are no matter of the site: nothing is to be mended. */
const EXPECTED: ReadonlySet<string> = new Set(["SHIPPED_MEANING_STANDS", "NOT_OF_THESE_MAPS"]);

/** Tables that contradict themselves; the start is refused. */
export class ContradictingTables extends Error {}

/** @throws SiteTablesError, ContradictingTables */
export async function openTerminology(codesDir: string | null, logger: Logger): Promise<Terminology> {
  if (codesDir === null) return SHIPPED_TERMINOLOGY;
  const { terminology, report } = overlaySiteTables(await loadSiteTables(codesDir));
  if (report.faults.length > 0) throw new ContradictingTables(report.faults.slice(0, MOST_NAMED).join("; "));
  logReport(report, terminology.siteVersion ?? "", logger);
  return terminology;
}

function logReport({ added, replaced, refused }: SiteReport, version: string, logger: Logger): void {
  for (const [system, count] of Object.entries(added)) logger.log("info", "codes-added", { operation: system, count, version });
  logger.log("info", "codes-replaced", { count: replaced.length, version });
  for (const code of replaced.slice(0, MOST_NAMED)) logger.log("info", "code-replaced", { code, version });
  for (const [reason, rows] of Map.groupBy(refused, (row) => row.reason)) {
    logger.log("info", "code-rows-without-effect", { reason, count: rows.length, version });
    if (EXPECTED.has(reason)) continue;
    for (const { place } of rows.slice(0, MOST_NAMED)) logger.log("warn", "code-row-refused", { reason, route: place, version });
  }
}
