/** What the accepted entries mean for whose records are whose: merges, merges taken back, NHS numbers that were superseded. */
import type { Entry } from "./entry.ts";
import { settledLead } from "./patient-family.ts";
import { identityOf } from "./patient-identity.ts";
import type { IdentityLinks } from "./ports.ts";
import type { WorkingRow } from "./working-row.ts";
import type { WorkingSet } from "./working-set.ts";

/** A patient that leads to another one than is stored. */
interface Lead {
  readonly id: string;
  readonly before: string | null;
  readonly after: string | null;
}

export function collectIdentityLinks(entries: readonly Entry[], set: WorkingSet): IdentityLinks | undefined {
  const leads = changedLeads(set);
  const formerNumbers = entries.flatMap((entry) => formerNumberOf(entry));
  if (leads.length + formerNumbers.length === 0) return undefined;
  return {
    merges: leads.flatMap(({ id, after }) => (after === null ? [] : [{ patientId: id, mergedInto: after }])),
    partings: leads.flatMap(({ id, before }) => (before === null ? [] : [id])),
    formerNumbers,
  };
}

/** Stored patients whose records are another one's, or another one's no more: what was said of them may be answered otherwise now. */
export const ledPatients = (set: WorkingSet): readonly string[] => [
  ...new Set(changedLeads(set).flatMap(({ id, before, after }) => [id, before, after].filter((one) => one !== null))),
];

function changedLeads(set: WorkingSet): readonly Lead[] {
  const stands = (id: string | null): boolean => id === null || set.row(id)?.accepted === true;
  return set.all
    .filter((row) => row.leadings.length > 0 && row.accepted)
    .map((row): Lead => ({ id: row.id, before: row.stored?.mergedInto ?? null, after: settledLead(row) }))
    .filter(({ before, after }) => before !== after && stands(after));
}

function formerNumberOf({ row, correction, rejected, matchedBy }: Entry): IdentityLinks["formerNumbers"] {
  if (row === null || row.stored === null || rejected || correction === null) return [];
  // A patient who takes the place of one that is not stored keeps what it was known by.
  const adopted = matchedBy === "REPLACES" && correction.merges.length > 0;
  if (!adopted && correction.replaces?.nhsNumberSuperseded !== true) return [];
  const [before, after] = [row.stored.values, row.values].map((values) => numberIn(row, values));
  return before && after && before !== after ? [{ patientId: row.id, nhsNumber: before }] : [];
}

const numberIn = ({ type }: WorkingRow, values: WorkingRow["values"]): string | null => identityOf(type, values).nhsNumber;
