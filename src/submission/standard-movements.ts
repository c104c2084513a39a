/**
 * The certification standards that a submission moves: the rehabilitations of the sending programme that it touches, before and after.
 * What the working set lacks is read, at most once for each record type, and only where a touched row can matter.
 */
import type { StandardMovement } from "../records/standard-movement.ts";
import type { RehabilitationFacts } from "../standards/contributions.ts";
import { listMovements } from "../standards/movements.ts";
import { STANDARD_ITEMS } from "../standards/standards-data.ts";
import { changesAny, isThere, type Moment, textAt, valueAt } from "./item-values.ts";
import type { WorkingRow } from "./working-row.ts";
import type { WorkingSet } from "./working-set.ts";

/** To be asked once all entries are settled and nothing is held. */
export async function foreseeStandards(set: WorkingSet): Promise<readonly StandardMovement[]> {
  const touched = set.all.filter((row) => changesAny(row, STANDARD_ITEMS[row.type.name] ?? []));
  if (touched.length === 0) return [];
  const rehabilitations = await findRehabilitations(touched, set);
  // Which year an assessment counts in, if in any, is decided by the core start.
  await set.loadChildren("ASSESSMENT", new Set([...rehabilitations].filter((row) => changesAny(row, ["coreStartDate"]))));
  return listMovements([...rehabilitations].map((row) => ({ before: factsAt(row, "BEFORE"), after: factsAt(row, "AFTER") })));
}

/** Those of the sending programme that a touched row belongs to, or that belong to it. */
async function findRehabilitations(touched: readonly WorkingRow[], set: WorkingSet): Promise<ReadonlySet<WorkingRow>> {
  const events = new Set<WorkingRow>();
  const rehabilitations = new Set<WorkingRow>();
  for (const row of touched) {
    const owner = row.type.name === "TREATMENT" || row.type.name === "ASSESSMENT" ? row.parent : row;
    if (owner?.type.name === "INITIATING_EVENT") events.add(owner);
    else if (owner !== null) rehabilitations.add(owner);
  }
  await set.loadChildren("REHABILITATION", events);
  for (const event of events) for (const row of event.children("REHABILITATION")) rehabilitations.add(row);
  const { programmeCode } = set.context;
  return new Set([...rehabilitations].filter((row) => row.programmeCode === programmeCode));
}

function factsAt(row: WorkingRow, moment: Moment): RehabilitationFacts | null {
  const event = row.parent;
  if (event === null || !isThere(row, moment)) return null;
  return {
    eventType: textAt(event, "eventType", moment),
    eventReferralDate: textAt(event, "referralDate", moment),
    treatmentTypes: event.children("TREATMENT").flatMap((treatment) => textAt(treatment, "type", moment) ?? []),
    referralDate: textAt(row, "referralDate", moment),
    coreStartDate: textAt(row, "coreStartDate", moment),
    coreEndDate: textAt(row, "coreEndDate", moment),
    assessments: row.children("ASSESSMENT").flatMap((assessment) => {
      const number = valueAt(assessment, "number", moment);
      return typeof number === "number" ? [{ number, date: textAt(assessment, "date", moment) }] : [];
    }),
  };
}
