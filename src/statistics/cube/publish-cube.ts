/**
 * From counted journeys to what is published of them: rules, then the attacker and its repair, then the audit. Where the audit's target is
 * missed there is no cube: a value says so, and what was found.
 */
import type { Audit } from "../attack/audit.ts";
import { buildRelations } from "../attack/relations.ts";
import { repair } from "../attack/repair.ts";
import type { CodedJourneys } from "./coded-journeys.ts";
import { countCells } from "./count-cells.ts";
import { layOutCube } from "./cube-layout.ts";
import { CUBE_RULES } from "./disclosure-rules.ts";
import { applyPrimaryRules } from "./primary-rules.ts";
import { type PublishedCube, toPublishedCube } from "./published-cube.ts";

/** Figures of the publication for its report; none of them is of a cell. */
export interface PublicationReport {
  readonly auditYear: number;
  readonly journeys: number;
  readonly cells: number;
  readonly published: number;
  /** Cells that the repair withheld, in so many rounds. */
  readonly repaired: number;
  readonly rounds: number;
  readonly audit: Omit<Audit, "exposed" | "recalculated"> & { readonly exposed: number; readonly recalculated: number };
}
export type Publication =
  | { readonly kind: "PUBLISHED"; readonly cube: PublishedCube; readonly report: PublicationReport }
  | { readonly kind: "REFUSED"; readonly report: PublicationReport };

export async function publishCube(coded: CodedJourneys): Promise<Publication> {
  const layout = layOutCube(coded.places);
  const counted = await countCells(coded, layout);
  const release = applyPrimaryRules(counted, CUBE_RULES);
  const repaired = await repair(release, buildRelations(layout, counted.counts), layout);
  const report: PublicationReport = {
    auditYear: coded.auditYear,
    journeys: coded.size,
    cells: layout.cells,
    published: release.figures.filter((figure) => figure >= 0).length,
    repaired: repaired.withheld,
    rounds: repaired.rounds,
    audit: { ...repaired.audit, exposed: repaired.audit.exposed.length, recalculated: repaired.audit.recalculated.length },
  };
  if (report.audit.exposed > 0) return { kind: "REFUSED", report };
  return { kind: "PUBLISHED", cube: toPublishedCube(counted, release), report };
}
