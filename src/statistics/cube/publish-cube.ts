/**
 * From counted journeys to what is published of them: rules, then the attackers and their repair, from outside and from within, then the audit
 * and a linear check. Where their target is missed there is no cube: a value says so, and what was found.
 */
import type { Audit } from "../attack/audit.ts";
import type { AttackedCube } from "../attack/insiders.ts";
import { type CheckedRepair, type LinearCheck, repairUntilChecked } from "../attack/linear-check.ts";
import { joinCuts } from "../attack/pair-of-cuts.ts";
import { buildRelations, type Relations } from "../attack/relations.ts";
import { repair } from "../attack/repair.ts";
import { type InsiderAudit, repairAgainstInsiders } from "../attack/repair-insiders.ts";
import type { CubeLedger, PreviousPublication } from "../ledger/cube-ledger.ts";
import { knownCounts } from "../ledger/known-counts.ts";
import { FRESHNESS } from "../ledger/settle-cell.ts";
import { type FormerCube, type SettledFigures, settleFigures } from "../ledger/settle-figures.ts";
import type { CodedJourneys } from "./coded-journeys.ts";
import { type CountedCube, countCells } from "./count-cells.ts";
import { layOutCube } from "./cube-layout.ts";
import { CUBE_RULES, REASON, WITHHELD } from "./disclosure-rules.ts";
import { applyPrimaryRules, type Release } from "./primary-rules.ts";
import { type PublishedCube, toPublishedCube } from "./published-cube.ts";

/** Figures of the publication for its report; none of them is of a cell. */
export interface PublicationReport {
  readonly auditYear: number;
  readonly journeys: number;
  readonly cells: number;
  readonly published: number;
  /** Of these, figures kept from the cut before: what changed is too small to be shown. */
  readonly held: number;
  /** Cells that the repair withheld, in so many rounds. */
  readonly repaired: number;
  readonly rounds: number;
  readonly audit: Omit<Audit, "exposed" | "recalculated"> & { readonly exposed: number; readonly recalculated: number };
  /** What its largest organisations find in the counts of the others. */
  readonly insiders: InsiderAudit;
  /** Of a sample of small counts: what several sums tell together. */
  readonly linear: Omit<LinearCheck, "exposed"> & { readonly exposed: number };
}
export type Publication =
  | { readonly kind: "PUBLISHED"; readonly cube: PublishedCube; readonly ledger: CubeLedger; readonly report: PublicationReport }
  | { readonly kind: "REFUSED"; readonly report: PublicationReport };

/**
 * The same journeys beside the same publication before always give the same cube and the same ledger.
 * @param previous of the same audit year; null: it is published for the first time
 * @throws Error for a previous publication that is not of the year, or whose ledger is not of its journeys
 */
export async function publishCube(coded: CodedJourneys, previous: PreviousPublication | null): Promise<Publication> {
  const layout = layOutCube(coded.places);
  const counted = await countCells(coded, layout);
  const settled = await settleFigures(coded, counted, previous);
  const { release, repaired } = await protect({ coded, counted, settled, previous });
  const report = reportOf(coded, release, settled, repaired);
  if (report.audit.exposed + report.insiders.exposed + report.linear.exposed > 0) return { kind: "REFUSED", report };
  const cube = toPublishedCube(counted, release, settled.former === null ? null : mediansBefore(settled.former));
  const { declaration, auditYear, places, nations, medians } = cube;
  const ledger = { declaration, auditYear, places, nations, ...settled.standing, reasons: release.reasons.slice(), medians };
  return { kind: "PUBLISHED", cube, ledger, report };
}

interface Unprotected {
  readonly coded: CodedJourneys;
  readonly counted: CountedCube;
  readonly settled: SettledFigures;
  readonly previous: PreviousPublication | null;
}
interface FullRepair extends CheckedRepair {
  readonly insiders: InsiderAudit;
}
interface Protected {
  readonly release: Release;
  readonly repaired: FullRepair;
}

/** Rules, then the attackers and their repair: of this cube, or of this and the one before together. */
async function protect({ coded, counted, settled: { standing, former }, previous }: Unprotected): Promise<Protected> {
  const { layout, counts } = counted;
  const relations = buildRelations(layout, counts);
  if (former === null || previous === null) {
    const release = applyPrimaryRules(counted, CUBE_RULES);
    const cube = { coded, counts, layout, reasons: release.reasons, freshness: null };
    return { release, repaired: await repairAgainstAll(release, relations, [cube]) };
  }
  const known = knownCounts(standing);
  const pair = joinCuts(applyPrimaryRules(counted, CUBE_RULES, { standing, known }), relations, counts, known, former);
  const now = { coded, counts, layout, reasons: pair.now.reasons, freshness: standing.freshness };
  const { reasons, freshness } = former.ledger;
  const before = { coded: previous.coded, counts: former.counts, layout: former.layout, reasons, freshness };
  return { release: pair.now, repaired: await repairAgainstAll(pair.release, pair.relations, [now, before]) };
}

/** First from outside: then those within find little. What is withheld later opens nothing that was closed before. */
async function repairAgainstAll(
  release: Release,
  relations: Relations,
  cubes: readonly [AttackedCube, ...AttackedCube[]],
): Promise<FullRepair> {
  const [{ layout }] = cubes;
  const outside = await repair(release, relations, layout);
  const within = await repairAgainstInsiders(release, relations, cubes);
  const { withheld, rounds, ...checked } = await repairUntilChecked(release, relations, layout);
  return {
    ...checked,
    insiders: within.insiders,
    withheld: outside.withheld + within.withheld + withheld,
    rounds: outside.rounds + within.rounds + rounds,
  };
}

const mediansBefore = ({ formerOf, ledger }: FormerCube): Int16Array =>
  Int16Array.from(formerOf, (cell) => ledger.medians[cell] ?? WITHHELD);

function reportOf(
  coded: CodedJourneys,
  release: Release,
  { standing }: SettledFigures,
  { audit, insiders, linear, rounds, withheld }: FullRepair,
): PublicationReport {
  const shown = release.reasons.map((reason) => (reason === REASON.PUBLISHED ? 1 : 0));
  const count = (is: (cell: number) => boolean): number =>
    shown.reduce((sum, one, cell) => sum + (one === 1 && is(cell) ? 1 : 0), 0);
  return {
    auditYear: coded.auditYear,
    journeys: coded.size,
    cells: release.figures.length,
    published: count(() => true),
    held: count((cell) => standing.freshness[cell] === FRESHNESS.HELD),
    repaired: withheld,
    rounds,
    audit: { ...audit, exposed: audit.exposed.length, recalculated: audit.recalculated.length },
    insiders,
    linear: { ...linear, exposed: linear.exposed.length },
  };
}
