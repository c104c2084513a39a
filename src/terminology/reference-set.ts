/** Simple reference sets in SNOMED CT's Release Format 2 (SNOMED International, Release File Specification, "Simple Reference Set"). */
import type { SiteCode } from "../../mappings/concept-maps/site-rows.ts";
import type { CodeTable, TableRow } from "./code-table.ts";

/** What the members of a reference set mean, by its id. */
export type NamedSets = ReadonlyMap<string, { readonly target: string; readonly action: string }>;

interface Member {
  readonly row: TableRow;
  readonly effectiveTime: string;
  readonly active: boolean;
}

/** Members of the sets that have a name, as their latest version states them: a Full release holds every earlier one too. */
export async function readReferenceSet(table: CodeTable, sets: NamedSets, codes: SiteCode[]): Promise<void> {
  const members = new Map<string, Member>();
  for await (const row of table.rows) {
    if (!sets.has(row.text("refsetid"))) continue;
    const id = row.text("id");
    const effectiveTime = row.text("effectivetime");
    const known = members.get(id);
    if (known === undefined || known.effectiveTime <= effectiveTime)
      members.set(id, { row, effectiveTime, active: row.text("active") === "1" });
  }
  for (const { row, active } of members.values()) {
    const set = sets.get(row.text("refsetid"));
    if (!active || set === undefined) continue;
    codes.push({ system: "SNOMED", code: row.text("referencedcomponentid"), label: "", ...set, place: row.place });
  }
}
