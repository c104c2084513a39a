/** Which journeys of a cut an extract is of: those that the agreement names, of the period, and of nobody who is withheld now. */
import type { Permission } from "../../agreements/judge-use.ts";
import { LongWork } from "../../lib/long-work.ts";
import { auditYearOf } from "../cube/coded-journeys.ts";
import type { CutJourney } from "../cut-journey.ts";
import type { CutRows } from "../cuts/cut-ports.ts";
import { type ExtractPeriod, isWithin } from "./extract-period.ts";

export interface Selection {
  readonly cutId: string;
  readonly period: ExtractPeriod;
  /** What is not known of a journey, its nation, is in no agreement. */
  readonly rows: Permission["rows"];
  /** National pseudonyms. */
  readonly withheld: ReadonlySet<string>;
}

export async function* selectJourneys(
  cutRows: CutRows,
  { cutId, period, rows, withheld }: Selection,
): AsyncGenerator<CutJourney> {
  const [nations, eventGroups] = [new Set<string>(rows.nations), new Set<string>(rows.eventGroups)];
  if (!rows.years.includes(period.auditYear)) return;
  const work = new LongWork();
  for await (const journey of cutRows.journeys(cutId, period.auditYear)) {
    await work.giveWay();
    const { nation, eventGroup, eventMonth, pseudonym } = journey.row;
    const isAgreed = nation !== null && nations.has(nation) && eventGroup !== null && eventGroups.has(eventGroup);
    const isAsked = auditYearOf(eventMonth) === period.auditYear && isWithin(period, eventMonth);
    if (isAgreed && isAsked && !withheld.has(pseudonym)) yield journey;
  }
}
