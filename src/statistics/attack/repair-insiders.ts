/**
 * Tries a release by the organisations that know most of it themselves, one after the other, and withholds what tells one of them a small count
 * of the others. What is withheld for one tells the next no more, so each is asked once.
 */
import type { CubeLayout } from "../cube/cube-layout.ts";
import { REASON } from "../cube/disclosure-rules.ts";
import type { Release } from "../cube/primary-rules.ts";
import { TARGET_WIDTH } from "./audit.ts";
import { type AttackedCube, addOwnRests, chooseInsiders, describeInsider, type Insider, knowAsInsider } from "./insiders.ts";
import { type Bounds, settleBounds, UNBOUNDED } from "./interval-attack.ts";
import type { Relations } from "./relations.ts";
import { type Attacker, repairAgainst } from "./repair.ts";

/** What organisations find in the others' counts; sums of all that attacked. */
export interface InsiderAudit {
  readonly organisations: number;
  /** Cells in which others have 0 to 7, and the closest that figures tell one; null without any. */
  readonly small: number;
  readonly closest: number | null;
  /** Known closer than a small count may be: with one of them nothing is published. */
  readonly exposed: number;
  /**
   * Known as close where no figure of this cut is shown: by the reasons, which no reader has, or by the cut before to an organisation that was
   * none of the largest then. No repair can hide them.
   */
  readonly knownAnyway: number;
}
export interface InsiderRepair {
  readonly insiders: InsiderAudit;
  readonly rounds: number;
  /** Cells withheld by it. */
  readonly withheld: number;
}

/** Changes the release. @param cubes those whose cells it has, in its order; the first is the one that is published now */
export async function repairAgainstInsiders(
  release: Release,
  relations: Relations,
  cubes: readonly [AttackedCube, ...AttackedCube[]],
): Promise<InsiderRepair> {
  const [now] = cubes;
  const organisations = chooseInsiders(now.coded);
  const sum = { small: 0, exposed: 0, knownAnyway: 0 };
  let [rounds, withheld, closest] = [0, 0, UNBOUNDED];
  for (const organisation of organisations) {
    const insider = await describeInsider(organisation, cubes);
    const repaired = await repairAgainst(release, toAttacker(insider, release, relations, now.layout));
    const { exposed, knownAnyway, closest: width } = repaired.found;
    sum.small += insider.smallOfOthers.length;
    sum.exposed += exposed.length;
    sum.knownAnyway += knownAnyway;
    rounds += repaired.rounds;
    withheld += repaired.withheld;
    closest = Math.min(closest, width);
  }
  return {
    insiders: { organisations: organisations.length, ...sum, closest: closest === UNBOUNDED ? null : closest },
    rounds,
    withheld,
  };
}

interface Found {
  readonly exposed: readonly number[];
  readonly knownAnyway: number;
  /** `UNBOUNDED` without any. */
  readonly closest: number;
}

function toAttacker(insider: Insider, release: Release, relations: Relations, layout: CubeLayout): Attacker<Found> {
  const withOwn = addOwnRests(insider, relations);
  const know = (as: Release): Bounds => knowAsInsider(insider, as, layout);
  let anyway: ReadonlySet<number> | null = null;
  const findAnyway = (): ReadonlySet<number> => {
    const reasons = release.reasons.map((reason) => (reason === REASON.PUBLISHED ? REASON.REPAIR : reason));
    const nothingShown = { ...release, reasons };
    const bounds = settleBounds(know(nothingShown), nothingShown, withOwn);
    return new Set(insider.smallOfOthers.filter((cell) => widthOf(bounds, cell) < TARGET_WIDTH));
  };
  return {
    relations: withOwn,
    hasAnyway: (cell: number) => insider.isOwn[cell] === 1,
    know: () => know(release),
    judge: (bounds: Bounds): Found => {
      const close = insider.smallOfOthers.filter((cell) => widthOf(bounds, cell) < TARGET_WIDTH);
      // Most find nothing, and then there is nothing to take away.
      if (close.length > 0) anyway ??= findAnyway();
      let closest = UNBOUNDED;
      for (const cell of insider.smallOfOthers) {
        if (anyway?.has(cell) !== true) closest = Math.min(closest, widthOf(bounds, cell));
      }
      const exposed = [...close].filter((cell) => anyway?.has(cell) !== true);
      return { exposed, knownAnyway: close.length - exposed.length, closest };
    },
    closeOf: ({ exposed }: Found) => exposed,
  };
}

const widthOf = ({ low, high }: Bounds, cell: number): number => (high[cell] ?? 0) - (low[cell] ?? 0);
