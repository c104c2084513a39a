/**
 * An organisation puts records of its own into a cell, cut after cut, and knows every rule, every figure it was shown, all of its own, and
 * even what came to the others' part of the cell: not how many they were at first (assurance.md S5). What it can know is found by trying every
 * number of others and keeping those that would have shown it the same.
 */
import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../../../src/lib/seeded-random.ts";
import { CUBE_RULES, mostOfOne, REASON, roundHalfUp, WITHHELD } from "../../../src/statistics/cube/disclosure-rules.ts";
import { emptyStanding, type Standing } from "../../../src/statistics/ledger/cube-ledger.ts";
import { knownCounts } from "../../../src/statistics/ledger/known-counts.ts";
import { FRESHNESS } from "../../../src/statistics/ledger/settle-cell.ts";
import { beginCell, Settler } from "../../../src/statistics/ledger/settler.ts";

/** Each its own cell: the same insider beside 0, 1, 2 ... others. */
const OTHERS = Array.from({ length: 46 }, (_, others) => others);
const ATTACKS = process.env.NACR_ATTACK === "full" ? 10_000 : 300;

interface Cut {
  /** Records of the insider, and what came to the others' since the first cut. */
  readonly own: number;
  readonly come: number;
}
/** What the insider sees of each cell. */
type Seen = readonly (readonly number[])[];

/** Shown unless the insider's own part is too large: the others are taken to be many small organisations, of which it knows nothing. */
function show(standing: Standing, own: number): Int32Array {
  const { least } = knownCounts(standing);
  return standing.figures.map((figure, cell) => {
    const isNew = standing.freshness[cell] !== FRESHNESS.HELD;
    const isOwn = isNew && own > mostOfOne(least[cell] ?? 0, CUBE_RULES);
    if (figure !== WITHHELD && isOwn) standing.reasons[cell] = REASON.RULE;
    return standing.reasons[cell] === REASON.PUBLISHED ? figure : WITHHELD;
  });
}

/** As published: beside the cut before. */
function publishBeside(cuts: readonly Cut[]): Seen {
  const same = Int32Array.from(OTHERS, (_, cell) => cell);
  let standing = emptyStanding(OTHERS.length);
  return cuts.map(({ own, come }, index) => {
    const counts = Int32Array.from(OTHERS, (others) => others + come + own);
    const largest = new Int32Array(OTHERS.length).fill(own);
    const before = cuts[index - 1];
    if (before === undefined) {
      for (const cell of OTHERS) beginCell(standing, cell, { counts, largest });
    } else {
      const next = emptyStanding(OTHERS.length);
      const settler = new Settler(next, { counts, largest }, standing, same);
      for (const cell of OTHERS) {
        if (own !== before.own) settler.see(cell, own - before.own);
        for (let one = before.come; one < come; one++) settler.see(cell, 1);
      }
      settler.settle();
      standing = next;
    }
    return Array.from(show(standing, own));
  });
}

/** The control: each cut by itself, by threshold and rounding. */
const publishAfresh = (cuts: readonly Cut[]): Seen =>
  cuts.map(({ own, come }) =>
    OTHERS.map((others) => {
      const count = others + come + own;
      return count <= CUBE_RULES.withheldTo ? WITHHELD : roundHalfUp(count, CUBE_RULES.roundTo);
    }),
  );

/** From the fewest others that look the same as `others` to the most. */
function widthOf(seen: Seen, others: number): number {
  const same = OTHERS.filter((candidate) => seen.every((cut) => cut[candidate] === cut[others]));
  return Math.max(...same) - Math.min(...same);
}

const TWELVE = Array.from({ length: 12 }, (_, cut) => cut);
const oneByOne = (come: (cut: number) => number): readonly Cut[] => TWELVE.map((cut) => ({ own: cut, come: come(cut) }));
/** Anything it likes from 0 to 20, more, fewer or the same, beside others that grow or do not. */
function* drawAttacks(): Generator<readonly Cut[], void> {
  const random = createSeededRandom(11);
  const below = (end: number): number => Math.floor(random.next() * end);
  for (let attack = 0; attack < ATTACKS; attack++) {
    const most = below(21);
    const growth = below(9);
    let come = 0;
    let own = below(most + 1);
    yield TWELVE.map(() => {
      const cut = { own, come };
      come += below(growth + 1);
      own = random.next() < 0.5 ? Math.min(20, own + 1) : below(most + 1);
      return cut;
    });
  }
}

describe("an insider that adds records to a cell over 12 cuts (S5)", () => {
  const small = OTHERS.slice(0, 31);

  it("knows no number of others closer than 4, whatever it adds and whatever comes to the others", () => {
    let attacks = 0;
    for (const cuts of [oneByOne(() => 0), oneByOne((cut) => (cut < 4 ? 0 : 11)), ...drawAttacks()]) {
      const seen = publishBeside(cuts);
      const close = small.filter((others) => widthOf(seen, others) < 4);
      expect({ cuts, close }).toEqual({ cuts, close: [] });
      attacks++;
    }
    expect(attacks).toBe(ATTACKS + 2);
  }, 600_000);

  it("sees nothing move while the others stay the same", () => {
    const seen = publishBeside(oneByOne(() => 0));
    for (const cut of seen.slice(1)) expect(cut).toEqual(seen[0]);
  });

  it("recovers every small count exactly where each cut is published afresh (control)", () => {
    const seen = publishAfresh(oneByOne(() => 0));
    expect(small.filter((others) => others <= 7 && widthOf(seen, others) === 0).length).toBe(8);
  });

  it("sees figures move where the others change enough (the rule is no standstill)", () => {
    const seen = publishBeside(oneByOne((cut) => cut * 12));
    expect(seen.at(-1)?.filter((figure) => figure > 100).length).toBe(OTHERS.length);
  });
});
